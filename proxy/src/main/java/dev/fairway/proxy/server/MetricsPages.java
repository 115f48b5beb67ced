package dev.fairway.proxy.server;

import dev.fairway.kube.Json;
import dev.fairway.proxy.config.ConfigEncoder;
import dev.fairway.proxy.config.ProxyConfig;
import dev.fairway.proxy.metrics.ProxyMetrics;
import dev.fairway.proxy.server.HttpListener.Handler;
import dev.fairway.proxy.server.HttpListener.Page;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Map;

/** The pages of port 10249. */
final class MetricsPages {
    private MetricsPages() {}

    static Map<String, Handler> of(ProxyConfig config, ProxyMetrics metrics) {
        byte[] configz = Json.bytes(ConfigEncoder.configz(config));
        return Map.of(
                "/metrics", query -> {
                    ByteArrayOutputStream out = new ByteArrayOutputStream(32 << 10);
                    metrics.write(out);
                    return new Page(200, ProxyMetrics.CONTENT_TYPE, Map.of(), out.toByteArray());
                },
                "/healthz", query -> Page.text(Arrays.asList(query.split("[&=]")).contains("verbose")
                        ? "[+]ping ok\nhealthz check passed\n"
                        : "ok"),
                "/healthz/ping", query -> Page.text("ok"),
                "/proxyMode", query -> Page.text(config.proxyMode().toString()),
                "/configz", query -> Page.json(200, configz));
    }
}
