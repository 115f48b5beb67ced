package dev.fairway.apiserver.kinds.service;

import dev.fairway.apiserver.config.Cidr;
import dev.fairway.apiserver.config.Ip;
import dev.fairway.apiserver.errors.Errors;
import dev.fairway.apiserver.kinds.Check;
import dev.fairway.apiserver.registry.Reservation;
import dev.fairway.apiserver.registry.StrategyContext;
import dev.fairway.schema.FieldError;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one write of a Service takes: cluster IPs, node ports, a health check node port. Rolling back gives back all
 * that was taken; committing gives back what the old Service held and the new one does not.
 */
final class ServiceReservation implements Reservation {
    private final ClusterIps ips;
    private final NodePorts ports;
    private final List<String> families;
    private final ObjectNode service;
    private final ServiceSpec spec;
    private final String owner;
    private final boolean dryRun;
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private final List<Runnable> afterwards = new ArrayList<>();

    private ServiceReservation(StrategyContext context, ObjectNode service) {
        this.ips = context.server().shared(ClusterIps.class, ClusterIps::of);
        this.ports = context.server().shared(NodePorts.class, NodePorts::load);
        this.families = ClusterIps.families(context.server());
        this.service = service;
        this.spec = ServiceSpec.of(service);
        this.owner = NodePorts.owner(service);
        this.dryRun = context.dryRun();
    }

    /**
     * Takes what the Service needs and writes it into it.
     *
     * @param old null on create
     * @throws dev.fairway.apiserver.errors.StatusException 422 naming the field that cannot be had; nothing stays taken
     */
    static ServiceReservation take(StrategyContext context, ObjectNode service, ObjectNode old) {
        ServiceReservation reservation = new ServiceReservation(context, service);
        try {
            List<FieldError> errors = new ArrayList<>();
            Optional<ServiceSpec> before = Optional.ofNullable(old).map(ServiceSpec::of);
            reservation.clusterIps(before, errors);
            if (errors.isEmpty()) {
                reservation.nodePorts(before, errors);
            }
            if (!errors.isEmpty()) {
                throw Errors.invalid("", "Service", service.path("metadata").path("name").asString(""), errors);
            }
            return reservation;
        } catch (RuntimeException e) {
            reservation.rollback();
            throw e;
        }
    }

    /** Gives back all that a deleted Service held. */
    static void release(StrategyContext context, ObjectNode service) {
        ServiceReservation held = new ServiceReservation(context, service);
        held.releaseLater(held.spec, List.of(), List.of());
        held.commit();
    }

    private void clusterIps(Optional<ServiceSpec> old, List<FieldError> errors) {
        List<String> before = old.filter(ServiceSpec::needsClusterIp).map(ServiceSpec::clusterIps).orElse(List.of());
        if (spec.needsClusterIp() && !spec.headless()) {
            List<String> families = spec.strings("ipFamilies");
            List<String> wanted = new ArrayList<>(spec.clusterIps());
            if (!spec.text("ipFamilyPolicy").equals("SingleStack") || wanted.size() <= 1) {
                for (int i = 0; i < families.size(); i++) {
                    if (i < wanted.size()) {
                        if (!before.contains(wanted.get(i))) {
                            takeWanted(wanted.get(i), families.get(i), errors);
                        }
                    } else {
                        takeAny(families.get(i), errors).ifPresent(wanted::add);
                    }
                }
            }
            spec.setStrings("clusterIPs", wanted);
            spec.json().put("clusterIP", wanted.isEmpty() ? "" : wanted.getFirst());
        }
        List<String> after = spec.clusterIps();
        before.stream().filter(ip -> !ip.equals(ServiceSpec.NONE) && !after.contains(ip)).forEach(ip -> afterwards.add(() -> ips.release(ip)));
    }

    private void takeWanted(String wanted, String family, List<FieldError> errors) {
        Optional<InetAddress> address = Check.parseIp(wanted);
        if (address.isEmpty() || !Check.family(address.get()).equals(family)) {
            // Validation says what is wrong with it.
            return;
        }
        List<Cidr> ranges = ips.ranges(family);
        if (ranges.stream().noneMatch(range -> ClusterIps.usable(range, address.get()))) {
            refuse(wanted, errors, ranges.isEmpty() ? "the provided network does not match the current range"
                    : "the provided IP (" + wanted + ") is not in the valid range. The range of valid IPs is "
                            + ranges.stream().map(Cidr::toString).collect(Collectors.joining(", ")));
        } else if (!ips.take(address.get(), service, dryRun)) {
            refuse(wanted, errors, "provided IP is already allocated");
        } else if (!dryRun) {
            undo.push(() -> ips.release(Ip.text(address.get())));
        }
    }

    private void refuse(String wanted, List<FieldError> errors, String why) {
        errors.add(FieldError.invalid("spec.clusterIPs", spec.json().path("clusterIPs").toString(),
                "failed to allocate IP " + wanted + ": " + why));
    }

    private Optional<String> takeAny(String family, List<FieldError> errors) {
        if (!families.contains(family)) {
            // Validation says that the cluster does not have it.
            return Optional.empty();
        }
        Optional<String> address = ips.takeAny(family, service, dryRun).map(Ip::text);
        if (address.isEmpty()) {
            errors.add(FieldError.invalid("spec.clusterIPs", "[]", "failed to allocate a serviceIP: range is full"));
        } else if (!dryRun) {
            undo.push(() -> ips.release(address.get()));
        }
        return address;
    }

    private void nodePorts(Optional<ServiceSpec> old, List<FieldError> errors) {
        List<ObjectNode> list = spec.mayHaveNodePort() ? spec.ports() : List.of();
        for (int i = 0; i < list.size(); i++) {
            ObjectNode port = list.get(i);
            int wanted = ServiceSpec.nodePort(port);
            String path = "spec.ports[" + i + "].nodePort";
            if (wanted > 0) {
                takePort(wanted, path, errors);
            } else if (spec.needsNodePort()) {
                sharedOrAny(port, list, path, errors).ifPresent(number -> port.put("nodePort", number));
            }
        }
        if (spec.needsHealthCheckNodePort()) {
            String path = "spec.healthCheckNodePort";
            if (spec.healthCheckNodePort() > 0) {
                takePort(spec.healthCheckNodePort(), path, errors);
            } else {
                anyPort(path, errors).ifPresent(number -> spec.json().put("healthCheckNodePort", number));
            }
        }
        old.ifPresent(before -> releaseLater(before, spec.clusterIps(), portsOf(spec)));
    }

    /** The same port of two protocols shares one node port, as DNS needs for TCP and UDP. */
    private OptionalInt sharedOrAny(ObjectNode port, List<ObjectNode> all, String path, List<FieldError> errors) {
        OptionalInt shared = all.stream()
                .filter(other -> other.path("port").equals(port.path("port")) && ServiceSpec.nodePort(other) > 0
                        && !ServiceSpec.protocol(other).equals(ServiceSpec.protocol(port)))
                .mapToInt(ServiceSpec::nodePort)
                .findFirst();
        return shared.isPresent() ? shared : anyPort(path, errors);
    }

    private void takePort(int wanted, String path, List<FieldError> errors) {
        if (ports.holds(wanted, owner)) {
            return;
        }
        if (!ports.range().contains(wanted)) {
            errors.add(FieldError.invalid(path, wanted,
                    "provided port is not in the valid range. The range of valid ports is " + ports.range()));
        } else if (!ports.take(wanted, owner, dryRun)) {
            errors.add(FieldError.invalid(path, wanted, "provided port is already allocated"));
        } else if (!dryRun) {
            undo.push(() -> ports.release(wanted, owner));
        }
    }

    private OptionalInt anyPort(String path, List<FieldError> errors) {
        OptionalInt port = ports.takeAny(owner, dryRun);
        if (port.isEmpty()) {
            errors.add(FieldError.invalid(path, 0, "failed to allocate a nodePort: range is full"));
        } else if (!dryRun) {
            undo.push(() -> ports.release(port.getAsInt(), owner));
        }
        return port;
    }

    private static List<Integer> portsOf(ServiceSpec spec) {
        List<Integer> numbers = new ArrayList<>();
        if (spec.mayHaveNodePort()) {
            spec.ports().stream().map(ServiceSpec::nodePort).filter(number -> number > 0).forEach(numbers::add);
        }
        if (spec.needsHealthCheckNodePort() && spec.healthCheckNodePort() > 0) {
            numbers.add(spec.healthCheckNodePort());
        }
        return numbers;
    }

    private void releaseLater(ServiceSpec held, List<String> keepIps, List<Integer> keepPorts) {
        portsOf(held).stream().filter(port -> !keepPorts.contains(port)).forEach(port -> afterwards.add(() -> ports.release(port, owner)));
        if (keepIps.isEmpty() && held == spec) {
            held.clusterIps().stream()
                    .filter(ip -> !ip.equals(ServiceSpec.NONE))
                    .forEach(ip -> afterwards.add(() -> ips.release(ip)));
        }
    }

    @Override
    public void commit() {
        if (!dryRun) {
            afterwards.forEach(Runnable::run);
        } else {
            rollback();
        }
    }

    @Override
    public void rollback() {
        while (!undo.isEmpty()) {
            undo.pop().run();
        }
    }
}
