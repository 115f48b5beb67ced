package dev.fairway.apiserver.crd.cel;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.runtime.CelFunctionBinding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Collects functions for CEL, each with its declaration and what it does. */
final class CelFunctions {
    private final Map<String, List<CelOverloadDecl>> overloads = new LinkedHashMap<>();
    private final List<CelFunctionBinding> bindings = new ArrayList<>();

    /** A type as CEL declares it, and the Java class of its values. */
    record Kind<T>(CelType type, Class<T> javaClass) {
    }

    /** {@code name(a)}. */
    <A> CelFunctions global(String name, CelType result, Kind<A> a, Function<A, Object> body) {
        String id = id(name);
        declare(name, CelOverloadDecl.newGlobalOverload(id, result, a.type()));
        bindings.add(CelFunctionBinding.from(id, a.javaClass(), body::apply));
        return this;
    }

    /** {@code name(a, b)}. */
    <A, B> CelFunctions global(String name, CelType result, Kind<A> a, Kind<B> b, BiFunction<A, B, Object> body) {
        String id = id(name);
        declare(name, CelOverloadDecl.newGlobalOverload(id, result, a.type(), b.type()));
        bindings.add(CelFunctionBinding.from(id, a.javaClass(), b.javaClass(), body::apply));
        return this;
    }

    /** {@code a.name()}. */
    <A> CelFunctions member(String name, CelType result, Kind<A> a, Function<A, Object> body) {
        String id = id(name);
        declare(name, CelOverloadDecl.newMemberOverload(id, result, a.type()));
        bindings.add(CelFunctionBinding.from(id, a.javaClass(), body::apply));
        return this;
    }

    /** {@code a.name(b)}. */
    <A, B> CelFunctions member(String name, CelType result, Kind<A> a, Kind<B> b, BiFunction<A, B, Object> body) {
        String id = id(name);
        declare(name, CelOverloadDecl.newMemberOverload(id, result, a.type(), b.type()));
        bindings.add(CelFunctionBinding.from(id, a.javaClass(), b.javaClass(), body::apply));
        return this;
    }

    /** {@code a.name(b, n)}, with a number last. */
    <A, B> CelFunctions member(String name, CelType result, Kind<A> a, Kind<B> b, Kind<Long> n, Numbered<A, B> body) {
        String id = id(name);
        declare(name, CelOverloadDecl.newMemberOverload(id, result, a.type(), b.type(), n.type()));
        bindings.add(CelFunctionBinding.from(id, List.of(a.javaClass(), b.javaClass(), n.javaClass()),
                arguments -> body.apply(a.javaClass().cast(arguments[0]), b.javaClass().cast(arguments[1]), (Long) arguments[2])));
        return this;
    }

    /** A function of two values and a number. */
    @FunctionalInterface
    interface Numbered<A, B> {
        Object apply(A a, B b, long number);
    }

    /** {@code name()}, for a name that stands for a constant. */
    CelFunctions constant(String name, CelType result, Object value) {
        String id = id(name);
        declare(name, CelOverloadDecl.newGlobalOverload(id, result));
        bindings.add(CelFunctionBinding.from(id, List.of(), arguments -> value));
        return this;
    }

    private String id(String name) {
        return "k8s_" + name.replace('.', '_') + "_" + bindings.size();
    }

    private void declare(String name, CelOverloadDecl overload) {
        overloads.computeIfAbsent(name, ignored -> new ArrayList<>()).add(overload);
    }

    List<CelFunctionDecl> declarations() {
        return overloads.entrySet().stream()
                .map(each -> CelFunctionDecl.newFunctionDeclaration(each.getKey(), each.getValue())).toList();
    }

    List<CelFunctionBinding> bindings() {
        return List.copyOf(bindings);
    }
}
