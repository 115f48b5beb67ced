package dev.fairway.apiserver.encode;

import java.util.List;

/** The serializations that the API speaks. */
public enum Format {
    JSON("application/json"),
    YAML("application/yaml"),
    PROTOBUF("application/vnd.kubernetes.protobuf");

    private final String mediaType;

    Format(String mediaType) {
        this.mediaType = mediaType;
    }

    public String mediaType() {
        return mediaType;
    }

    /** All media types, as error messages list them. */
    public static List<String> mediaTypes() {
        return List.of(JSON.mediaType, YAML.mediaType, PROTOBUF.mediaType);
    }

    /** The format of a media type; null for one that is not spoken. Wildcards mean JSON. */
    static Format of(String mediaType) {
        return switch (mediaType) {
            case "application/json", "*/*", "application/*" -> JSON;
            case "application/yaml" -> YAML;
            case "application/vnd.kubernetes.protobuf" -> PROTOBUF;
            default -> null;
        };
    }
}
