package dev.fairway.kube.client;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * A kubeconfig file. Paths in it are relative to its own folder. Errors name the field.
 *
 * <p>Source: the {@code Config} kind of {@code client-go/tools/clientcmd/api/v1}.
 */
public final class Kubeconfig {
    private final Path file;
    private final JsonNode root;

    private Kubeconfig(Path file, JsonNode root) {
        this.file = file;
        this.root = root;
    }

    public static Kubeconfig read(Path file) throws IOException {
        try {
            JsonNode root = new YAMLMapper().readTree(Files.readAllBytes(file));
            if (!root.isObject()) {
                throw new IOException(file + ": not a kubeconfig");
            }
            return new Kubeconfig(file, root);
        } catch (JacksonException e) {
            // The parser's message may quote the line, and the line may hold a key.
            throw new IOException(file + ": not YAML, near line " + line(e));
        }
    }

    private static int line(JacksonException e) {
        return e.getLocation() == null ? 0 : e.getLocation().getLineNr();
    }

    /** The client that a context describes; {@code context} empty for the file's current one. */
    public ClientConfig client(String context) throws IOException {
        String chosen = context.isEmpty() ? root.path("current-context").asString("") : context;
        if (chosen.isEmpty()) {
            throw new IOException(file + ": current-context is not set");
        }
        JsonNode inContext = entry("contexts", "context", chosen);
        JsonNode cluster = entry("clusters", "cluster", required(inContext, "contexts[" + chosen + "]", "cluster"));
        String userName = inContext.path("user").asString("");
        JsonNode user = userName.isEmpty() ? root.path("no user") : entry("users", "user", userName);
        return withUser(withCluster(cluster), user);
    }

    private ClientConfig withCluster(JsonNode cluster) throws IOException {
        ClientConfig config;
        try {
            config = ClientConfig.of(URI.create(required(cluster, "clusters", "server")));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": clusters.server: " + e.getMessage(), e);
        }
        String proxy = cluster.path("proxy-url").asString("");
        return config
                .withCertificateAuthority(pem(cluster, "certificate-authority"))
                .withInsecureSkipTlsVerify(cluster.path("insecure-skip-tls-verify").asBoolean(false))
                .withTlsServerName(cluster.path("tls-server-name").asString(""))
                .withProxy(proxy.isEmpty() ? Optional.empty() : Optional.of(URI.create(proxy)));
    }

    private ClientConfig withUser(ClientConfig config, JsonNode user) throws IOException {
        Optional<PemSource> chain = pem(user, "client-certificate");
        Optional<PemSource> key = pem(user, "client-key");
        if (chain.isPresent() != key.isPresent()) {
            throw new IOException(file + ": users: client-certificate and client-key must come together");
        }
        if (user.has("auth-provider")) {
            throw new IOException(file + ": users.auth-provider is no longer supported; use exec");
        }
        return config
                .withClientCertificate(chain.map(pem -> new ClientConfig.ClientCertificate(pem, key.orElseThrow())))
                .withCredentials(credentials(user))
                .withImpersonate(impersonate(user));
    }

    private Credentials credentials(JsonNode user) throws IOException {
        String tokenFile = user.path("tokenFile").asString("");
        String token = user.path("token").asString("");
        String username = user.path("username").asString("");
        // client-go's order: a token file outranks the token beside it, and both outrank basic and exec.
        if (!tokenFile.isEmpty()) {
            return new Credentials.TokenFile(resolve(tokenFile));
        }
        if (!token.isEmpty()) {
            return new Credentials.Token(token);
        }
        if (!username.isEmpty()) {
            return new Credentials.Basic(username, user.path("password").asString(""));
        }
        return user.path("exec").isObject() ? exec(user.path("exec")) : new Credentials.None();
    }

    private Credentials exec(JsonNode exec) throws IOException {
        List<String> arguments = new ArrayList<>();
        exec.path("args").forEach(argument -> arguments.add(argument.asString("")));
        Map<String, String> environment = new LinkedHashMap<>();
        for (JsonNode variable : exec.path("env")) {
            environment.put(required(variable, "users.exec.env", "name"), variable.path("value").asString(""));
        }
        String version = required(exec, "users.exec", "apiVersion");
        if (!version.startsWith("client.authentication.k8s.io/v1")) {
            throw new IOException(file + ": users.exec.apiVersion: unknown version " + version);
        }
        String command = required(exec, "users.exec", "command");
        // A bare name is looked up in PATH; one with a slash belongs to this file's folder.
        String program = command.contains("/") ? resolve(command).toString() : command;
        return new Credentials.Exec(version, program, arguments, environment,
                exec.path("provideClusterInfo").asBoolean(false), exec.path("installHint").asString(""));
    }

    private static Map<String, List<String>> impersonate(JsonNode user) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        add(headers, "Impersonate-User", user.path("as"));
        add(headers, "Impersonate-Uid", user.path("as-uid"));
        user.path("as-groups").forEach(group -> add(headers, "Impersonate-Group", group));
        user.path("as-user-extra").properties().forEach(extra ->
                extra.getValue().forEach(value -> add(headers, "Impersonate-Extra-" + extra.getKey(), value)));
        return headers;
    }

    private static void add(Map<String, List<String>> headers, String name, JsonNode value) {
        if (!value.asString("").isEmpty()) {
            headers.computeIfAbsent(name, key -> new ArrayList<>()).add(value.asString(""));
        }
    }

    private Optional<PemSource> pem(JsonNode node, String field) throws IOException {
        String data = node.path(field + "-data").asString("");
        if (!data.isEmpty()) {
            try {
                return Optional.of(new PemSource.Inline(Base64.getDecoder().decode(data.replaceAll("\\s", ""))));
            } catch (IllegalArgumentException e) {
                // The decoder's message is safe, its cause is not needed.
                throw new IOException(file + ": " + field + "-data is not base64");
            }
        }
        String path = node.path(field).asString("");
        return path.isEmpty() ? Optional.empty() : Optional.of(new PemSource.InFile(resolve(path)));
    }

    private Path resolve(String path) {
        return file.toAbsolutePath().resolveSibling(path);
    }

    private JsonNode entry(String list, String field, String name) throws IOException {
        for (JsonNode entry : root.path(list)) {
            if (entry.path("name").asString("").equals(name)) {
                return entry.path(field);
            }
        }
        throw new IOException(file + ": " + list + " has no entry named " + name);
    }

    private String required(JsonNode node, String where, String field) throws IOException {
        String value = node.path(field).asString("");
        if (value.isEmpty()) {
            throw new IOException(file + ": " + where + "." + field + " is not set");
        }
        return value;
    }
}
