package dev.fairway.proxy.server;

import dev.fairway.proxy.server.HttpListener.Page;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The requests of one connection and their answers: what health checks and scrapers need of HTTP/1.1 (RFC 9112). Bodies of
 * requests are passed over.
 */
final class HttpConversation {
    /** How long a client may say nothing. */
    private static final int IDLE_MILLIS = 60_000;
    private static final int MOST_HEAD_BYTES = 16 << 10;
    private static final int MOST_BODY_BYTES = 64 << 10;
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** Makes the answer to a request. */
    @FunctionalInterface
    interface Pages {
        /** @param query the raw query, empty for none */
        Page answer(String path, String query);
    }

    /** What a request's head says; names of headers are in lower case. */
    private record Head(String method, String target, String version, Map<String, String> headers) {
        boolean keepsConnection() {
            return version.equals("HTTP/1.1") && !headers.getOrDefault("connection", "").equalsIgnoreCase("close");
        }
    }

    private final Socket socket;
    private final Pages pages;

    HttpConversation(Socket socket, Pages pages) {
        this.socket = socket;
        this.pages = pages;
    }

    /** Returns when either side ends the connection. */
    void run() throws IOException {
        socket.setSoTimeout(IDLE_MILLIS);
        socket.setTcpNoDelay(true);
        InputStream in = new BufferedInputStream(socket.getInputStream(), 1024);
        boolean more = true;
        while (more) {
            String text = readHead(in);
            if (text.isEmpty()) {
                return;
            }
            Head head = parse(text);
            if (head == null) {
                write(Page.text(400, "400 Bad Request"), false, false);
                return;
            }
            more = head.keepsConnection() && skipBody(in, head.headers());
            int query = head.target().indexOf('?');
            String path = query < 0 ? head.target() : head.target().substring(0, query);
            Page page = pages.answer(path, query < 0 ? "" : head.target().substring(query + 1));
            write(page, more, head.method().equals("HEAD"));
        }
    }

    /** All bytes up to the empty line; empty at the end of the connection. */
    private static String readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream(256);
        int lineLength = 0;
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next == '\n') {
                if (lineLength == 0 && head.size() > 0) {
                    return head.toString(StandardCharsets.ISO_8859_1);
                }
                lineLength = 0;
                head.write(next);
            } else if (next != '\r') {
                lineLength++;
                head.write(next);
            }
            if (head.size() > MOST_HEAD_BYTES) {
                throw new IOException("a request's head of more than " + MOST_HEAD_BYTES + " bytes");
            }
        }
        return "";
    }

    /** Null if it is no request. */
    private static Head parse(String text) {
        List<String> lines = text.lines().filter(line -> !line.isEmpty()).toList();
        String[] words = lines.isEmpty() ? new String[0] : lines.getFirst().split(" ");
        if (words.length != 3 || !words[2].matches("HTTP/1[.][01]")) {
            return null;
        }
        Map<String, String> headers = new TreeMap<>();
        for (String line : lines.subList(1, lines.size())) {
            int colon = line.indexOf(':');
            if (colon <= 0) {
                return null;
            }
            headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
        }
        return new Head(words[0], words[1], words[2], headers);
    }

    /** False if what comes next cannot be told from the body. */
    private static boolean skipBody(InputStream in, Map<String, String> headers) throws IOException {
        if (headers.containsKey("transfer-encoding")) {
            return false;
        }
        String length = headers.getOrDefault("content-length", "0");
        if (!length.matches("[0-9]{1,9}") || Integer.parseInt(length) > MOST_BODY_BYTES) {
            return false;
        }
        in.skipNBytes(Integer.parseInt(length));
        return true;
    }

    private void write(Page page, boolean more, boolean headOnly) throws IOException {
        StringBuilder head = new StringBuilder(256)
                .append("HTTP/1.1 ").append(page.status()).append(' ').append(reason(page.status())).append("\r\n")
                .append("Content-Type: ").append(page.contentType()).append("\r\n");
        page.headers().forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        head.append("Date: ").append(DATE.format(Instant.now())).append("\r\n")
                .append("Content-Length: ").append(page.body().length).append("\r\n")
                .append(more ? "" : "Connection: close\r\n").append("\r\n");
        ByteArrayOutputStream answer = new ByteArrayOutputStream(head.length() + page.body().length);
        answer.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
        if (!headOnly) {
            answer.writeBytes(page.body());
        }
        OutputStream out = socket.getOutputStream();
        answer.writeTo(out);
        out.flush();
    }

    private static String reason(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 400 -> "Bad Request";
            case 404 -> "Not Found";
            case 503 -> "Service Unavailable";
            default -> "Internal Server Error";
        };
    }
}
