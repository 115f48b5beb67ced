package dev.fairway.apiserver.table;

import static dev.fairway.apiserver.table.Row.NONE;
import static dev.fairway.apiserver.table.Row.UNSET;

import dev.fairway.apiserver.registry.TablePrinter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Services, what stands behind them and what leads to them. */
final class NetworkTables {
    static final TablePrinter SERVICE = Columns.named()
            .text("Type", "How the Service is reached.", row -> row.text("spec", "type"))
            .text("Cluster-IP", "Address inside the cluster.", NetworkTables::clusterIp)
            .text("External-IP", "Addresses or name outside the cluster.", NetworkTables::externalIp)
            .text("Port(s)", "Ports, with node ports and protocols.", NetworkTables::ports)
            .age()
            .wide("Selector", "Labels of the Pods behind the Service.", row -> row.labels("spec", "selector"));

    static final TablePrinter ENDPOINTS = Columns.named()
            .text("Endpoints", "Ready addresses and ports.", NetworkTables::endpoints).age();

    static final TablePrinter ENDPOINT_SLICE = Columns.named()
            .text("AddressType", "Sort of the addresses.", row -> row.text("addressType"))
            .text("Ports", "Ports of each endpoint.", row -> Row.firstThree(row.each("ports").stream()
                    .map(port -> port.has("port") ? port.text("port") : port.has("name") ? port.text("name") : "*")
                    .toList(), UNSET))
            .text("Endpoints", "Addresses.", row -> Row.firstThree(row.each("endpoints").stream()
                    .flatMap(endpoint -> endpoint.each("addresses").stream())
                    .map(address -> Row.text(address.node())).toList(), UNSET))
            .age();

    static final TablePrinter INGRESS = Columns.named()
            .text("Class", "Class of the Ingress.", row -> row.textOr(NONE, "spec", "ingressClassName"))
            .text("Hosts", "Hosts that requests are matched with.", NetworkTables::hosts)
            .text("Address", "Addresses of the load balancer.", NetworkTables::loadBalancer)
            .text("Ports", "Open ports.", row -> row.each("spec", "tls").isEmpty() ? "80" : "80, 443")
            .age();

    static final TablePrinter INGRESS_CLASS = Columns.named()
            .text("Controller", "Who serves Ingresses of the class.", row -> row.text("spec", "controller"))
            .text("Parameters", "Further settings of the controller.", NetworkTables::parameters)
            .age();

    static final TablePrinter NETWORK_POLICY = Columns.named()
            .text("Pod-Selector", "Labels of the Pods that the policy is for.", row -> {
                String selector = row.selector("spec", "podSelector");
                return selector.isEmpty() ? NONE : selector;
            })
            .age();

    static final TablePrinter SERVICE_CIDR = Columns.named()
            .text("CIDRs", "Address ranges for cluster IPs.", row -> row.joined(",", "spec", "cidrs")).age();

    static final TablePrinter IP_ADDRESS = Columns.named()
            .text("ParentRef", "What the address belongs to.", NetworkTables::parentRef);

    private NetworkTables() {
    }

    private static String clusterIp(Row service) {
        List<Row> all = service.each("spec", "clusterIPs");
        return all.isEmpty() ? service.textOr(NONE, "spec", "clusterIP") : Row.text(all.getFirst().node());
    }

    private static String externalIp(Row service) {
        String external = service.joined(",", "spec", "externalIPs");
        return switch (service.text("spec", "type")) {
            case "ClusterIP", "NodePort" -> external.isEmpty() ? NONE : external;
            case "LoadBalancer" -> {
                String balancer = loadBalancer(service);
                if (!external.isEmpty()) {
                    yield balancer.isEmpty() ? external : balancer + "," + external;
                }
                yield balancer.isEmpty() ? "<pending>" : balancer;
            }
            case "ExternalName" -> service.text("spec", "externalName");
            default -> Row.UNKNOWN;
        };
    }

    /** Addresses or host names of the load balancer, each once, sorted. */
    private static String loadBalancer(Row object) {
        TreeSet<String> found = new TreeSet<>();
        for (Row ingress : object.each("status", "loadBalancer", "ingress")) {
            found.add(ingress.textOr(ingress.text("hostname"), "ip"));
        }
        found.remove("");
        return String.join(",", found);
    }

    private static String ports(Row service) {
        String ports = service.each("spec", "ports").stream()
                .map(port -> port.text("port")
                        + (port.number("nodePort") > 0 ? ":" + port.text("nodePort") : "")
                        + "/" + port.textOr("TCP", "protocol"))
                .collect(Collectors.joining(","));
        return ports.isEmpty() ? NONE : ports;
    }

    private static String endpoints(Row endpoints) {
        List<Row> subsets = endpoints.each("subsets");
        if (subsets.isEmpty()) {
            return NONE;
        }
        List<String> all = new ArrayList<>();
        for (Row subset : subsets) {
            List<String> addresses = subset.each("addresses").stream().map(address -> address.text("ip")).toList();
            List<Row> ports = subset.each("ports");
            if (ports.isEmpty()) {
                all.addAll(addresses);
            }
            for (Row port : ports) {
                addresses.forEach(ip -> all.add((ip.contains(":") ? "[" + ip + "]" : ip) + ":" + port.text("port")));
            }
        }
        return Row.firstThree(all, "");
    }

    private static String hosts(Row ingress) {
        List<String> hosts = ingress.each("spec", "rules").stream().map(rule -> rule.text("host"))
                .filter(host -> !host.isEmpty()).toList();
        return Row.firstThree(hosts, "*");
    }

    private static String parameters(Row ingressClass) {
        if (!ingressClass.has("spec", "parameters")) {
            return NONE;
        }
        String group = ingressClass.text("spec", "parameters", "apiGroup");
        return ingressClass.text("spec", "parameters", "kind") + (group.isEmpty() ? "" : "." + group)
                + "/" + ingressClass.text("spec", "parameters", "name");
    }

    private static String parentRef(Row address) {
        if (!address.has("spec", "parentRef")) {
            return NONE;
        }
        String group = address.text("spec", "parentRef", "group");
        String namespace = address.text("spec", "parentRef", "namespace");
        String resource = address.text("spec", "parentRef", "resource") + (group.isEmpty() ? "" : "." + group);
        return resource.toLowerCase(Locale.ROOT) + (namespace.isEmpty() ? "" : "/" + namespace)
                + "/" + address.text("spec", "parentRef", "name");
    }
}
