package dev.fairway.apiserver.registry;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.LinkedHashSet;

/** The kinds served now. Rows come and go with CustomResourceDefinitions; readers see a consistent table. */
public final class ResourceTable {
    private record Key(String group, String plural) {
    }

    private volatile Map<Key, ResourceDefinition> rows;
    private volatile long generation;

    public ResourceTable(Collection<ResourceDefinition> initial) {
        var table = new LinkedHashMap<Key, ResourceDefinition>();
        initial.forEach(row -> table.put(new Key(row.group(), row.plural()), row));
        this.rows = table;
    }

    /** The row of a resource in whatever version. */
    public Optional<ResourceDefinition> find(String group, String plural) {
        return Optional.ofNullable(rows.get(new Key(group, plural)));
    }

    /** The row of a resource if that version is served. */
    public Optional<ResourceDefinition> find(String group, String version, String plural) {
        return find(group, plural).filter(row -> row.versions().contains(version));
    }

    /** The row of a built-in resource. */
    public ResourceDefinition require(String group, String plural) {
        return find(group, plural)
                .orElseThrow(() -> new IllegalArgumentException("no resource " + plural + " in group '" + group + "'"));
    }

    /** All rows. */
    public List<ResourceDefinition> all() {
        return List.copyOf(rows.values());
    }

    /** The groups, the core group ("") first. */
    public List<String> groups() {
        SequencedSet<String> groups = new LinkedHashSet<>();
        rows.values().forEach(row -> groups.add(row.group()));
        return List.copyOf(groups);
    }

    /** The versions of a group, the preferred one first; empty for a group that is not served. */
    public List<String> versions(String group) {
        SequencedSet<String> versions = new LinkedHashSet<>();
        rows.values().stream().filter(row -> row.group().equals(group)).forEach(row -> versions.addAll(row.versions()));
        var sorted = new ArrayList<>(versions);
        sorted.sort(Versions.PREFERRED_FIRST);
        return sorted;
    }

    /** A number that grows with every change of the table. */
    public long generation() {
        return generation;
    }

    /** Adds or replaces a row. */
    public synchronized void put(ResourceDefinition row) {
        var changed = new LinkedHashMap<>(rows);
        changed.put(new Key(row.group(), row.plural()), row);
        rows = changed;
        generation++;
    }

    /** Removes a row. */
    public synchronized void remove(String group, String plural) {
        var changed = new LinkedHashMap<>(rows);
        if (changed.remove(new Key(group, plural)) != null) {
            rows = changed;
            generation++;
        }
    }
}
