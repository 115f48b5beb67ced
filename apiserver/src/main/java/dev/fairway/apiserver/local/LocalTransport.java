package dev.fairway.apiserver.local;

import dev.fairway.apiserver.front.Front;
import dev.fairway.apiserver.http.Query;
import dev.fairway.apiserver.request.Request;
import dev.fairway.apiserver.request.Response;
import dev.fairway.apiserver.user.UserInfo;
import dev.fairway.kube.client.ApiRequest;
import dev.fairway.kube.client.ApiResponse;
import dev.fairway.kube.client.ApiTransport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Requests from inside the process, on behalf of one user. They take the same way as those that come over HTTP. */
public final class LocalTransport implements ApiTransport {
    private final Front front;
    private final UserInfo user;
    private final String userAgent;

    /**
     * @param user      on whose behalf
     * @param userAgent what the field manager is taken from, such as {@code deployment-controller}
     */
    public LocalTransport(Front front, UserInfo user, String userAgent) {
        this.front = front;
        this.user = user;
        this.userAgent = userAgent;
    }

    @Override
    public ApiResponse send(ApiRequest request) throws IOException {
        Map<String, List<String>> query = new HashMap<>();
        request.query().forEach((name, value) -> query.put(name, List.of(value)));
        Map<String, List<String>> headers = new HashMap<>();
        headers.put("user-agent", List.of(userAgent));
        request.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), List.of(value)));
        Response response = front.serve(new Request(request.method(), Query.decodePath(request.path()), query, headers,
                request.body(), user));
        return switch (response) {
            case Response.Whole whole -> new ApiResponse(whole.status(), body(whole));
            case Response.Streaming streaming -> new ApiResponse(streaming.status(), Pipe.run(streaming.body()));
        };
    }

    private static InputStream body(Response.Whole whole) {
        if (whole.parts().size() == 1) {
            return new ByteArrayInputStream(whole.parts().getFirst());
        }
        Iterator<byte[]> parts = whole.parts().iterator();
        return new SequenceInputStream(new Enumeration<InputStream>() {
            @Override
            public boolean hasMoreElements() {
                return parts.hasNext();
            }

            @Override
            public InputStream nextElement() {
                return new ByteArrayInputStream(parts.next());
            }
        });
    }

    @Override
    public void close() {
        // nothing is held
    }
}
