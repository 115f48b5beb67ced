package dev.fairway.proxy.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * What file and flags together ask for.
 *
 * @param config complete and valid
 * @param configFile the file it came from, to be watched
 * @param warnings to be logged once
 * @param master the API server's URL from the flag, empty for the kubeconfig's
 */
public record ProxyArguments(
        ProxyConfig config,
        Optional<Path> configFile,
        List<String> warnings,
        String master,
        boolean cleanup,
        boolean initOnly,
        Optional<Path> writeConfigTo) {

    /**
     * Puts file and flags together as kube-proxy does: with a file, most flags are ignored; a flag's zero value holds where
     * a file's is defaulted.
     *
     * @param flags the flags that were given, as text
     * @throws ConfigException if something cannot be read or used; each problem names its field or flag
     */
    public static ProxyArguments of(Map<ProxyFlag, String> flags) throws ConfigException {
        List<String> warnings = new ArrayList<>();
        Optional<Path> file = path(flags, ProxyFlag.CONFIG);
        ProxyConfig config = file.isPresent() ? fromFile(file.get(), flags, warnings) : fromFlags(flags, warnings);
        config = override(config.platformDefaults(), flags);
        List<String> problems = ConfigValidator.problems(config);
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new ProxyArguments(config, file, List.copyOf(warnings), flags.getOrDefault(ProxyFlag.MASTER, ""),
                bool(flags, ProxyFlag.CLEANUP), bool(flags, ProxyFlag.INIT_ONLY),
                path(flags, ProxyFlag.WRITE_CONFIG_TO));
    }

    /** Reads and checks the text of a file, as {@link #of} does with the flag {@code --config}. */
    public static ProxyArguments ofText(byte[] text) throws ConfigException {
        List<String> warnings = new ArrayList<>();
        ProxyConfig config = decode(text, Map.of(), warnings).platformDefaults();
        List<String> problems = ConfigValidator.problems(config);
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new ProxyArguments(config, Optional.empty(), List.copyOf(warnings), "", false, false, Optional.empty());
    }

    private static ProxyConfig fromFile(Path file, Map<ProxyFlag, String> flags, List<String> warnings)
            throws ConfigException {
        byte[] text;
        try {
            text = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new ConfigException("--config: there is no file " + file);
        } catch (IOException e) {
            throw new ConfigException("--config: cannot read " + file + ": " + e.getMessage());
        }
        List<ProxyFlag> ignored = flags.keySet().stream().filter(flag -> !flag.countsBesideFile()).sorted().toList();
        if (!ignored.isEmpty()) {
            warnings.add("ignored because of --config: " + String.join(", ", ignored.stream().map(ProxyFlag::option).toList()));
        }
        return decode(text, flags, warnings);
    }

    private static ProxyConfig decode(byte[] text, Map<ProxyFlag, String> flags, List<String> warnings)
            throws ConfigException {
        ConfigDecoder.Decoded decoded = ConfigDecoder.decode(text);
        decoded.warnings().forEach(warning -> warnings.add("read leniently: " + warning));
        warnings.addAll(NoEffect.notes(decoded.given(), ConfigDecoder.defaultTree()));
        ObjectNode tree = ConfigEncoder.tree(decoded.config());
        for (Map.Entry<ProxyFlag, String> flag : flags.entrySet()) {
            if (flag.getKey().countsBesideFile()) {
                FlagValues.set(tree, flag.getKey(), flag.getValue());
            }
        }
        return ConfigDecoder.decodeComplete(tree);
    }

    private static ProxyConfig fromFlags(Map<ProxyFlag, String> flags, List<String> warnings) throws ConfigException {
        ObjectNode defaults = ConfigDecoder.defaultTree();
        ObjectNode tree = defaults.deepCopy();
        for (Map.Entry<ProxyFlag, String> flag : flags.entrySet()) {
            FlagValues.set(tree, flag.getKey(), flag.getValue());
        }
        port(tree, "healthzBindAddress", flags, ProxyFlag.HEALTHZ_PORT, ConfigDefaults.HEALTHZ_PORT);
        port(tree, "metricsBindAddress", flags, ProxyFlag.METRICS_PORT, ConfigDefaults.METRICS_PORT);
        warnings.addAll(NoEffect.notes(tree, defaults));
        return ConfigDecoder.decodeComplete(tree);
    }

    /** The deprecated port flags: 0 ends the server, another value completes an address that has no port. */
    private static void port(
            ObjectNode tree, String field, Map<ProxyFlag, String> flags, ProxyFlag flag, int standard) throws ConfigException {
        int port = flags.containsKey(flag) ? FlagValues.integer(flag, flags.get(flag)) : standard;
        tree.put(field, port == 0 ? "" : ConfigDefaults.withPort(tree.path(field).asString(""), port));
    }

    private static ProxyConfig override(ProxyConfig config, Map<ProxyFlag, String> flags) throws ConfigException {
        if (flags.getOrDefault(ProxyFlag.HOSTNAME_OVERRIDE, "").isEmpty()) {
            return config;
        }
        String name = flags.get(ProxyFlag.HOSTNAME_OVERRIDE).strip().toLowerCase(Locale.ROOT);
        if (name.isEmpty()) {
            throw new ConfigException("--hostname-override: must not be blank");
        }
        return config.withHostnameOverride(name);
    }

    private static boolean bool(Map<ProxyFlag, String> flags, ProxyFlag flag) throws ConfigException {
        return flags.containsKey(flag) && FlagValues.bool(flag, flags.get(flag));
    }

    private static Optional<Path> path(Map<ProxyFlag, String> flags, ProxyFlag flag) {
        return Optional.ofNullable(flags.get(flag)).filter(text -> !text.isEmpty()).map(Path::of);
    }
}
