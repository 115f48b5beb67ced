package dev.fairway.apiserver.registry;

import java.util.List;
import java.util.regex.Pattern;

/** What a kind accepts as {@code metadata.name}. The messages are those of the API's validation. */
public enum NameRule {
    /** RFC 1123 subdomain, at most 253 characters: most kinds. */
    DNS_SUBDOMAIN(253, "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*",
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
            "example.com"),
    /** RFC 1123 label, at most 63 characters: Namespaces. */
    DNS_LABEL(63, "[a-z0-9]([-a-z0-9]*[a-z0-9])?",
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
            "my-name' or '123-abc"),
    /** RFC 1035 label, at most 63 characters: Services. */
    DNS_1035_LABEL(63, "[a-z]([-a-z0-9]*[a-z0-9])?",
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
            "my-name' or 'abc-123"),
    /** Anything that can stand in a path: RBAC kinds. */
    PATH_SEGMENT(Integer.MAX_VALUE, "", "", "");

    private final int maxLength;
    private final String regex;
    private final Pattern pattern;
    private final String message;
    private final String example;

    NameRule(int maxLength, String regex, String message, String example) {
        this.maxLength = maxLength;
        this.regex = regex;
        this.pattern = Pattern.compile(regex);
        this.message = message;
        this.example = example;
    }

    /**
     * What is wrong with a name; empty when nothing is.
     *
     * @param name   the name, or with {@code prefix} what a generated suffix is appended to
     * @param prefix whether {@code name} is a generateName, which may end in a dash
     */
    public List<String> problems(String name, boolean prefix) {
        if (this == PATH_SEGMENT) {
            return pathSegmentProblems(name, prefix);
        }
        String checked = prefix && name.endsWith("-") && name.length() > 1 ? name.substring(0, name.length() - 1) + "a" : name;
        var problems = new java.util.ArrayList<String>(2);
        if (checked.length() > maxLength) {
            problems.add("must be no more than " + maxLength + " characters");
        }
        if (!pattern.matcher(checked).matches()) {
            problems.add(message + " (e.g. '" + example + "', regex used for validation is '" + regex + "')");
        }
        return problems;
    }

    private static List<String> pathSegmentProblems(String name, boolean prefix) {
        if (!prefix && (name.equals(".") || name.equals(".."))) {
            return List.of("may not be '" + name + "'");
        }
        var problems = new java.util.ArrayList<String>(2);
        for (String illegal : List.of("/", "%")) {
            if (name.contains(illegal)) {
                problems.add("may not contain '" + illegal + "'");
            }
        }
        return problems;
    }
}
