package dev.fairway.apiserver.registry;

import dev.fairway.kube.ResourceType;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One served resource: a row of the {@link ResourceTable}.
 *
 * @param group        the API group; empty for the core group
 * @param versions     the served versions, the preferred one first
 * @param storageVersion the version in which objects are written to the store
 * @param storageGroup the group under which objects are kept; differs from {@code group} where two groups share objects
 *                     (events)
 * @param plural       the path segment
 * @param singular     the singular name
 * @param kind         the kind
 * @param namespaced   whether objects live in namespaces
 * @param shortNames   what kubectl also accepts
 * @param categories   groups of kinds for kubectl, such as {@code all}
 * @param verbs        what may be done
 * @param subresources the paths below an object
 * @param selectable   field paths that field selectors may name beyond metadata.name and metadata.namespace, each with
 *                     the value that an absent field counts as
 * @param generation   whether metadata.generation counts changes of anything but metadata and status
 * @param statusOnCreate whether a new object may bring its status along
 * @param custom       whether a CustomResourceDefinition made the row
 * @param nameRule     what names may look like
 * @param scale        where the scale subresource finds its numbers; null without one
 * @param schemas      the schema of each served version
 * @param strategy     the kind's rules, made on first use
 * @param printer      the columns of each served version, made on first use
 * @param listKind     the kind of lists
 */
public record ResourceDefinition(
        String group, List<String> versions, String storageVersion, String storageGroup, String plural, String singular, String kind,
        boolean namespaced, List<String> shortNames, List<String> categories, Set<Verb> verbs,
        Set<Subresource> subresources, Map<String, String> selectable, boolean generation, boolean statusOnCreate,
        boolean custom, NameRule nameRule, ScalePaths scale,
        Function<String, ObjectSchema> schemas, Supplier<Strategy> strategy, Function<String, TablePrinter> printer, String listKind) {

    public ResourceDefinition {
        versions = List.copyOf(versions);
        shortNames = List.copyOf(shortNames);
        categories = List.copyOf(categories);
        selectable = Map.copyOf(selectable);
    }

    /** The start of a row: a resource with every verb, no subresource and no rules of its own. */
    public static Builder named(String group, String version, String plural, String kind) {
        return new Builder(group, version, plural, kind);
    }

    /** The preferred version. */
    public String version() {
        return versions.getFirst();
    }

    /** {@code version} or {@code group/version}, as in apiVersion. */
    public String apiVersion(String version) {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** {@code plural} or {@code plural.group}, as error messages name the resource. */
    public String qualifiedName() {
        return group.isEmpty() ? plural : plural + "." + group;
    }

    /** The client-side name of this resource in one of its versions. */
    public ResourceType type(String version) {
        return new ResourceType(group, version, plural, kind, namespaced);
    }

    /** Whether the path below an object is served. */
    public boolean has(Subresource subresource) {
        return subresources.contains(subresource);
    }

    /** The store's key prefix for all objects: {@code /registry/<group or core>/<plural>/}. */
    public String keyPrefix() {
        return "/registry/" + (storageGroup.isEmpty() ? "core" : storageGroup) + "/" + plural + "/";
    }

    /** The store's key of one object. */
    public String key(String namespace, String name) {
        return namespaced ? keyPrefix() + namespace + "/" + name : keyPrefix() + name;
    }

    /** Collects a row. */
    public static final class Builder {
        private final String group;
        private final String plural;
        private final String kind;
        private List<String> versions;
        private String storageGroup;
        private String singular;
        private boolean namespaced = true;
        private List<String> shortNames = List.of();
        private List<String> categories = List.of();
        private Set<Verb> verbs = Verb.ALL;
        private final Set<Subresource> subresources = EnumSet.noneOf(Subresource.class);
        private Map<String, String> selectable = Map.of();
        private boolean generation;
        private boolean statusOnCreate;
        private boolean custom;
        private NameRule nameRule = NameRule.DNS_SUBDOMAIN;
        private ScalePaths scale;
        private String storageVersion;
        private Function<String, ObjectSchema> schemas = version -> ObjectSchema.NONE;
        private Supplier<Strategy> strategy = () -> Strategy.GENERIC;
        private Function<String, TablePrinter> printer;
        private String listKind;

        private Builder(String group, String version, String plural, String kind) {
            this.group = group;
            this.storageGroup = group;
            this.versions = List.of(version);
            this.plural = plural;
            this.kind = kind;
            this.singular = kind.toLowerCase(Locale.ROOT);
            this.listKind = kind + "List";
        }

        public Builder versions(String... preferredFirst) {
            this.versions = List.of(preferredFirst);
            return this;
        }

        /** The version objects are written in, where that is not the preferred one. */
        public Builder storageVersion(String version) {
            this.storageVersion = version;
            return this;
        }

        public Builder schemas(Function<String, ObjectSchema> byVersion) {
            this.schemas = byVersion;
            return this;
        }

        public Builder storedWith(String otherGroup) {
            this.storageGroup = otherGroup;
            return this;
        }

        public Builder singular(String name) {
            this.singular = name;
            return this;
        }

        public Builder clusterScoped() {
            this.namespaced = false;
            return this;
        }

        public Builder shortNames(String... names) {
            this.shortNames = List.of(names);
            return this;
        }

        public Builder categories(String... names) {
            this.categories = List.of(names);
            return this;
        }

        public Builder verbs(Set<Verb> served) {
            this.verbs = Set.copyOf(served);
            return this;
        }

        public Builder status() {
            return subresources(Subresource.STATUS);
        }

        public Builder scale(ScalePaths paths) {
            this.scale = paths;
            return subresources(Subresource.SCALE);
        }

        public Builder subresources(Subresource... below) {
            this.subresources.addAll(List.of(below));
            return this;
        }

        public Builder selectable(Map<String, String> pathsAndDefaults) {
            this.selectable = pathsAndDefaults;
            return this;
        }

        public Builder generation() {
            this.generation = true;
            return this;
        }

        public Builder custom() {
            this.custom = true;
            return this;
        }

        public Builder statusOnCreate() {
            this.statusOnCreate = true;
            return this;
        }

        public Builder nameRule(NameRule rule) {
            this.nameRule = rule;
            return this;
        }

        public Builder strategy(Supplier<Strategy> rules) {
            this.strategy = Lazy.of(rules);
            return this;
        }

        public Builder listKind(String kindOfLists) {
            this.listKind = kindOfLists;
            return this;
        }

        public Builder printer(Supplier<TablePrinter> columns) {
            Supplier<TablePrinter> made = Lazy.of(columns);
            return printer(version -> made.get());
        }

        /** The columns, where versions differ in them. */
        public Builder printer(Function<String, TablePrinter> columns) {
            this.printer = columns;
            return this;
        }

        public ResourceDefinition build() {
            return new ResourceDefinition(group, versions, storageVersion == null ? versions.getFirst() : storageVersion, storageGroup, plural, singular, kind, namespaced, shortNames,
                    categories, verbs, Set.copyOf(subresources), selectable, generation, statusOnCreate, custom, nameRule,
                    scale, schemas, strategy, printer, listKind);
        }
    }
}
