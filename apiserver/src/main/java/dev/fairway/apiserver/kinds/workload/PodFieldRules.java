package dev.fairway.apiserver.kinds.workload;

import dev.fairway.apiserver.kinds.Check;
import dev.fairway.schema.FieldError;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** The fields of a Pod's spec beside containers, volumes and placement: names, DNS, host, security. */
final class PodFieldRules {
    private static final int MOST_NAMESERVERS = 3;
    private static final int MOST_SEARCHES = 32;
    private static final int MOST_SEARCH_LENGTH = 2048;
    private static final Pattern SYSCTL = Pattern.compile("([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?");

    private final Check check;
    private final String root;
    private final JsonNode spec;

    private PodFieldRules(Check check, String root, JsonNode spec) {
        this.check = check;
        this.root = root;
        this.spec = spec;
    }

    static void check(Check check, String root, JsonNode spec) {
        PodFieldRules rules = new PodFieldRules(check, root, spec);
        rules.names();
        rules.dns();
        rules.hosts();
        rules.security();
        rules.ports();
    }

    private String text(String field) {
        return spec.path(field).asString("");
    }

    private void names() {
        for (String field : List.of("serviceAccountName", "nodeName", "priorityClassName", "runtimeClassName")) {
            if (!text(field).isEmpty()) {
                check.dnsSubdomain(root + "." + field, text(field));
            }
        }
        for (String field : List.of("hostname", "subdomain")) {
            if (!text(field).isEmpty()) {
                check.dnsLabel(root + "." + field, text(field));
            }
        }
        for (int i = 0; i < spec.path("imagePullSecrets").size(); i++) {
            if (spec.path("imagePullSecrets").get(i).path("name").asString("").isEmpty()) {
                check.required(root + ".imagePullSecrets[" + i + "].name");
            }
        }
        for (int i = 0; i < spec.path("readinessGates").size(); i++) {
            check.qualifiedName(root + ".readinessGates[" + i + "].conditionType",
                    spec.path("readinessGates").get(i).path("conditionType").asString(""));
        }
        Set<String> gates = new HashSet<>();
        for (int i = 0; i < spec.path("schedulingGates").size(); i++) {
            String name = spec.path("schedulingGates").get(i).path("name").asString("");
            check.qualifiedName(root + ".schedulingGates[" + i + "]", name);
            if (!gates.add(name)) {
                check.add(FieldError.duplicate(root + ".schedulingGates[" + i + "]", name));
            }
        }
    }

    private void dns() {
        JsonNode config = spec.path("dnsConfig");
        JsonNode servers = config.path("nameservers");
        String path = root + ".dnsConfig.nameservers";
        if (text("dnsPolicy").equals("None") && servers.isEmpty()) {
            check.required(config.isObject() ? path : root + ".dnsConfig", config.isObject()
                    ? "must provide at least one DNS nameserver when `dnsPolicy` is None"
                    : "must provide `dnsConfig` when `dnsPolicy` is None");
        }
        if (servers.size() > MOST_NAMESERVERS) {
            check.invalid(path, servers, "must not have more than " + MOST_NAMESERVERS + " nameservers");
        }
        for (int i = 0; i < servers.size(); i++) {
            check.ip(path + "[" + i + "]", servers.get(i).asString(""));
        }
        JsonNode searches = config.path("searches");
        if (searches.size() > MOST_SEARCHES) {
            check.invalid(root + ".dnsConfig.searches", searches, "must not have more than " + MOST_SEARCHES + " search paths");
        }
        int length = Math.max(0, searches.size() - 1) + searches.valueStream().mapToInt(each -> each.asString("").length()).sum();
        if (length > MOST_SEARCH_LENGTH) {
            check.invalid(root + ".dnsConfig.searches", searches, "must not have more than " + MOST_SEARCH_LENGTH
                    + " characters (including spaces) in the search list");
        }
        for (int i = 0; i < config.path("options").size(); i++) {
            if (config.path("options").get(i).path("name").asString("").isEmpty()) {
                check.required(root + ".dnsConfig.options[" + i + "]", "must not be empty");
            }
        }
    }

    private void hosts() {
        JsonNode aliases = spec.path("hostAliases");
        for (int i = 0; i < aliases.size(); i++) {
            String at = root + ".hostAliases[" + i + "]";
            check.ip(at + ".ip", aliases.get(i).path("ip").asString(""));
            for (int j = 0; j < aliases.get(i).path("hostnames").size(); j++) {
                check.dnsSubdomain(at + ".hostnames[" + j + "]", aliases.get(i).path("hostnames").get(j).asString(""));
            }
        }
    }

    private void security() {
        JsonNode context = spec.path("securityContext");
        String path = root + ".securityContext";
        for (String field : List.of("runAsUser", "runAsGroup", "fsGroup")) {
            id(path + "." + field, context.path(field));
        }
        for (int i = 0; i < context.path("supplementalGroups").size(); i++) {
            id(path + ".supplementalGroups[" + i + "]", context.path("supplementalGroups").get(i));
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < context.path("sysctls").size(); i++) {
            String name = context.path("sysctls").get(i).path("name").asString("");
            String at = path + ".sysctls[" + i + "].name";
            if (name.isEmpty()) {
                check.required(at);
            } else if (!SYSCTL.matcher(name).matches()) {
                check.invalid(at, name, "must have at most 253 characters and match regex ^" + SYSCTL.pattern() + "$");
            } else if (!seen.add(name)) {
                check.add(FieldError.duplicate(at, name));
            }
        }
        if (spec.path("shareProcessNamespace").asBoolean(false) && spec.path("hostPID").asBoolean(false)) {
            check.invalid(root + ".shareProcessNamespace", true, "ShareProcessNamespace and HostPID cannot both be enabled");
        }
        for (String field : List.of("initContainers", "containers")) {
            for (int i = 0; i < spec.path(field).size(); i++) {
                container(root + "." + field + "[" + i + "].securityContext", spec.path(field).get(i).path("securityContext"));
            }
        }
    }

    private void container(String path, JsonNode context) {
        id(path + ".runAsUser", context.path("runAsUser"));
        id(path + ".runAsGroup", context.path("runAsGroup"));
        JsonNode escalation = context.path("allowPrivilegeEscalation");
        if (escalation.isBoolean() && !escalation.asBoolean()) {
            if (context.path("privileged").asBoolean(false)) {
                check.invalid(path, context, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
            }
            if (context.path("capabilities").path("add").valueStream().anyMatch(each -> each.asString("").equals("CAP_SYS_ADMIN"))) {
                check.invalid(path, context, "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
            }
        }
    }

    private void id(String path, JsonNode id) {
        if (id.isNumber() && (id.asLong() < 0 || id.asLong() > Integer.MAX_VALUE)) {
            check.invalid(path, id.asLong(), "must be between 0 and 2147483647, inclusive");
        }
    }

    /** In the host's network a container's port is the host's; elsewhere no two containers share one of the host. */
    private void ports() {
        boolean host = spec.path("hostNetwork").asBoolean(false);
        Set<String> taken = new HashSet<>();
        for (int i = 0; i < spec.path("containers").size(); i++) {
            JsonNode ports = spec.path("containers").get(i).path("ports");
            for (int j = 0; j < ports.size(); j++) {
                JsonNode port = ports.get(j);
                String at = root + ".containers[" + i + "].ports[" + j + "]";
                int number = port.path("hostPort").asInt(0);
                if (host && number != port.path("containerPort").asInt(0)) {
                    check.invalid(at + ".hostPort", number, "must match `containerPort` when `hostNetwork` is true");
                }
                String key = port.path("protocol").asString("TCP") + "/" + port.path("hostIP").asString("") + "/" + number;
                if (number != 0 && !taken.add(key)) {
                    check.add(FieldError.duplicate(at + ".hostPort", key));
                }
            }
        }
    }
}
