package dev.fairway.apiserver.kinds.workload;

import dev.fairway.apiserver.kinds.Check;
import dev.fairway.kube.Quantity;
import dev.fairway.schema.FieldError;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** The field rules of a Pod's spec, in a Pod or in a template. */
final class PodSpecValidation {
    private static final List<String> RESTART = List.of("Always", "Never", "OnFailure");
    private static final List<String> DNS = List.of("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None");
    private static final List<String> PULL = List.of("Always", "IfNotPresent", "Never");
    private static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");
    private static final Set<String> STANDARD = Set.of("cpu", "memory", "ephemeral-storage");
    private static final List<String> HANDLERS = List.of("exec", "httpGet", "tcpSocket", "grpc");

    private final Check check;
    private final String root;
    private final JsonNode spec;

    private PodSpecValidation(Check check, String root, JsonNode spec) {
        this.check = check;
        this.root = root;
        this.spec = spec;
    }

    /**
     * Checks a spec.
     *
     * @param root its path, {@code spec} or {@code spec.template.spec}
     */
    static void validate(Check check, String root, JsonNode spec) {
        new PodSpecValidation(check, root, spec).all();
    }

    private void all() {
        check.oneOf(root + ".restartPolicy", spec.path("restartPolicy").asString("Always"), RESTART);
        check.oneOf(root + ".dnsPolicy", spec.path("dnsPolicy").asString("ClusterFirst"), DNS);
        check.notNegative(root + ".terminationGracePeriodSeconds", spec.path("terminationGracePeriodSeconds"));
        check.labels(root + ".nodeSelector", spec.path("nodeSelector"));
        if (spec.hasNonNull("activeDeadlineSeconds") && spec.path("activeDeadlineSeconds").asLong(1) < 1) {
            check.invalid(root + ".activeDeadlineSeconds", spec.path("activeDeadlineSeconds").asLong(), "must be between 1 and 2147483647, inclusive");
        }
        Set<String> volumes = names(root + ".volumes", spec.path("volumes"));
        VolumeRules.check(check, root + ".volumes", spec.path("volumes"));
        PlacementRules.check(check, root, spec);
        PodFieldRules.check(check, root, spec);
        if (spec.path("containers").isEmpty()) {
            check.required(root + ".containers");
        }
        Set<String> containers = new HashSet<>();
        for (String field : List.of("initContainers", "containers")) {
            JsonNode list = spec.path(field);
            for (int i = 0; i < list.size(); i++) {
                container(root + "." + field + "[" + i + "]", list.get(i), containers, volumes);
                restart(root + "." + field + "[" + i + "]", list.get(i), field.equals("initContainers"));
            }
        }
    }

    private Set<String> names(String path, JsonNode list) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < list.size(); i++) {
            unique(path + "[" + i + "].name", list.get(i).path("name").asString(""), names);
        }
        return names;
    }

    private void unique(String path, String name, Set<String> names) {
        if (name.isEmpty()) {
            check.required(path);
        } else {
            check.dnsLabel(path, name);
            if (!names.add(name)) {
                check.add(FieldError.duplicate(path, name));
            }
        }
    }

    private void container(String path, JsonNode container, Set<String> names, Set<String> volumes) {
        unique(path + ".name", container.path("name").asString(""), names);
        String image = container.path("image").asString("");
        if (image.isEmpty()) {
            check.required(path + ".image");
        } else if (!image.equals(image.strip())) {
            check.invalid(path + ".image", image, "must not have leading or trailing whitespace");
        }
        check.oneOf(path + ".imagePullPolicy", container.path("imagePullPolicy").asString("Always"), PULL);
        ports(path + ".ports", container.path("ports"));
        resources(path + ".resources", container.path("resources"));
        EnvironmentRules.check(check, path, container);
        life(path, container);
        mounts(path + ".volumeMounts", container.path("volumeMounts"), volumes);
        for (String name : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
            if (container.hasNonNull(name)) {
                probe(path + "." + name, container.path(name), !name.equals("readinessProbe"));
            }
        }
    }

    /** Only what starts first may say that it stays, and only what stays has probes. */
    private void restart(String path, JsonNode container, boolean init) {
        String policy = container.path("restartPolicy").asString("");
        boolean sidecar = init && policy.equals("Always");
        if (init && !policy.isEmpty() && !sidecar) {
            check.add(FieldError.notSupported(path + ".restartPolicy", policy, List.of("Always")));
        }
        if (init && !sidecar) {
            for (String name : List.of("lifecycle", "livenessProbe", "readinessProbe", "startupProbe")) {
                if (container.hasNonNull(name)) {
                    check.forbidden(path + "." + name, "may not be set for init containers without restartPolicy=Always");
                }
            }
        }
    }

    private void life(String path, JsonNode container) {
        check.oneOf(path + ".terminationMessagePolicy", container.path("terminationMessagePolicy").asString("File"),
                List.of("FallbackToLogsOnError", "File"));
        for (String hook : List.of("postStart", "preStop")) {
            JsonNode handler = container.path("lifecycle").path(hook);
            if (handler.isObject()) {
                String at = path + ".lifecycle." + hook;
                List<String> given = Stream.of("exec", "httpGet", "tcpSocket", "sleep").filter(handler::hasNonNull).toList();
                if (given.isEmpty()) {
                    check.required(at, "must specify a handler type");
                }
                given.stream().skip(1).forEach(more -> check.forbidden(at + "." + more, "may not specify more than 1 handler type"));
            }
        }
    }

    private void resources(String path, JsonNode resources) {
        JsonNode limits = resources.path("limits");
        for (String field : List.of("limits", "requests")) {
            resources.path(field).properties().forEach(each -> {
                String at = path + "." + field;
                check.qualifiedName(at, each.getKey());
                if (!each.getKey().contains("/") && !STANDARD.contains(each.getKey()) && !each.getKey().startsWith("hugepages-")) {
                    check.invalid(at, each.getKey(), "must be a standard resource type or fully qualified");
                    check.invalid(at, each.getKey(), "must be a standard resource for containers");
                }
                if (Quantity.of(each.getValue()).signum() < 0) {
                    check.invalid(path + "." + field + "[" + each.getKey() + "]", each.getValue().asString(""),
                            "must be greater than or equal to 0");
                }
            });
        }
        resources.path("requests").properties().forEach(request -> {
            JsonNode limit = limits.path(request.getKey());
            if (!limit.isMissingNode() && Quantity.of(request.getValue()).compareTo(Quantity.of(limit)) > 0) {
                check.invalid(path + ".requests", request.getValue().asString(""), "must be less than or equal to "
                        + request.getKey() + " limit of " + limit.asString(""));
            }
        });
    }

    private void ports(String path, JsonNode ports) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < ports.size(); i++) {
            String at = path + "[" + i + "]";
            JsonNode port = ports.get(i);
            String name = port.path("name").asString("");
            if (!name.isEmpty()) {
                check.portName(at + ".name", name);
                if (!names.add(name)) {
                    check.add(FieldError.duplicate(at + ".name", name));
                }
            }
            if (!port.hasNonNull("containerPort")) {
                check.required(at + ".containerPort");
            } else {
                check.port(at + ".containerPort", port.path("containerPort").asInt(0));
            }
            if (port.path("hostPort").asInt(0) != 0) {
                check.port(at + ".hostPort", port.path("hostPort").asInt(0));
            }
            check.oneOf(at + ".protocol", port.path("protocol").asString("TCP"), PROTOCOLS);
        }
    }

    private void mounts(String path, JsonNode mounts, Set<String> volumes) {
        Set<String> places = new HashSet<>();
        for (int i = 0; i < mounts.size(); i++) {
            String at = path + "[" + i + "]";
            String name = mounts.get(i).path("name").asString("");
            String place = mounts.get(i).path("mountPath").asString("");
            if (name.isEmpty()) {
                check.required(at + ".name");
            } else if (!volumes.contains(name)) {
                check.add(FieldError.notFound(at + ".name", name));
            }
            if (place.isEmpty()) {
                check.required(at + ".mountPath");
            } else if (!places.add(place)) {
                check.invalid(at + ".mountPath", place, "must be unique");
            }
        }
    }

    private void probe(String path, JsonNode probe, boolean onlyOneSuccess) {
        Set<String> handlers = HANDLERS.stream().filter(probe::hasNonNull).collect(Collectors.toSet());
        if (handlers.isEmpty()) {
            check.required(path, "must specify a handler type");
        } else if (handlers.size() > 1) {
            check.forbidden(path + "." + handlers.stream().sorted().skip(1).findFirst().orElseThrow(), "may not specify more than 1 handler type");
        }
        Stream.of("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")
                .forEach(field -> check.notNegative(path + "." + field, probe.path(field)));
        if (onlyOneSuccess && probe.path("successThreshold").asInt(1) != 1) {
            check.invalid(path + ".successThreshold", probe.path("successThreshold").asInt(), "must be 1");
        }
        if (probe.hasNonNull("httpGet")) {
            check.portNumberOrName(path + ".httpGet.port", probe.path("httpGet").path("port"));
            check.oneOf(path + ".httpGet.scheme", probe.path("httpGet").path("scheme").asString("HTTP"), List.of("HTTP", "HTTPS"));
        }
        if (probe.hasNonNull("tcpSocket")) {
            check.portNumberOrName(path + ".tcpSocket.port", probe.path("tcpSocket").path("port"));
        }
        if (probe.hasNonNull("exec") && probe.path("exec").path("command").isEmpty()) {
            check.required(path + ".exec.command");
        }
    }
}
