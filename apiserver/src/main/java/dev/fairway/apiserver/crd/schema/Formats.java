package dev.fairway.apiserver.crd.schema;

import dev.fairway.apiserver.config.Ip;
import dev.fairway.kube.GoDuration;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.regex.Pattern;

/** The string formats that Kubernetes enforces for custom resources; any other is only documentation. */
public final class Formats {
    private static final Pattern UUID = Pattern.compile("(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}");
    private static final Pattern EMAIL = Pattern.compile("[^@\\s]+@[^@\\s]+");
    private static final Pattern HOST = Pattern.compile("(?=.{1,253}$)[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?)*");
    private static final Pattern MAC = Pattern.compile("(?i)[0-9a-f]{2}([:-][0-9a-f]{2}){5}");

    private Formats() {
    }

    public static boolean matches(String format, String value) {
        return switch (format) {
            case "date-time" -> parses(() -> OffsetDateTime.parse(value));
            case "date" -> parses(() -> LocalDate.parse(value));
            case "ipv4" -> address(value, Inet4Address.class);
            case "ipv6" -> address(value, Inet6Address.class);
            case "cidr" -> {
                int slash = value.indexOf('/');
                yield slash > 0 && (address(value.substring(0, slash), Inet4Address.class) || address(value.substring(0, slash), Inet6Address.class));
            }
            case "uuid" -> UUID.matcher(value).matches();
            case "email" -> EMAIL.matcher(value).matches();
            case "hostname" -> HOST.matcher(value).matches();
            case "mac" -> MAC.matcher(value).matches();
            case "duration" -> GoDuration.parse(value).isPresent();
            case "byte" -> parses(() -> Base64.getDecoder().decode(value));
            case "uri" -> uri(value);
            default -> true;
        };
    }

    private static boolean parses(Runnable parse) {
        try {
            parse.run();
            return true;
        } catch (DateTimeParseException | IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean address(String value, Class<? extends InetAddress> family) {
        return Ip.parse(value).filter(family::isInstance).isPresent();
    }

    private static boolean uri(String value) {
        try {
            return new URI(value).isAbsolute() || value.startsWith("/");
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
