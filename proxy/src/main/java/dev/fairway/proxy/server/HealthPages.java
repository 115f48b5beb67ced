package dev.fairway.proxy.server;

import dev.fairway.kube.Json;
import dev.fairway.kube.ObjectKey;
import dev.fairway.proxy.health.ProxyHealth;
import dev.fairway.proxy.health.ServiceHealth;
import dev.fairway.proxy.metrics.ProxyMetrics;
import dev.fairway.proxy.server.HttpListener.Handler;
import dev.fairway.proxy.server.HttpListener.Page;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.node.ObjectNode;

/** What the health servers say, word for word as kube-proxy's do. */
final class HealthPages {
    /** Go's zero {@code time.Time}: nothing has been synced yet. */
    private static final String NEVER = "0001-01-01T00:00:00Z";

    private HealthPages() {}

    /**
     * The pages of port 10256. {@code /healthz} is for load balancers and turns bad when the Node is going away;
     * {@code /livez} is for whoever restarts the proxy, and does not.
     */
    static Map<String, Handler> proxy(ProxyHealth health, BooleanSupplier nodeEligible, ProxyMetrics metrics) {
        return Map.of(
                "/healthz", query -> {
                    boolean eligible = nodeEligible.getAsBoolean();
                    ProxyHealth.Report report = health.report();
                    int status = report.healthy() && eligible ? 200 : 503;
                    metrics.healthz(status);
                    return page(status, report, Optional.of(eligible));
                },
                "/livez", query -> {
                    ProxyHealth.Report report = health.report();
                    int status = report.healthy() ? 200 : 503;
                    metrics.livez(status);
                    return page(status, report, Optional.empty());
                });
    }

    private static Page page(int status, ProxyHealth.Report report, Optional<Boolean> nodeEligible) {
        ObjectNode json = Json.object();
        // A healthy proxy reports the present: older releases updated the time even when nothing changed.
        json.put("lastUpdated", time(status == 200 ? report.now() : report.lastUpdated()));
        json.put("currentTime", time(report.now()));
        nodeEligible.ifPresent(eligible -> json.put("nodeEligible", eligible));
        json.put("healthy", report.healthy());
        if (!report.families().isEmpty()) {
            ObjectNode families = json.putObject("status");
            report.families().forEach((family, state) -> families.putObject(family.toString())
                    .put("lastUpdated", time(state.lastUpdated()))
                    .put("healthy", state.healthy()));
        }
        return Page.json(status, Json.bytes(json));
    }

    private static String time(Instant at) {
        return at.equals(Instant.EPOCH) ? NEVER : at.toString();
    }

    /** The page of one health check node port; every path is answered. */
    static Map<String, Handler> service(ObjectKey service, ServiceHealth health) {
        return Map.of("*", query -> {
            Optional<ServiceHealth.Answer> answer = health.answer(service);
            if (answer.isEmpty()) {
                return new Page(503, "text/plain; charset=utf-8", Map.of(), new byte[0]);
            }
            String body = """
                    {
                    	"service": {
                    		"namespace": "%s",
                    		"name": "%s"
                    	},
                    	"localEndpoints": %d,
                    	"serviceProxyHealthy": %s
                    }
                    """.formatted(service.namespace(), service.name(), answer.get().localEndpoints(),
                            answer.get().proxyHealthy());
            return Page.json(answer.get().status(), body.strip().getBytes(StandardCharsets.UTF_8))
                    .with("X-Load-Balancing-Endpoint-Weight", Integer.toString(answer.get().localEndpoints()));
        });
    }
}
