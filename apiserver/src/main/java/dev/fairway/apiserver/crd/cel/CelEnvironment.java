package dev.fairway.apiserver.crd.cel;

import com.google.common.collect.ImmutableSet;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.extensions.CelStringExtensions;
import dev.cel.extensions.CelStringExtensions.Function;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.fairway.apiserver.crd.schema.SchemaNode;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The CEL language as custom resources have it: the standard library, the extensions for strings, sets, two variables,
 * bindings and optional values, and Kubernetes' own functions. Expressions are checked against the types of a schema.
 */
final class CelEnvironment {
    /** How many rounds all loops of one rule may take together, in the order of the cost that Kubernetes allows. */
    static final int MAX_ROUNDS = 1_000_000;

    private static final CelOptions OPTIONS = CelOptions.current().comprehensionMaxIterations(MAX_ROUNDS)
            .enableHeterogeneousNumericComparisons(true).build();
    private static final CelStringExtensions STRINGS = CelExtensions.strings(EnumSet.complementOf(EnumSet.of(Function.REVERSE)));
    private static final CelFunctions FUNCTIONS = CelLibrary.functions();
    private static final CelCompiler COMPILER = CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addLibraries(STRINGS, CelExtensions.sets(OPTIONS), CelExtensions.optional(),
                    CelExtensions.bindings(), CelExtensions.comprehensions())
            .addFunctionDeclarations(FUNCTIONS.declarations())
            .build();
    private static final CelRuntime RUNTIME = CelRuntimeFactory.standardCelRuntimeBuilder()
            .setOptions(OPTIONS)
            .addLibraries(STRINGS, CelExtensions.sets(OPTIONS), CelExtensions.optional(),
                    CelExtensions.comprehensions())
            .addFunctionBindings(ImmutableSet.copyOf(FUNCTIONS.bindings()))
            .build();

    private final CelTypes types;
    /** By whether oldSelf is optional; most rules need only one of the two. */
    private final Map<Boolean, CelCompiler> compilers = new ConcurrentHashMap<>();

    private CelEnvironment(CelTypes types) {
        this.types = types;
    }

    private CelCompiler compiler(boolean optionalOld) {
        CelType self = types.self().orElseThrow();
        return COMPILER.toCompilerBuilder().setTypeProvider(types).addVar("self", self)
                .addVar("oldSelf", optionalOld ? OptionalType.create(self) : self).build();
    }

    /** The environment of rules on a node whose {@code self} has a type. */
    static CelEnvironment of(CelTypes types) {
        return new CelEnvironment(types);
    }

    /**
     * A compiled expression.
     *
     * @param usesOld whether it looks at {@code oldSelf}
     */
    record Compiled(CelAbstractSyntaxTree tree, CelRuntime.Program program, boolean usesOld) {
    }

    /**
     * Compiles a rule.
     *
     * @throws IllegalArgumentException when it is not CEL, names what the schema does not have, or gives no boolean
     */
    Compiled rule(SchemaNode.Rule rule) {
        CelAbstractSyntaxTree tree = check(rule.expression(), rule.optionalOldSelf(), "compilation failed: ");
        if (!is(tree, CelKind.BOOL)) {
            throw new IllegalArgumentException("cel expression must evaluate to a bool");
        }
        return compiled(tree);
    }

    /**
     * Compiles a rule's {@code messageExpression}.
     *
     * @throws IllegalArgumentException when it is not CEL, or gives no string
     */
    Compiled message(SchemaNode.Rule rule) {
        CelAbstractSyntaxTree tree = check(rule.messageExpression(), rule.optionalOldSelf(), "messageExpression compilation failed: ");
        if (!is(tree, CelKind.STRING)) {
            throw new IllegalArgumentException("messageExpression must evaluate to a string");
        }
        return compiled(tree);
    }

    private static boolean is(CelAbstractSyntaxTree tree, CelKind kind) {
        return tree.getResultType().kind() == kind || tree.getResultType().equals(SimpleType.DYN);
    }

    private CelAbstractSyntaxTree check(String expression, boolean optionalOld, String problem) {
        try {
            return compilers.computeIfAbsent(optionalOld, this::compiler).compile(expression).getAst();
        } catch (CelValidationException e) {
            throw new IllegalArgumentException(problem + e.getMessage(), e);
        }
    }

    private static Compiled compiled(CelAbstractSyntaxTree tree) {
        boolean old = tree.getReferenceMap().values().stream().anyMatch(reference -> reference.name().equals("oldSelf"));
        try {
            return new Compiled(tree, RUNTIME.createProgram(tree), old);
        } catch (CelEvaluationException e) {
            throw new IllegalArgumentException("program instantiation failed: " + e.getMessage(), e);
        }
    }
}
