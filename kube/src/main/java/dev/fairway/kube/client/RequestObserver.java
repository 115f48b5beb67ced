package dev.fairway.kube.client;

import java.time.Duration;

/** Hears of each request a transport made, for metrics. Called on the requesting thread; must be quick. */
@FunctionalInterface
public interface RequestObserver {
    RequestObserver NONE = (request, host, code, duration) -> { };

    /**
     * @param host host and port of the server
     * @param code the HTTP status, or {@code <error>} when no answer came
     * @param duration from the request to the status line
     */
    void answered(ApiRequest request, String host, String code, Duration duration);
}
