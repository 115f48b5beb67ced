package dev.fairway.apiserver.kinds;

import dev.fairway.apiserver.authn.LegacyTokens;
import dev.fairway.apiserver.registry.Strategy;
import dev.fairway.apiserver.registry.StrategyContext;
import dev.fairway.kube.Json;
import dev.fairway.schema.FieldError;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Secrets and ConfigMaps: their keys, their size, their type, and {@code immutable}. */
public final class SecretStrategy implements Strategy {
    private static final int MAX_BYTES = 1 << 20;
    private static final Pattern KEY = Pattern.compile("[-._a-zA-Z0-9]+");
    private static final String KEY_MESSAGE = "a valid config key must consist of alphanumeric characters, '-', '_' or"
            + " '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
    private static final Map<String, List<String>> REQUIRED_KEYS = Map.of(
            "kubernetes.io/tls", List.of("tls.crt", "tls.key"),
            "kubernetes.io/dockerconfigjson", List.of(".dockerconfigjson"),
            "kubernetes.io/dockercfg", List.of(".dockercfg"),
            "kubernetes.io/ssh-auth", List.of("ssh-privatekey"));

    private final boolean secret;

    private SecretStrategy(boolean secret) {
        this.secret = secret;
    }

    public static Strategy forSecrets() {
        return new SecretStrategy(true);
    }

    public static Strategy forConfigMaps() {
        return new SecretStrategy(false);
    }

    @Override
    public void prepareForCreate(StrategyContext context, ObjectNode object) {
        prepare(context, object);
    }

    @Override
    public void prepareForUpdate(StrategyContext context, ObjectNode object, ObjectNode old) {
        prepare(context, object);
    }

    /** {@code stringData} is a way to write data, never to read it. */
    private void prepare(StrategyContext context, ObjectNode object) {
        if (!secret) {
            return;
        }
        if (object.path("type").asString("").isEmpty()) {
            object.put("type", "Opaque");
        }
        if (object.remove("stringData") instanceof ObjectNode texts) {
            ObjectNode data = object.withObjectProperty("data");
            texts.properties().forEach(entry -> data.put(entry.getKey(), Base64.getEncoder()
                    .encodeToString(entry.getValue().asString("").getBytes(StandardCharsets.UTF_8))));
        }
        if (object.path("type").asString("").equals(LegacyTokens.TYPE) && !context.dryRun()) {
            LegacyTokens.fill(context.server(), object);
        }
    }

    @Override
    public List<FieldError> validateCreate(StrategyContext context, ObjectNode object) {
        Check check = new Check();
        long bytes = 0;
        for (String field : List.of("data", "binaryData")) {
            for (var entry : object.path(field).properties()) {
                String path = field + "[" + entry.getKey() + "]";
                String key = entry.getKey();
                if (!KEY.matcher(key).matches() || key.equals(".") || key.startsWith("..")) {
                    check.invalid(path, key, KEY_MESSAGE);
                } else if (key.length() > 253) {
                    check.invalid(path, key, "must be no more than 253 characters");
                } else if (field.equals("binaryData") && object.path("data").has(key)) {
                    check.invalid(path, key, "duplicate of key present in data");
                }
                bytes += entry.getValue().asString("").length();
            }
        }
        if (bytes > MAX_BYTES) {
            check.add(new FieldError(FieldError.Type.TOO_LONG, secret ? "data" : "", null, "may not be more than " + MAX_BYTES + " bytes"));
        }
        if (secret) {
            typed(check, object);
            for (String key : REQUIRED_KEYS.getOrDefault(object.path("type").asString(""), List.of())) {
                if (!object.path("data").has(key)) {
                    check.required("data[" + key + "]");
                }
            }
        }
        return check.errors();
    }

    private static void typed(Check check, ObjectNode object) {
        JsonNode data = object.path("data");
        switch (object.path("type").asString("")) {
            case LegacyTokens.TYPE -> {
                if (object.path("metadata").path("annotations").path(LegacyTokens.ACCOUNT).asString("").isEmpty()) {
                    check.required("metadata.annotations[" + LegacyTokens.ACCOUNT + "]");
                }
            }
            case "kubernetes.io/basic-auth" -> {
                if (!data.has("username") && !data.has("password")) {
                    check.required("data[username]");
                    check.required("data[password]");
                }
            }
            case "kubernetes.io/dockerconfigjson" -> json(check, data, ".dockerconfigjson");
            case "kubernetes.io/dockercfg" -> json(check, data, ".dockercfg");
            default -> {
                // other types hold what their users like
            }
        }
    }

    private static void json(Check check, JsonNode data, String key) {
        if (data.has(key)) {
            try {
                Json.mapper().readTree(Base64.getDecoder().decode(data.path(key).asString("")));
            } catch (JacksonException | IllegalArgumentException e) {
                check.invalid("data[" + key + "]", "<secret contents redacted>", "must be valid JSON");
            }
        }
    }

    @Override
    public List<FieldError> validateUpdate(StrategyContext context, ObjectNode object, ObjectNode old) {
        Check check = new Check();
        check.addAll(validateCreate(context, object));
        if (secret && !object.path("type").equals(old.path("type"))) {
            check.invalid("type", object.path("type").asString(""), "field is immutable");
        }
        if (old.path("immutable").asBoolean(false)) {
            if (!object.path("immutable").asBoolean(false)) {
                check.forbidden("immutable", "field is immutable when `immutable` is set");
            }
            for (String field : List.of("data", "binaryData")) {
                JsonNode before = old.path(field);
                if (!object.path(field).equals(before) && !(object.path(field).isEmpty() && before.isEmpty())) {
                    check.forbidden(field, "field is immutable when `immutable` is set");
                }
            }
        }
        return check.errors();
    }
}
