package dev.fairway.apiserver.crd;

import com.google.common.collect.ImmutableSet;
import com.google.re2j.Pattern;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The CEL language as custom resources have it: the standard library, the string, set, math and optional extensions,
 * and Kubernetes' own functions on lists and regular expressions. {@code self} and {@code oldSelf} are dynamic.
 */
final class CelEnvironment {
    private static final ListType LIST = ListType.create(SimpleType.DYN);
    private static final CelOptions OPTIONS = CelOptions.current().build();
    private static final CelCompiler COMPILER = CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addVar("self", SimpleType.DYN)
            .addVar("oldSelf", SimpleType.DYN)
            .addLibraries(CelExtensions.strings(), CelExtensions.math(OPTIONS), CelExtensions.sets(OPTIONS), CelExtensions.optional())
            .addFunctionDeclarations(
                    list("isSorted", SimpleType.BOOL), list("min", SimpleType.DYN), list("max", SimpleType.DYN),
                    list("sum", SimpleType.DYN),
                    CelFunctionDecl.newFunctionDeclaration("find",
                            CelOverloadDecl.newMemberOverload("string_find_string", SimpleType.STRING, SimpleType.STRING, SimpleType.STRING)),
                    CelFunctionDecl.newFunctionDeclaration("findAll",
                            CelOverloadDecl.newMemberOverload("string_find_all_string", ListType.create(SimpleType.STRING), SimpleType.STRING, SimpleType.STRING)))
            .build();
    private static final CelRuntime RUNTIME = CelRuntimeFactory.standardCelRuntimeBuilder()
            .setOptions(OPTIONS)
            .addLibraries(CelExtensions.strings(), CelExtensions.math(OPTIONS), CelExtensions.sets(OPTIONS), CelExtensions.optional())
            .addFunctionBindings(bindings())
            .build();

    private CelEnvironment() {
    }

    /**
     * Compiles an expression.
     *
     * @throws IllegalArgumentException when it is not CEL
     */
    static CelRuntime.Program compile(String expression) {
        try {
            CelAbstractSyntaxTree tree = COMPILER.compile(expression).getAst();
            return RUNTIME.createProgram(tree);
        } catch (CelValidationException | CelEvaluationException e) {
            throw new IllegalArgumentException("compilation failed: " + e.getMessage(), e);
        }
    }

    private static CelFunctionDecl list(String name, dev.cel.common.types.CelType result) {
        return CelFunctionDecl.newFunctionDeclaration(name, CelOverloadDecl.newMemberOverload("list_" + name, result, LIST));
    }

    private static ImmutableSet<CelFunctionBinding> bindings() {
        return ImmutableSet.of(
                CelFunctionBinding.from("list_isSorted", List.class, list -> {
                    List<Object> values = objects(list);
                    return java.util.stream.IntStream.range(1, values.size())
                            .allMatch(i -> ORDER.compare(values.get(i - 1), values.get(i)) <= 0);
                }),
                CelFunctionBinding.from("list_min", List.class, list -> objects(list).stream().min(ORDER)
                        .orElseThrow(() -> new IllegalArgumentException("min called on empty list"))),
                CelFunctionBinding.from("list_max", List.class, list -> objects(list).stream().max(ORDER)
                        .orElseThrow(() -> new IllegalArgumentException("max called on empty list"))),
                CelFunctionBinding.from("list_sum", List.class, CelEnvironment::sum),
                CelFunctionBinding.from("string_find_string", String.class, String.class, (text, pattern) -> {
                    var matcher = Pattern.compile(pattern).matcher(text);
                    return matcher.find() ? matcher.group() : "";
                }),
                CelFunctionBinding.from("string_find_all_string", String.class, String.class, (text, pattern) -> {
                    List<String> found = new ArrayList<>();
                    var matcher = Pattern.compile(pattern).matcher(text);
                    while (matcher.find()) {
                        found.add(matcher.group());
                    }
                    return found;
                }));
    }

    private static final Comparator<Object> ORDER = (left, right) -> switch (left) {
        case Number number when right instanceof Number other -> Double.compare(number.doubleValue(), other.doubleValue());
        case String text when right instanceof String other -> text.compareTo(other);
        case Boolean flag when right instanceof Boolean other -> Boolean.compare(flag, other);
        default -> throw new IllegalArgumentException("values that cannot be compared");
    };

    private static List<Object> objects(List<?> list) {
        return new ArrayList<>(list);
    }

    private static Object sum(List<?> list) {
        boolean whole = list.stream().allMatch(Long.class::isInstance);
        if (whole) {
            return list.stream().mapToLong(each -> (Long) each).sum();
        }
        return list.stream().mapToDouble(each -> ((Number) each).doubleValue()).sum();
    }
}
