package dev.fairway.apiserver.crd.cel;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.fairway.apiserver.crd.schema.SchemaNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a rule may cost at most, in the units of Kubernetes: about one for each step, a tenth for each character that is
 * looked at, and for loops the product with the most items that the schema lets a list have. Where a size is not known,
 * it counts as small, so that the estimate is rather too low than too high.
 */
final class CelCost {
    /** What one rule may cost, and all rules of a schema together. */
    static final long PER_RULE = 10_000_000;
    static final long PER_SCHEMA = 100_000_000;

    private static final long REQUEST_BYTES = 3L << 20;
    private static final long LIST = 10;
    private static final long MAP = 30;
    private static final long STRUCT = 40;
    private static final Set<String> COMPARISONS = Set.of("_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "startsWith", "endsWith");
    private static final Set<String> JUNCTIONS = Set.of("_&&_", "_||_", "!_", "@not_strictly_false");
    private static final Set<String> WHOLE_LISTS = Set.of("isSorted", "sum", "min", "max", "indexOf", "lastIndexOf");
    private static final Set<String> SMALL = Set.of("size", "_[_]", "_+_", "_-_", "type", "has", "optional.none");

    /**
     * An expression.
     *
     * @param schema what is known of its value
     * @param size   the most items or characters of its value; 0 if not known
     */
    private record Estimate(long cost, Optional<SchemaNode> schema, long size) {
        Estimate plus(long more) {
            return new Estimate(CelCost.plus(cost, more), schema, size);
        }
    }

    private final Map<String, Estimate> variables = new HashMap<>();

    private CelCost() {
    }

    /** The most that an expression on a node may cost. */
    static long of(CelExpr expression, SchemaNode self) {
        CelCost cost = new CelCost();
        Estimate value = value(self);
        cost.variables.put("self", value);
        cost.variables.put("oldSelf", value);
        return cost.estimate(expression).cost();
    }

    private static Estimate value(SchemaNode node) {
        return new Estimate(0, Optional.of(node), mostItems(node));
    }

    /** The most items of a list or map, or characters of a string, that fit into a request or the schema's bounds. */
    static long mostItems(SchemaNode node) {
        return switch (node.type()) {
            case "string" -> node.length().most() >= 0 ? times(4, node.length().most())
                    : !node.allowed().isEmpty() ? node.allowed().stream().mapToLong(each -> each.asString("").length()).max().orElse(0)
                    : node.format().isEmpty() ? REQUEST_BYTES - 2 : 100;
            case "array" -> node.itemCount().most() >= 0 ? node.itemCount().most()
                    : (REQUEST_BYTES - 2) / (1 + node.items().map(CelCost::leastBytes).orElse(1L));
            case "object" -> node.additional().isEmpty() ? 0 : node.propertyCount().most() >= 0 ? node.propertyCount().most()
                    : (REQUEST_BYTES - 2) / (6 + leastBytes(node.additional().get()));
            default -> 0;
        };
    }

    private static long leastBytes(SchemaNode node) {
        return switch (node.type()) {
            case "boolean" -> 4;
            case "string", "array" -> 2;
            case "object" -> 2 + node.required().stream().mapToLong(name ->
                    name.length() + 4 + node.field(name).map(CelCost::leastBytes).orElse(1L)).sum();
            default -> 1;
        };
    }

    private Estimate estimate(CelExpr expression) {
        return switch (expression.getKind()) {
            case CONSTANT -> new Estimate(0, Optional.empty(), expression.constant().getKind() == CelConstant.Kind.STRING_VALUE
                    ? expression.constant().stringValue().length() : 0);
            case IDENT -> variables.getOrDefault(expression.ident().name(), unknown(0)).plus(1);
            case SELECT -> select(expression.select());
            case CALL -> call(expression.call());
            case LIST -> new Estimate(plus(LIST, sum(expression.list().elements())), Optional.empty(), expression.list().elements().size());
            case MAP -> unknown(plus(MAP, expression.map().entries().stream()
                    .mapToLong(entry -> plus(estimate(entry.key()).cost(), estimate(entry.value()).cost())).reduce(0, CelCost::plus)));
            case STRUCT -> unknown(plus(STRUCT, expression.struct().entries().stream()
                    .mapToLong(entry -> estimate(entry.value()).cost()).reduce(0, CelCost::plus)));
            case COMPREHENSION -> comprehension(expression.comprehension());
            case NOT_SET -> unknown(0);
        };
    }

    private static Estimate unknown(long cost) {
        return new Estimate(cost, Optional.empty(), 0);
    }

    private long sum(List<CelExpr> expressions) {
        return expressions.stream().mapToLong(each -> estimate(each).cost()).reduce(0, CelCost::plus);
    }

    private Estimate select(CelExpr.CelSelect select) {
        Estimate operand = estimate(select.operand());
        if (select.testOnly()) {
            return unknown(operand.cost());
        }
        Optional<SchemaNode> field = operand.schema().flatMap(schema -> schema.properties().entrySet().stream()
                .filter(each -> CelTypes.escape(each.getKey()).filter(select.field()::equals).isPresent())
                .map(Map.Entry::getValue).findFirst().or(schema::additional));
        return of(field, plus(operand.cost(), 1));
    }

    private static Estimate of(Optional<SchemaNode> schema, long cost) {
        return new Estimate(cost, schema, schema.map(CelCost::mostItems).orElse(0L));
    }

    private Estimate call(CelExpr.CelCall call) {
        String name = call.function();
        List<Estimate> arguments = java.util.stream.Stream.concat(call.target().stream(), call.args().stream()).map(this::estimate).toList();
        long cost = arguments.stream().mapToLong(Estimate::cost).reduce(0, CelCost::plus);
        Estimate first = arguments.isEmpty() ? unknown(0) : arguments.getFirst();
        Estimate second = arguments.size() < 2 ? unknown(0) : arguments.get(1);
        if (name.equals("_?_:_")) {
            Estimate longer = second.cost() > arguments.get(2).cost() ? second : arguments.get(2);
            return new Estimate(plus(first.cost(), longer.cost()), second.schema(), Math.max(second.size(), arguments.get(2).size()));
        }
        if (name.equals("_[_]")) {
            return of(first.schema().flatMap(schema -> schema.items().or(schema::additional)), plus(cost, 1));
        }
        if (JUNCTIONS.contains(name)) {
            return unknown(plus(cost, name.equals("!_") ? 1 : 0));
        }
        if (name.equals("_+_")) {
            long size = plus(first.size(), second.size());
            return new Estimate(plus(cost, 1 + size / 10), first.schema(), size);
        }
        return unknown(plus(cost, own(name, first, second)));
    }

    private static long own(String name, Estimate first, Estimate second) {
        if (SMALL.contains(name)) {
            return 1;
        }
        if (COMPARISONS.contains(name)) {
            return 1 + Math.min(first.size(), second.size()) / 10;
        }
        if (name.equals("@in") || name.equals("_in_")) {
            return 1 + second.size();
        }
        if (name.equals("matches") || name.equals("find") || name.equals("findAll")) {
            return times(1 + first.size() / 10, 1 + second.size() / 4);
        }
        if (name.equals("contains")) {
            return times(1 + first.size() / 10, 1 + second.size() / 10);
        }
        return 1 + (WHOLE_LISTS.contains(name) ? first.size() : first.size() / 10);
    }

    private Estimate comprehension(CelExpr.CelComprehension loop) {
        Estimate range = estimate(loop.iterRange());
        Estimate start = estimate(loop.accuInit());
        boolean keys = range.schema().filter(schema -> schema.additional().isPresent()).isPresent();
        Optional<SchemaNode> item = range.schema().flatMap(schema -> keys ? Optional.empty() : schema.items());
        boolean list = loop.accuInit().getKind() == CelExpr.ExprKind.Kind.LIST;
        Map<String, Estimate> outer = new HashMap<>(variables);
        variables.put(loop.iterVar(), loop.iterVar2().isEmpty() ? of(item, 0) : unknown(0));
        if (!loop.iterVar2().isEmpty()) {
            variables.put(loop.iterVar2(), of(range.schema().flatMap(schema -> schema.items().or(schema::additional)), 0));
        }
        variables.put(loop.accuVar(), unknown(0));
        long round = plus(estimate(loop.loopCondition()).cost(), estimate(loop.loopStep()).cost());
        variables.put(loop.accuVar(), start);
        Estimate result = estimate(loop.result());
        variables.clear();
        variables.putAll(outer);
        long cost = plus(plus(range.cost(), start.cost()), plus(times(range.size(), round), result.cost()));
        return list ? new Estimate(cost, range.schema(), range.size()) : new Estimate(cost, result.schema(), result.size());
    }

    /** Sums and products stop at the largest number. */
    static long plus(long left, long right) {
        return left > Long.MAX_VALUE - right ? Long.MAX_VALUE : left + right;
    }

    static long times(long left, long right) {
        return left != 0 && right > Long.MAX_VALUE / left ? Long.MAX_VALUE : left * right;
    }
}
