package dev.fairway.apiserver.authn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.fairway.apiserver.RunningServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class AnonymousTest {
    private static HttpResponse<String> ask(RunningServer server, String path) throws IOException, InterruptedException {
        try (HttpClient nobody = server.client(null)) {
            return nobody.send(HttpRequest.newBuilder(URI.create(server.server().url() + path)).build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void nobodyIsServedUnlessThatIsAskedFor() throws Exception {
        try (RunningServer server = new RunningServer()) {
            assertEquals(401, ask(server, "/version").statusCode());
            assertEquals(401, ask(server, "/api/v1/namespaces").statusCode());
        }
    }

    @Test
    void whoeverIsServedMayAskForHealthAndVersionOnly() throws Exception {
        try (RunningServer server = RunningServer.configured(config -> config.withAnonymous(true))) {
            server.server().rolesMade().join();
            assertEquals(200, ask(server, "/version").statusCode());
            assertEquals("ok", ask(server, "/livez").body());
            HttpResponse<String> refused = ask(server, "/api/v1/namespaces");
            assertEquals(403, refused.statusCode());
            assertTrue(refused.body().contains("User \\\"system:anonymous\\\" cannot list resource \\\"namespaces\\\""), refused.body());
        }
    }
}
