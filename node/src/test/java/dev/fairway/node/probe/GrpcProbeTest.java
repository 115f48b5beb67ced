package dev.fairway.node.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The probe against grpc-java's own server. */
final class GrpcProbeTest {
    private static final Map<String, Integer> SERVICES = Map.of("", 1, "up", 1, "down", 2, "odd", 0);

    private Server server;

    @AfterEach
    void stop() {
        server.shutdownNow();
    }

    /** Messages as their bytes, so that no generated classes are needed. */
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] message) {
            return new ByteArrayInputStream(message);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void start(String service) throws IOException {
        MethodDescriptor<byte[], byte[]> check = MethodDescriptor.newBuilder(new Bytes(), new Bytes())
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(service + "/Check")
                .build();
        BindableService health = () -> ServerServiceDefinition.builder(service)
                .addMethod(check, ServerCalls.asyncUnaryCall((request, observer) -> {
                    String name = request.length == 0 ? "" : new String(request, 2, request.length - 2, StandardCharsets.UTF_8);
                    Integer status = SERVICES.get(name);
                    if (status == null) {
                        observer.onError(Status.NOT_FOUND.asRuntimeException());
                    } else {
                        observer.onNext(status == 0 ? new byte[0] : new byte[] {8, status.byteValue()});
                        observer.onCompleted();
                    }
                }))
                .build();
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).addService(health).build().start();
    }

    private Prober.Answer ask(String service) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getPort())) {
            return GrpcProbe.ask(socket, service, Deadline.in(Duration.ofSeconds(10)));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', true, ''",
        "up, true, ''",
        "down, false, 'service unhealthy (responded with \"NOT_SERVING\")'",
        "odd, false, 'service unhealthy (responded with \"UNKNOWN\")'",
        "none, false, 'error: this server does not implement the grpc health protocol (grpc.health.v1.Health)'"
    })
    void onlyServingIsGood(String service, boolean good, String message) throws IOException {
        start("grpc.health.v1.Health");
        assertEquals(new Prober.Answer(good, message), ask(service));
    }

    @Test
    void aServerWithoutTheProtocolIsBad() throws IOException {
        start("other.Service");
        assertEquals(new Prober.Answer(false, "error: this server does not implement the grpc health protocol (grpc.health.v1.Health)"), ask(""));
    }
}
