package dev.fairway.apiserver.kinds;

import dev.fairway.apiserver.config.Cidr;
import dev.fairway.apiserver.config.Ip;
import dev.fairway.apiserver.registry.NameRule;
import dev.fairway.schema.FieldError;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Collects field errors; the checks that many kinds share, worded as Kubernetes' validation words them. */
public final class Check {
    private static final String LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private static final Pattern DNS_LABEL = Pattern.compile(LABEL);
    private static final Pattern DNS_SUBDOMAIN = Pattern.compile(LABEL + "(\\." + LABEL + ")*");
    private static final Pattern QUALIFIED = Pattern.compile("([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]");
    private static final Pattern PERCENT = Pattern.compile("[0-9]{1,9}%");
    private static final Pattern PORT_NAME = Pattern.compile("[-a-z0-9]+");
    private static final Pattern LETTER = Pattern.compile("[a-z]");
    private static final String LABEL_MESSAGE = "a lowercase RFC 1123 label must consist of lower case alphanumeric"
            + " characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or"
            + " '123-abc', regex used for validation is '" + LABEL + "')";
    private static final String SUBDOMAIN_MESSAGE = "a lowercase RFC 1123 subdomain must consist of lower case"
            + " alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g."
            + " 'example.com', regex used for validation is '" + LABEL + "(\\." + LABEL + ")*')";

    private final List<FieldError> errors = new ArrayList<>();

    public List<FieldError> errors() {
        return errors;
    }

    public void add(FieldError error) {
        errors.add(error);
    }

    public void addAll(Collection<FieldError> more) {
        errors.addAll(more);
    }

    public void required(String field) {
        errors.add(FieldError.required(field, ""));
    }

    public void required(String field, String detail) {
        errors.add(FieldError.required(field, detail));
    }

    public void invalid(String field, Object value, String detail) {
        errors.add(FieldError.invalid(field, value, detail));
    }

    public void forbidden(String field, String detail) {
        errors.add(FieldError.forbidden(field, detail));
    }

    /** A string that must be one of a few; empty counts as missing. */
    public void oneOf(String field, String value, List<String> supported) {
        if (value.isEmpty()) {
            required(field);
        } else if (!supported.contains(value)) {
            errors.add(FieldError.notSupported(field, value, supported));
        }
    }

    public void port(String field, int value) {
        if (value < 1 || value > 65535) {
            invalid(field, value, "must be between 1 and 65535, inclusive");
        }
    }

    /** A port's number, or its name ({@code IANA_SVC_NAME}, RFC 6335). */
    public void portNumberOrName(String field, JsonNode value) {
        if (value.isString()) {
            portName(field, value.stringValue());
        } else {
            port(field, value.asInt(0));
        }
    }

    public void portName(String field, String name) {
        if (name.length() > 15) {
            invalid(field, name, "must be no more than 15 characters");
        }
        if (!PORT_NAME.matcher(name).matches()) {
            invalid(field, name, "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
        } else if (!LETTER.matcher(name).find()) {
            invalid(field, name, "must contain at least one letter (a-z)");
        } else if (name.contains("--")) {
            invalid(field, name, "must not contain consecutive hyphens");
        } else if (name.startsWith("-") || name.endsWith("-")) {
            invalid(field, name, "must not begin or end with a hyphen");
        }
    }

    public void notNegative(String field, JsonNode value) {
        if (value.asLong(0) < 0) {
            invalid(field, value.asLong(0), "must be greater than or equal to 0");
        }
    }

    public void dnsLabel(String field, String value) {
        if (value.length() > 63) {
            invalid(field, value, "must be no more than 63 bytes");
        } else if (!DNS_LABEL.matcher(value).matches()) {
            invalid(field, value, LABEL_MESSAGE);
        }
    }

    /** A label that begins with a letter, as Services and versions of APIs are named. */
    public void dns1035Label(String field, String value) {
        NameRule.DNS_1035_LABEL.problems(value, false).forEach(problem -> invalid(field, value, problem));
    }

    public void dnsSubdomain(String field, String value) {
        if (value.length() > 253) {
            invalid(field, value, "must be no more than 253 bytes");
        } else if (!DNS_SUBDOMAIN.matcher(value).matches()) {
            invalid(field, value, SUBDOMAIN_MESSAGE);
        }
    }

    /** A DNS name, or one with {@code *} in place of its first label. */
    public void wildcardSubdomain(String field, String value) {
        if (!value.contains("*")) {
            dnsSubdomain(field, value);
        } else if (!value.startsWith("*.") || !DNS_SUBDOMAIN.matcher(value.substring(2)).matches()) {
            invalid(field, value, "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain,"
                    + " which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric"
                    + " character (e.g. '*.example.com', regex used for validation is '\\*\\." + LABEL + "(\\." + LABEL + ")*')");
        }
    }

    /** A name that can stand in a URL. */
    public void pathSegment(String field, String value) {
        if (value.equals(".") || value.equals("..")) {
            invalid(field, value, "may not be '" + value + "'");
        }
        List.of("/", "%").stream().filter(value::contains).forEach(each -> invalid(field, value, "may not contain '" + each + "'"));
    }

    /** A number that is not negative, or a percentage. */
    public void numberOrPercent(String field, JsonNode value, boolean atMostAll) {
        if (!value.isString()) {
            notNegative(field, value);
        } else if (!PERCENT.matcher(value.stringValue()).matches()) {
            invalid(field, value.stringValue(), "a valid percent string must be a numeric string followed by an ending '%'"
                    + " (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')");
        } else if (atMostAll && Integer.parseInt(value.stringValue().substring(0, value.stringValue().length() - 1)) > 100) {
            invalid(field, value.stringValue(), "must not be greater than 100%");
        }
    }

    /** A {@code metav1.LabelSelector}; nothing is a selector without requirements. */
    public void labelSelector(String field, JsonNode selector) {
        labels(field + ".matchLabels", selector.path("matchLabels"));
        JsonNode expressions = selector.path("matchExpressions");
        for (int i = 0; i < expressions.size(); i++) {
            String at = field + ".matchExpressions[" + i + "]";
            JsonNode values = expressions.get(i).path("values");
            String operator = expressions.get(i).path("operator").asString("");
            switch (operator) {
                case "In", "NotIn" -> {
                    if (values.isEmpty()) {
                        required(at + ".values", "must be specified when `operator` is 'In' or 'NotIn'");
                    }
                }
                case "Exists", "DoesNotExist" -> {
                    if (!values.isEmpty()) {
                        forbidden(at + ".values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                    }
                }
                default -> invalid(at + ".operator", operator, "not a valid selector operator");
            }
            qualifiedName(at + ".key", expressions.get(i).path("key").asString(""));
        }
    }

    /** A map of labels, as in selectors and templates. */
    public void labels(String field, JsonNode labels) {
        for (var entry : labels.properties()) {
            qualifiedName(field, entry.getKey());
            labelValue(field, entry.getValue().asString(""));
        }
    }

    public void labelValue(String field, String value) {
        if (value.length() > 63) {
            invalid(field, value, "must be no more than 63 bytes");
        } else if (!value.isEmpty() && !QUALIFIED.matcher(value).matches()) {
            invalid(field, value, "a valid label must be an empty string or consist of alphanumeric characters, '-',"
                    + " '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or"
                    + " 'my_value',  or '12345', regex used for validation is"
                    + " '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')");
        }
    }

    /** A label or annotation key: an optional DNS subdomain, a slash, a name. */
    public void qualifiedName(String field, String key) {
        int slash = key.indexOf('/');
        String name = key.substring(slash + 1);
        if (slash == 0 || slash > 0 && (slash > 253 || !DNS_SUBDOMAIN.matcher(key.substring(0, slash)).matches())) {
            invalid(field, key, "prefix part " + (slash == 0 ? "must be non-empty" : SUBDOMAIN_MESSAGE));
        } else if (name.isEmpty()) {
            invalid(field, key, "name part must be non-empty");
        } else if (name.length() > 63) {
            invalid(field, key, "name part must be no more than 63 bytes");
        } else if (!QUALIFIED.matcher(name).matches()) {
            invalid(field, key, "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and"
                    + " end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for"
                    + " validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')");
        }
    }

    /** An IP address literal; names are never looked up. */
    public Optional<InetAddress> ip(String field, String value) {
        Optional<InetAddress> address = parseIp(value);
        if (address.isEmpty()) {
            invalid(field, value, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
        }
        return address;
    }

    /**
     * A block of addresses.
     *
     * @param hostBits whether bits beyond the prefix may be set; they are ignored
     */
    public Optional<Cidr> cidr(String field, String value, boolean hostBits) {
        int slash = value.indexOf('/');
        Optional<InetAddress> address = slash < 0 ? Optional.empty() : parseIp(value.substring(0, slash));
        try {
            Cidr found = Cidr.around(address.orElseThrow(), Integer.parseInt(value.substring(slash + 1)));
            if (hostBits || found.base().equals(address.get())) {
                return Optional.of(found);
            }
            invalid(field, value, "must not have bits set beyond the prefix length");
        } catch (IllegalArgumentException | NoSuchElementException e) {
            invalid(field, value, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
        }
        return Optional.empty();
    }

    /** An IP address that packets can be sent to: none of the special ranges. */
    public void nonSpecialIp(String field, String value) {
        ip(field, value).ifPresent(address -> {
            if (address.isAnyLocalAddress()) {
                invalid(field, value, "may not be unspecified (" + value + ")");
            } else if (address.isLoopbackAddress()) {
                invalid(field, value, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
            } else if (address.isLinkLocalAddress()) {
                invalid(field, value, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
            } else if (address.isMulticastAddress()) {
                invalid(field, value, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
            }
        });
    }

    public static Optional<InetAddress> parseIp(String value) {
        return Ip.parse(value);
    }

    /** {@code IPv4} or {@code IPv6}. */
    public static String family(InetAddress address) {
        return address instanceof Inet4Address ? "IPv4" : "IPv6";
    }
}
