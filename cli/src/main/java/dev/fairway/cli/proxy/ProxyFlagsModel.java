package dev.fairway.cli.proxy;

import dev.fairway.proxy.config.ProxyFlag;
import dev.fairway.proxy.config.RetiredFlag;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * Makes kube-proxy's flags options of the command, and reads back which were given. As with kube-proxy, a flag's words may
 * be joined by underscores, and of a flag that is given twice the last value counts; lists grow.
 */
public final class ProxyFlagsModel implements CommandLine.IModelTransformer {
    @Override
    public CommandSpec transform(CommandSpec spec) {
        for (ProxyFlag flag : ProxyFlag.values()) {
            add(spec, flag.option(), flag.kind() == ProxyFlag.Kind.BOOL, flag.kind().toString(), Optional.of(flag.help()));
        }
        for (RetiredFlag flag : RetiredFlag.values()) {
            add(spec, flag.option(), flag.isBool(), "", Optional.empty());
        }
        // Written by every Kubernetes component's flag set, used by none of them for this purpose.
        spec.addOption(OptionSpec.builder("--boot-id-file", "--machine-id-file").type(String.class).arity("1").hidden(true).build());
        return spec;
    }

    /** @param help what {@code --help} says; empty for a flag that it does not mention */
    private static void add(CommandSpec spec, String option, boolean bool, String value, Optional<String> help) {
        spec.addOption(option(bool, value, names(option)).description(help.orElse("")).hidden(help.isEmpty()).build());
        if (option.indexOf('-', 2) > 0) {
            spec.addOption(option(bool, value, "--" + option.substring(2).replace('-', '_')).hidden(true).build());
        }
    }

    private static OptionSpec.Builder option(boolean bool, String value, String... names) {
        OptionSpec.Builder option = OptionSpec.builder(names).type(List.class).auxiliaryTypes(String.class);
        return bool
                ? option.arity("0..1").fallbackValue("true").paramLabel("BOOL")
                : option.arity("1").paramLabel(value);
    }

    /** A flag of one letter may be written with one dash or two. */
    private static String[] names(String option) {
        return option.startsWith("--") ? new String[] {option} : new String[] {option, "-" + option};
    }

    static Map<ProxyFlag, String> given(ParseResult parsed) {
        Map<ProxyFlag, String> given = new EnumMap<>(ProxyFlag.class);
        for (OptionSpec option : parsed.matchedOptions()) {
            ProxyFlag.of(name(option)).ifPresent(flag -> {
                List<String> values = option.getValue();
                given.merge(flag, flag.kind().isList() ? String.join(",", values) : values.getLast(),
                        (one, other) -> flag.kind().isList() ? one + "," + other : other);
            });
        }
        return given;
    }

    /** Those that do nothing. */
    static List<RetiredFlag> retired(ParseResult parsed) {
        return Arrays.stream(RetiredFlag.values())
                .filter(flag -> parsed.matchedOptions().stream().anyMatch(option -> flag.option().equals("--" + name(option))))
                .toList();
    }

    private static String name(OptionSpec option) {
        return option.names()[0].replaceFirst("^-+", "").replace('_', '-');
    }
}
