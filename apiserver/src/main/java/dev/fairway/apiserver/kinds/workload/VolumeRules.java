package dev.fairway.apiserver.kinds.workload;

import dev.fairway.apiserver.kinds.Check;
import dev.fairway.kube.Quantity;
import dev.fairway.schema.FieldError;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The volumes of a Pod: each from one source, with what that source needs. */
final class VolumeRules {
    private static final int MOST_MODE = 0777;
    private static final int SHORTEST_TOKEN = 600;
    private static final long LONGEST_TOKEN = 1L << 32;
    private static final List<String> HOST_PATHS = List.of("", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate",
            "File", "FileOrCreate", "Socket");

    private final Check check;

    private VolumeRules(Check check) {
        this.check = check;
    }

    static void check(Check check, String path, JsonNode volumes) {
        VolumeRules rules = new VolumeRules(check);
        for (int i = 0; i < volumes.size(); i++) {
            rules.volume(path + "[" + i + "]", volumes.get(i));
        }
    }

    private void volume(String path, JsonNode volume) {
        List<String> sources = volume.properties().stream().filter(each -> !each.getKey().equals("name") && !each.getValue().isNull())
                .map(java.util.Map.Entry::getKey).toList();
        if (sources.isEmpty()) {
            check.required(path, "must specify a volume type");
        }
        sources.stream().skip(1).forEach(more -> check.forbidden(path + "." + more, "may not specify more than 1 volume type"));
        for (String source : sources) {
            source(path + "." + source, source, volume.path(source));
        }
    }

    private void source(String path, String kind, JsonNode source) {
        switch (kind) {
            case "hostPath" -> {
                needs(path, source, "path");
                if (List.of(source.path("path").asString("").split("/")).contains("..")) {
                    check.invalid(path + ".path", source.path("path").asString(""), "must not contain '..'");
                }
                if (!HOST_PATHS.contains(source.path("type").asString(""))) {
                    check.add(FieldError.notSupported(path + ".type", source.path("type").asString(""), HOST_PATHS));
                }
            }
            case "emptyDir" -> {
                if (source.hasNonNull("sizeLimit") && Quantity.of(source.path("sizeLimit")).signum() < 0) {
                    check.forbidden(path + ".sizeLimit", "SizeLimit field must be a valid resource quantity");
                }
            }
            case "secret" -> {
                needs(path, source, "secretName");
                files(path, source);
            }
            case "configMap" -> {
                needs(path, source, "name");
                files(path, source);
            }
            case "persistentVolumeClaim" -> needs(path, source, "claimName");
            case "nfs" -> {
                needs(path, source, "server");
                needs(path, source, "path");
            }
            case "csi" -> needs(path, source, "driver");
            case "downwardAPI" -> {
                mode(path + ".defaultMode", source.path("defaultMode"));
                downward(path, source.path("items"));
            }
            case "projected" -> projected(path, source);
            default -> {
                // what else there is, no runtime here has
            }
        }
    }

    private void needs(String path, JsonNode source, String field) {
        if (source.path(field).asString("").isEmpty()) {
            check.required(path + "." + field);
        }
    }

    private void mode(String path, JsonNode mode) {
        if (mode.isNumber() && (mode.asInt() < 0 || mode.asInt() > MOST_MODE)) {
            check.invalid(path, mode.asInt(), "must be a number between 0 and 0777 (octal), both inclusive");
        }
    }

    /** Keys and the files that they become. */
    private void files(String path, JsonNode source) {
        mode(path + ".defaultMode", source.path("defaultMode"));
        JsonNode items = source.path("items");
        for (int i = 0; i < items.size(); i++) {
            String at = path + ".items[" + i + "]";
            needs(at, items.get(i), "key");
            file(at, items.get(i));
        }
    }

    private void file(String path, JsonNode item) {
        needs(path, item, "path");
        inside(path + ".path", item.path("path").asString(""));
        mode(path + ".mode", item.path("mode"));
    }

    /** A path that does not lead out of its volume. */
    private void inside(String path, String value) {
        if (value.startsWith("/")) {
            check.invalid(path, value, "must be a relative path");
        }
        if (List.of(value.split("/")).contains("..")) {
            check.invalid(path, value, "must not contain '..'");
        } else if (value.startsWith("..")) {
            check.invalid(path, value, "must not start with '..'");
        }
    }

    private void downward(String path, JsonNode items) {
        for (int i = 0; i < items.size(); i++) {
            String at = path + (path.endsWith("downwardAPI") ? ".items" : ".downwardAPI.items") + "[" + i + "]";
            file(at, items.get(i));
            boolean field = items.get(i).hasNonNull("fieldRef");
            boolean resource = items.get(i).hasNonNull("resourceFieldRef");
            if (field && resource) {
                check.invalid(at, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
            } else if (!field && !resource) {
                check.required(at, "one of fieldRef and resourceFieldRef is required");
            }
        }
    }

    private void projected(String path, JsonNode projected) {
        mode(path + ".defaultMode", projected.path("defaultMode"));
        Set<String> files = new HashSet<>();
        for (int i = 0; i < projected.path("sources").size(); i++) {
            String at = path + ".sources[" + i + "]";
            JsonNode source = projected.path("sources").get(i);
            long kinds = source.properties().stream().filter(each -> !each.getValue().isNull()).count();
            if (kinds > 1) {
                check.forbidden(at, "may not specify more than 1 volume type");
            }
            JsonNode token = source.path("serviceAccountToken");
            if (token.isObject()) {
                needs(at + ".serviceAccountToken", token, "path");
                inside(at + ".serviceAccountToken.path", token.path("path").asString(""));
                long seconds = token.path("expirationSeconds").asLong(SHORTEST_TOKEN);
                if (seconds < SHORTEST_TOKEN) {
                    check.invalid(at + ".serviceAccountToken.expirationSeconds", seconds, "may not specify a duration less than 10 minutes");
                } else if (seconds > LONGEST_TOKEN) {
                    check.invalid(at + ".serviceAccountToken.expirationSeconds", seconds, "may not specify a duration larger than 2^32 seconds");
                }
                once(at + ".serviceAccountToken.path", token.path("path").asString(""), files);
            }
            for (String kind : List.of("secret", "configMap")) {
                if (source.path(kind).isObject()) {
                    needs(at + "." + kind, source.path(kind), "name");
                    files(at + "." + kind, source.path(kind));
                    source.path(kind).path("items").forEach(item -> once(at + "." + kind + ".path", item.path("path").asString(""), files));
                }
            }
            if (source.path("downwardAPI").isObject()) {
                downward(at + ".downwardAPI", source.path("downwardAPI").path("items"));
            }
        }
    }

    private void once(String path, String file, Set<String> files) {
        if (!file.isEmpty() && !files.add(file)) {
            check.invalid(path, file, "conflicting duplicate paths");
        }
    }
}
