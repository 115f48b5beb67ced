package dev.fairway.apiserver.discovery;

import dev.fairway.apiserver.request.Request;
import dev.fairway.apiserver.request.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * {@code /healthz}, {@code /livez} and {@code /readyz}, each with its checks, also one by one, in kube-apiserver's words
 * and with its checks' names.
 */
public final class Health {
    private static final System.Logger LOG = System.getLogger(Health.class.getName());
    /** A check that takes longer has failed: who asks does not wait for long either. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Something that can be well or not. */
    @FunctionalInterface
    public interface Check {
        /** Returns when all is well. */
        void run() throws Exception;
    }

    private record Named(String name, boolean readinessOnly, Check check) {
    }

    private final List<Named> checks = new CopyOnWriteArrayList<>();
    private volatile boolean stopping;

    public Health() {
        addLive("ping", () -> { });
        // Waits for whoever writes a line of the log now, which goes to standard error.
        addLive("log", System.err::flush);
    }

    /** A check of both life and readiness. */
    public void addLive(String name, Check check) {
        checks.add(new Named(name, false, check));
    }

    /** A check of readiness only. */
    public void addReady(String name, Check check) {
        checks.add(new Named(name, true, check));
    }

    /** From now on the server is not ready, and will not be again. */
    public void stopping() {
        stopping = true;
    }

    private void shutdown() {
        if (stopping) {
            throw new IllegalStateException("process is shutting down");
        }
    }

    /** All paths that are served here. */
    public List<String> paths() {
        List<String> paths = new ArrayList<>();
        for (String endpoint : List.of("healthz", "livez", "readyz")) {
            paths.add("/" + endpoint);
            of(endpoint).forEach(each -> paths.add("/" + endpoint + "/" + each.name()));
        }
        return paths;
    }

    private List<Named> of(String endpoint) {
        boolean readiness = endpoint.equals("readyz");
        List<Named> named = new ArrayList<>(checks);
        named.removeIf(each -> each.readinessOnly() && !readiness);
        if (readiness) {
            named.add(new Named("shutdown", true, this::shutdown));
        }
        return named;
    }

    /** The answer to a health path; empty for a check that does not exist. */
    public Optional<Response> answer(Request request, List<String> segments) {
        String endpoint = segments.getFirst();
        List<Named> asked = of(endpoint);
        if (segments.size() == 1) {
            return Optional.of(all(request, endpoint, asked));
        }
        String name = String.join("/", segments.subList(1, segments.size()));
        return asked.stream().filter(each -> each.name().equals(name)).findFirst().map(each -> one(endpoint, each));
    }

    private static Response all(Request request, String endpoint, List<Named> checks) {
        Set<String> excluded = new TreeSet<>(request.query().getOrDefault("exclude", List.of()));
        StringBuilder report = new StringBuilder();
        boolean well = true;
        for (Named check : checks) {
            if (excluded.remove(check.name())) {
                report.append("[+]").append(check.name()).append(" excluded: ok\n");
            } else if (failure(endpoint, check).isEmpty()) {
                report.append("[+]").append(check.name()).append(" ok\n");
            } else {
                well = false;
                // Whoever may see this page may not see everything.
                report.append("[-]").append(check.name()).append(" failed: reason withheld\n");
            }
        }
        if (!excluded.isEmpty()) {
            report.append("warn: some health checks cannot be excluded: no matches for ")
                    .append(excluded.stream().map(name -> '"' + name + '"').collect(Collectors.joining(","))).append('\n');
        }
        if (!well) {
            return text(500, report + endpoint + " check failed\n");
        }
        return text(200, request.query().containsKey("verbose") ? report + endpoint + " check passed\n" : "ok");
    }

    private static Response one(String endpoint, Named check) {
        return failure(endpoint, check).map(reason -> text(500, "internal server error: " + reason + "\n"))
                .orElseGet(() -> text(200, "ok"));
    }

    private static Response text(int status, String text) {
        return new Response.Whole(status, "text/plain; charset=utf-8", Map.of("X-Content-Type-Options", List.of("nosniff")),
                List.of(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static Optional<String> failure(String endpoint, Named check) {
        CompletableFuture<Optional<Exception>> result = new CompletableFuture<>();
        Thread.ofVirtual().name("health-" + check.name()).start(() -> {
            try {
                check.check().run();
                result.complete(Optional.empty());
            } catch (Exception e) {
                result.complete(Optional.of(e));
            }
        });
        Optional<Exception> failure = result
                .completeOnTimeout(Optional.of(new TimeoutException("no answer in " + PATIENCE.toSeconds() + " s")),
                        PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        failure.ifPresent(e -> LOG.log(System.Logger.Level.WARNING, endpoint + " check " + check.name() + " failed: " + e));
        return failure.map(e -> String.valueOf(e.getMessage()));
    }
}
