package dev.fairway.apiserver.discovery;

import dev.fairway.apiserver.encode.Simple;
import dev.fairway.apiserver.request.Request;
import dev.fairway.apiserver.request.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code /healthz}, {@code /livez} and {@code /readyz}, each with its checks, also one by one. */
public final class Health {
    /** Something that can be well or not. */
    @FunctionalInterface
    public interface Check {
        /** Returns when all is well. */
        void run() throws Exception;
    }

    private final Map<String, Check> live = new LinkedHashMap<>();
    private final Map<String, Check> ready = new LinkedHashMap<>();

    public Health() {
        addLive("ping", () -> { });
    }

    /** A check of both life and readiness. */
    public void addLive(String name, Check check) {
        synchronized (live) {
            live.put(name, check);
            ready.put(name, check);
        }
    }

    /** A check of readiness only. */
    public void addReady(String name, Check check) {
        synchronized (live) {
            ready.put(name, check);
        }
    }

    /** The answer to a health path; empty for a check that does not exist. */
    public Optional<Response> answer(Request request, List<String> segments) {
        String endpoint = segments.getFirst();
        Map<String, Check> checks;
        synchronized (live) {
            checks = new LinkedHashMap<>(endpoint.equals("livez") ? live : ready);
        }
        if (segments.size() == 2) {
            Check one = checks.get(segments.get(1));
            if (one == null) {
                return Optional.empty();
            }
            checks = Map.of(segments.get(1), one);
        } else if (segments.size() > 2) {
            return Optional.empty();
        }
        checks.keySet().removeAll(request.query().getOrDefault("exclude", List.of()));
        return Optional.of(run(request, endpoint, checks));
    }

    private static Response run(Request request, String endpoint, Map<String, Check> checks) {
        StringBuilder report = new StringBuilder();
        boolean well = true;
        for (Map.Entry<String, Check> check : checks.entrySet()) {
            try {
                check.getValue().run();
                report.append("[+]").append(check.getKey()).append(" ok\n");
            } catch (Exception e) {
                well = false;
                report.append("[-]").append(check.getKey()).append(" failed: reason withheld\n");
                System.getLogger(Health.class.getName()).log(System.Logger.Level.WARNING,
                        endpoint + " check " + check.getKey() + " failed", e);
            }
        }
        if (!well) {
            return Simple.text(500, report + endpoint + " check failed\n");
        }
        return Simple.text(200, request.flag("verbose") ? report + endpoint + " check passed\n" : "ok");
    }
}
