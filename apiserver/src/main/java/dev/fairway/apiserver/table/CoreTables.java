package dev.fairway.apiserver.table;

import static dev.fairway.apiserver.table.Row.NONE;
import static dev.fairway.apiserver.table.Row.UNKNOWN;

import dev.fairway.apiserver.registry.TablePrinter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** The core group: Pods, Nodes, Namespaces and what holds configuration. */
final class CoreTables {
    static final TablePrinter POD = Columns.named()
            .text("Ready", "Ready containers, of all.", row -> PodStatus.of(row).readyCell())
            .text("Status", "Phase of the Pod, or what keeps it from running.", row -> PodStatus.of(row).reason())
            .text("Restarts", "Restarts of its containers, and the time since the last one.",
                    row -> PodStatus.of(row).restartsCell(row.now()))
            .age()
            .wide("IP", "Address of the Pod.", CoreTables::podIp)
            .wide("Node", "Node that the Pod is bound to.", row -> row.textOr(NONE, "spec", "nodeName"))
            .wide("Nominated Node", "Node on which the Pod waits for others to be preempted.",
                    row -> row.textOr(NONE, "status", "nominatedNodeName"))
            .wide("Readiness Gates", "Open readiness gates, of all.", PodStatus::readinessGates);

    static final TablePrinter POD_TEMPLATE = Columns.named()
            .text("Containers", "Names of the template's containers.", row -> row.containers("name", "template"))
            .text("Images", "Images of the template's containers.", row -> row.containers("image", "template"))
            .text("Pod Labels", "Labels of the template.", row -> row.labels("template", "metadata", "labels"));

    static final TablePrinter NODE = Columns.named()
            .text("Status", "Whether the node is ready and may be scheduled to.", CoreTables::nodeStatus)
            .text("Roles", "Roles of the node, by its labels.", CoreTables::nodeRoles)
            .age()
            .text("Version", "Version of the node agent.", row -> row.text("status", "nodeInfo", "kubeletVersion"))
            .wide("Internal-IP", "Address inside the cluster's network.", row -> nodeAddress(row, "InternalIP"))
            .wide("External-IP", "Address outside the cluster's network.", row -> nodeAddress(row, "ExternalIP"))
            .wide("OS-Image", "Operating system.", row -> row.textOr(UNKNOWN, "status", "nodeInfo", "osImage"))
            .wide("Kernel-Version", "Kernel.", row -> row.textOr(UNKNOWN, "status", "nodeInfo", "kernelVersion"))
            .wide("Container-Runtime", "Runtime of the containers, and its version.",
                    row -> row.textOr(UNKNOWN, "status", "nodeInfo", "containerRuntimeVersion"));

    static final TablePrinter NAMESPACE = Columns.named()
            .text("Status", "Phase of the namespace.", row -> row.text("status", "phase")).age();

    static final TablePrinter CONFIG_MAP = Columns.named()
            .value("Data", "Number of entries.",
                    row -> (long) row.at("data").size() + row.at("binaryData").size()).age();

    static final TablePrinter SECRET = Columns.named()
            .text("Type", "What the Secret is for.", row -> row.text("type"))
            .value("Data", "Number of entries.", row -> (long) row.at("data").size()).age();

    static final TablePrinter EVENT = Columns.unnamed()
            .text("Last Seen", "Time since it last happened.", CoreTables::lastSeen)
            .text("Type", "Normal or Warning.", row -> row.text("type"))
            .text("Reason", "Why it happened, in one word.", row -> row.text("reason"))
            .text("Object", "What it happened to.", row -> eventObject(about(row)))
            .wide("Subobject", "Part of the object.", row -> about(row).text("fieldPath"))
            .wide("Source", "Who reports it.", CoreTables::eventSource)
            .text("Message", "What happened.", row -> row.textOr(row.text("note"), "message").strip())
            .wide("First Seen", "Time since it first happened.", CoreTables::firstSeen)
            .add("Count", "string", "", "How often it happened.", 1, CoreTables::eventCount)
            .add("Name", "string", "name", "Name of the object.", 1, row -> row.text("metadata", "name"));

    static final TablePrinter RESOURCE_QUOTA = Columns.named()
            .text("Request", "Requests used, of those allowed.", row -> quota(row, false))
            .text("Limit", "Limits used, of those allowed.", row -> quota(row, true))
            .age();

    private CoreTables() {
    }

    private static String podIp(Row pod) {
        List<Row> all = pod.each("status", "podIPs");
        return all.isEmpty() ? pod.textOr(NONE, "status", "podIP") : all.getFirst().textOr(NONE, "ip");
    }

    private static String nodeStatus(Row node) {
        String status = node.each("status", "conditions").stream()
                .filter(condition -> condition.text("type").equals("Ready"))
                .reduce((first, last) -> last)
                .map(condition -> condition.text("status").equals("True") ? "Ready" : "NotReady")
                .orElse("Unknown");
        return node.at("spec", "unschedulable").asBoolean(false) ? status + ",SchedulingDisabled" : status;
    }

    private static String nodeRoles(Row node) {
        TreeSet<String> roles = new TreeSet<>();
        String prefix = "node-role.kubernetes.io/";
        node.at("metadata", "labels").properties().forEach(label -> {
            if (label.getKey().startsWith(prefix)) {
                roles.add(label.getKey().substring(prefix.length()));
            } else if (label.getKey().equals("kubernetes.io/role")) {
                roles.add(Row.text(label.getValue()));
            }
        });
        roles.remove("");
        return roles.isEmpty() ? NONE : String.join(",", roles);
    }

    private static String nodeAddress(Row node, String type) {
        return node.each("status", "addresses").stream().filter(address -> address.text("type").equals(type))
                .findFirst().map(address -> address.text("address")).orElse(NONE);
    }

    /** The object that an Event is about: the two versions of the API name it differently. */
    private static Row about(Row event) {
        return new Row(event.has("involvedObject") ? event.at("involvedObject") : event.at("regarding"), event.now());
    }

    private static String eventObject(Row about) {
        String kind = about.text("kind").toLowerCase(java.util.Locale.ROOT);
        String name = about.text("name");
        return name.isEmpty() ? kind : kind + "/" + name;
    }

    private static String firstSeen(Row event) {
        for (String field : List.of("firstTimestamp", "deprecatedFirstTimestamp")) {
            if (event.has(field)) {
                return event.since(field);
            }
        }
        return event.since("eventTime");
    }

    private static String lastSeen(Row event) {
        if (event.has("series")) {
            return event.since("series", "lastObservedTime");
        }
        for (String field : List.of("lastTimestamp", "deprecatedLastTimestamp")) {
            if (event.has(field)) {
                return event.since(field);
            }
        }
        return firstSeen(event);
    }

    private static Long eventCount(Row event) {
        if (event.has("series")) {
            return event.number("series", "count");
        }
        return Math.max(1, Math.max(event.number("count"), event.number("deprecatedCount")));
    }

    private static String eventSource(Row event) {
        Row source = new Row(event.has("source") ? event.at("source") : event.at("deprecatedSource"), event.now());
        String component = source.textOr(
                event.textOr(event.text("reportingController"), "reportingComponent"), "component");
        String host = source.textOr(event.text("reportingInstance"), "host");
        return host.isEmpty() ? component : component + ", " + host;
    }

    private static String quota(Row quota, boolean limits) {
        List<String> shown = new ArrayList<>();
        TreeSet<String> names = new TreeSet<>(quota.at("status", "hard").propertyNames());
        for (String name : names) {
            if (name.startsWith("limits.") == limits) {
                shown.add(name + ": " + quota.textOr("0", "status", "used", name) + "/"
                        + quota.text("status", "hard", name));
            }
        }
        return String.join(", ", shown);
    }
}
