package dev.fairway.apiserver.apply;

import dev.fairway.apiserver.registry.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A set of field paths, as a tree: the root is the empty path. Immutable.
 *
 * @param member   whether the path that leads here is in the set
 * @param children what is below, by the next step; none of them empty
 */
public record FieldSet(boolean member, NavigableMap<PathElement, FieldSet> children) {

    public static final FieldSet EMPTY = new FieldSet(false, Collections.emptyNavigableMap());

    /** The set of the empty path only; below a step: that step. */
    static final FieldSet HERE = new FieldSet(true, Collections.emptyNavigableMap());

    public FieldSet {
        children = Collections.unmodifiableNavigableMap(children);
    }

    public boolean isEmpty() {
        return !member && children.isEmpty();
    }

    /** What is in the set below one step; empty if nothing is. */
    public FieldSet below(PathElement step) {
        return children.getOrDefault(step, EMPTY);
    }

    public boolean has(List<PathElement> path) {
        FieldSet node = this;
        for (PathElement step : path) {
            node = node.below(step);
        }
        return node.member;
    }

    public FieldSet union(FieldSet other) {
        TreeMap<PathElement, FieldSet> union = new TreeMap<>(children);
        other.children.forEach((step, set) -> union.merge(step, set, FieldSet::union));
        return new FieldSet(member || other.member, union);
    }

    public FieldSet intersection(FieldSet other) {
        TreeMap<PathElement, FieldSet> common = new TreeMap<>();
        children.forEach((step, set) -> put(common, step, set.intersection(other.below(step))));
        return new FieldSet(member && other.member, common);
    }

    /** Without the paths of {@code other}; what is below them stays. */
    public FieldSet minus(FieldSet other) {
        if (other.isEmpty()) {
            return this;
        }
        TreeMap<PathElement, FieldSet> rest = new TreeMap<>();
        children.forEach((step, set) -> put(rest, step, set.minus(other.below(step))));
        return new FieldSet(member && !other.member, rest);
    }

    /** Without the paths of {@code other} and all that is below them. */
    public FieldSet minusBelow(FieldSet other) {
        if (other.member) {
            return EMPTY;
        }
        TreeMap<PathElement, FieldSet> rest = new TreeMap<>();
        children.forEach((step, set) -> put(rest, step, set.minusBelow(other.below(step))));
        return new FieldSet(member, rest);
    }

    /** With every struct field that leads to a member as a member too. */
    FieldSet withStructFields(Shape shape) {
        TreeMap<PathElement, FieldSet> all = new TreeMap<>();
        children.forEach((step, set) -> {
            Shape next = shape.kind() == Shape.Kind.KEYED || shape.kind() == Shape.Kind.SET ? shape.item()
                    : step instanceof PathElement.Field(String name) ? shape.field(name) : Shape.ANYTHING;
            FieldSet below = set.withStructFields(next);
            boolean struct = step instanceof PathElement.Field(String name) && shape.declares(name);
            all.put(step, struct ? new FieldSet(true, below.children) : below);
        });
        return new FieldSet(member, all);
    }

    private static void put(TreeMap<PathElement, FieldSet> into, PathElement step, FieldSet set) {
        if (!set.isEmpty()) {
            into.put(step, set);
        }
    }

    /** All paths, in order. */
    public List<List<PathElement>> paths() {
        List<List<PathElement>> paths = new ArrayList<>();
        collect(List.of(), paths);
        return paths;
    }

    private void collect(List<PathElement> prefix, List<List<PathElement>> paths) {
        if (member) {
            paths.add(prefix);
        }
        children.forEach((step, set) -> set.collect(PathElement.append(prefix, step), paths));
    }

    /** The set of one path. */
    public static FieldSet of(List<PathElement> path) {
        FieldSet set = HERE;
        for (PathElement step : path.reversed()) {
            TreeMap<PathElement, FieldSet> only = new TreeMap<>();
            only.put(step, set);
            set = new FieldSet(false, only);
        }
        return set;
    }

    /** The set of one path of struct fields or map entries. */
    public static FieldSet ofFields(String... names) {
        return of(List.of(names).stream().<PathElement>map(PathElement.Field::new).toList());
    }

    @Override
    public String toString() {
        return paths().stream().map(PathElement::path).toList().toString();
    }
}
