package dev.fairway.apiserver.encode;

import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.request.Request;
import java.util.List;

/**
 * What form of answer a client asked for.
 *
 * @param format  the serialization
 * @param view    whole objects, their metadata only, or table rows
 * @param version the version of the view's type, such as v1 of Table
 * @param pretty  whether JSON is indented
 */
public record Accepted(Format format, View view, String version, boolean pretty) {

    /** What of each object the answer shows. */
    public enum View { OBJECT, PARTIAL, TABLE }

    /** Plain JSON. */
    public static final Accepted JSON = new Accepted(Format.JSON, View.OBJECT, "", false);

    /**
     * Negotiates by the Accept header: the client's first choice that is served.
     *
     * @param views    whether Table and PartialObjectMetadata make sense here
     * @param protobuf whether the type has a protobuf form
     * @throws dev.fairway.apiserver.errors.StatusException 406
     */
    public static Accepted of(Request request, boolean views, boolean protobuf) {
        String header = String.join(",", request.headers().getOrDefault("accept", List.of()));
        if (header.isBlank()) {
            return new Accepted(Format.JSON, View.OBJECT, "", pretty(request));
        }
        for (MediaRange range : MediaRange.parseAll(header)) {
            Format format = Format.of(range.type());
            String as = range.parameter("as");
            // Metadata has a protobuf form whatever the type; a Table has none.
            boolean spoken = format != Format.PROTOBUF || (as.isEmpty() ? protobuf : !as.equals("Table"));
            if (format == null || !spoken) {
                continue;
            }
            if (as.isEmpty()) {
                return new Accepted(format, View.OBJECT, "", pretty(request));
            }
            boolean meta = range.parameter("g").equals("meta.k8s.io");
            String version = range.parameter("v");
            if (views && meta && (version.equals("v1") || version.equals("v1beta1"))) {
                switch (as) {
                    case "Table" -> {
                        return new Accepted(format, View.TABLE, version, pretty(request));
                    }
                    case "PartialObjectMetadata", "PartialObjectMetadataList" -> {
                        return new Accepted(format, View.PARTIAL, version, pretty(request));
                    }
                    default -> {
                        continue;
                    }
                }
            }
        }
        throw Errors.notAcceptable(protobuf ? Format.mediaTypes() : Format.mediaTypes().subList(0, 2));
    }

    private static boolean pretty(Request request) {
        String asked = request.query("pretty");
        if (!asked.isEmpty()) {
            return !asked.equals("0") && !asked.equals("false");
        }
        String agent = request.header("user-agent");
        return agent.startsWith("curl") || agent.startsWith("Wget") || agent.startsWith("Mozilla/5.0");
    }
}
