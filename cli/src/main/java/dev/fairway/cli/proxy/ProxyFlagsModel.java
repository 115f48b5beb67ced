package dev.fairway.cli.proxy;

import dev.fairway.proxy.config.ProxyFlag;
import java.util.EnumMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Makes kube-proxy's flags options of the command, and reads back which were given. */
public final class ProxyFlagsModel implements CommandLine.IModelTransformer {
    @Override
    public CommandSpec transform(CommandSpec spec) {
        for (ProxyFlag flag : ProxyFlag.values()) {
            OptionSpec.Builder option = OptionSpec.builder(names(flag)).description(flag.help()).type(String.class);
            if (flag.kind() == ProxyFlag.Kind.BOOL) {
                option.arity("0..1").fallbackValue("true").paramLabel("BOOL");
            } else {
                option.arity("1").paramLabel(flag.kind().toString());
            }
            spec.addOption(option.build());
        }
        // Written by every Kubernetes component's flag set, used by none of them for this purpose.
        spec.addOption(OptionSpec.builder("--boot-id-file", "--machine-id-file").type(String.class).arity("1").hidden(true).build());
        return spec;
    }

    /** A flag of one letter may be written with one dash or two. */
    private static String[] names(ProxyFlag flag) {
        String option = flag.option();
        return option.startsWith("--") ? new String[] {option} : new String[] {option, "-" + option};
    }

    static Map<ProxyFlag, String> given(ParseResult parsed) {
        Map<ProxyFlag, String> given = new EnumMap<>(ProxyFlag.class);
        for (OptionSpec option : parsed.matchedOptions()) {
            ProxyFlag.of(option.names()[0].replaceFirst("^-+", "")).ifPresent(flag -> {
                String value = option.getValue();
                given.put(flag, value == null ? "" : value);
            });
        }
        return given;
    }
}
