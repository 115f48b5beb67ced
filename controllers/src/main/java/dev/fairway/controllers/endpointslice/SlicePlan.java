package dev.fairway.controllers.endpointslice;

import dev.fairway.kube.KubeObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The writes that bring a Service's EndpointSlices up to date, as few as possible: endpoints stay in the slice they
 * are in, new ones fill slices that are written anyway, and a slice that is left over is used again.
 */
public record SlicePlan(List<KubeObject> create, List<KubeObject> update, List<KubeObject> delete) {
    /** The most endpoints in one slice, as upstream's default. */
    public static final int MAX_ENDPOINTS = 100;

    public boolean isEmpty() {
        return create.isEmpty() && update.isEmpty() && delete.isEmpty();
    }

    /**
     * Plans for one Service.
     *
     * @param template what every slice of this owner carries besides endpoints and ports
     * @param desired endpoints by ports, for each address type that the Service has
     * @param existing the slices that this controller made for the Service
     */
    static SlicePlan of(
            SliceTemplate template,
            Map<AddressType, Map<List<EndpointPort>, List<ObjectNode>>> desired,
            Collection<KubeObject> existing,
            int maxEndpoints) {
        SlicePlan plan = new SlicePlan(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        Map<AddressType, List<KubeObject>> byType = new LinkedHashMap<>();
        for (KubeObject slice : existing) {
            Optional<AddressType> type = desired.keySet().stream()
                    .filter(one -> one.name().equals(slice.string("/addressType")))
                    .findFirst();
            if (type.isPresent() && template.owns(slice)) {
                byType.computeIfAbsent(type.get(), ignored -> new ArrayList<>()).add(slice);
            } else if (!slice.deleting()) {
                plan.delete.add(slice);
            }
        }
        desired.forEach((type, groups) ->
                plan.addType(template, type, groups, byType.getOrDefault(type, List.of()), maxEndpoints));
        return plan;
    }

    private void addType(
            SliceTemplate template,
            AddressType type,
            Map<List<EndpointPort>, List<ObjectNode>> groups,
            List<KubeObject> slices,
            int maxEndpoints) {
        List<KubeObject> free = new ArrayList<>();
        Map<List<EndpointPort>, List<KubeObject>> byPorts = new LinkedHashMap<>();
        for (KubeObject slice : slices) {
            List<EndpointPort> ports = EndpointPort.list(slice.at("/ports"));
            if (groups.containsKey(ports)) {
                byPorts.computeIfAbsent(ports, ignored -> new ArrayList<>()).add(slice);
            } else {
                free.add(slice);
            }
        }
        List<KubeObject> made = new ArrayList<>();
        groups.forEach((ports, endpoints) -> {
            Group group = new Group(template, byPorts.getOrDefault(ports, List.of()), endpoints, maxEndpoints);
            update.addAll(group.updates);
            free.addAll(group.emptied);
            group.overflow().forEach(chunk -> made.add(template.slice(type, ports, chunk)));
        });
        boolean nothingLeft = groups.isEmpty() && made.isEmpty();
        if (nothingLeft) {
            // Without endpoints one empty slice stays, so that consumers know that the Service has none.
            made.add(template.slice(type, List.of(), List.of()));
        }
        for (KubeObject slice : made) {
            if (free.isEmpty()) {
                create.add(slice);
            } else {
                KubeObject reused = template.reuse(free.removeFirst(), slice);
                if (reused != null) {
                    update.add(reused);
                }
            }
        }
        delete.addAll(free);
    }

    /** The slices of one set of ports. */
    private static final class Group {
        private final List<KubeObject> updates = new ArrayList<>();
        private final List<KubeObject> emptied = new ArrayList<>();
        private final Map<String, ObjectNode> left = new LinkedHashMap<>();
        private final int maxEndpoints;

        private Group(
                SliceTemplate template, List<KubeObject> slices, List<ObjectNode> endpoints, int maxEndpoints) {
            this.maxEndpoints = maxEndpoints;
            endpoints.forEach(endpoint -> left.put(identity(endpoint), endpoint));
            List<KubeObject> unchanged = new ArrayList<>();
            for (KubeObject slice : slices) {
                List<ObjectNode> kept = keep(slice.at("/endpoints"));
                if (kept.isEmpty()) {
                    emptied.add(slice);
                } else if (same(kept, slice.at("/endpoints")) && template.matches(slice)) {
                    unchanged.add(slice);
                } else {
                    updates.add(template.with(slice, kept));
                }
            }
            updates.forEach(this::fill);
            fillBestFit(template, unchanged);
        }

        /** What stays of a slice: endpoints still wanted, in their new state. */
        private List<ObjectNode> keep(JsonNode endpoints) {
            List<ObjectNode> kept = new ArrayList<>();
            for (JsonNode endpoint : endpoints) {
                ObjectNode wanted = left.remove(identity(endpoint));
                if (wanted != null) {
                    kept.add(wanted);
                }
            }
            return kept;
        }

        private static boolean same(List<ObjectNode> kept, JsonNode endpoints) {
            return kept.equals(endpoints.valueStream().toList());
        }

        private void fill(KubeObject slice) {
            ArrayNode endpoints = (ArrayNode) slice.at("/endpoints");
            var rest = left.values().iterator();
            while (rest.hasNext() && endpoints.size() < maxEndpoints) {
                endpoints.add(rest.next());
                rest.remove();
            }
        }

        /** The rest goes where it just fits: one write more, but no slice more. */
        private void fillBestFit(SliceTemplate template, List<KubeObject> unchanged) {
            if (left.isEmpty() || left.size() >= maxEndpoints) {
                return;
            }
            unchanged.stream()
                    .filter(slice -> slice.at("/endpoints").size() + left.size() <= maxEndpoints)
                    .max((a, b) -> Integer.compare(a.at("/endpoints").size(), b.at("/endpoints").size()))
                    .ifPresent(slice -> {
                        KubeObject copy = template.with(slice, nodes(slice.at("/endpoints")));
                        fill(copy);
                        updates.add(copy);
                    });
        }

        private static List<ObjectNode> nodes(JsonNode endpoints) {
            return endpoints.valueStream().map(ObjectNode.class::cast).toList();
        }

        private List<List<ObjectNode>> overflow() {
            List<ObjectNode> rest = new ArrayList<>(left.values());
            List<List<ObjectNode>> chunks = new ArrayList<>();
            for (int from = 0; from < rest.size(); from += maxEndpoints) {
                chunks.add(rest.subList(from, Math.min(rest.size(), from + maxEndpoints)));
            }
            return chunks;
        }

        private static String identity(JsonNode endpoint) {
            return endpoint.path("addresses") + endpoint.path("targetRef").path("uid").asString("");
        }
    }

    /** Counts writes, for tests and logs. */
    public int writes() {
        return create.size() + update.size() + delete.size();
    }

    /** Applies a function to every slice that is to be written. */
    SlicePlan mapWrites(Function<KubeObject, KubeObject> change) {
        return new SlicePlan(create.stream().map(change).toList(), update.stream().map(change).toList(), delete);
    }
}
