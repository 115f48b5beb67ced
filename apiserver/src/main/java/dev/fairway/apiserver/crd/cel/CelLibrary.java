package dev.fairway.apiserver.crd.cel;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.TypeParamType;
import dev.fairway.apiserver.crd.cel.CelFunctions.Kind;
import dev.fairway.kube.Quantity;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Kubernetes' own functions for CEL: lists, regular expressions, URLs, quantities, versions, formats, addresses. */
final class CelLibrary {
    static final Kind<String> STRING = new Kind<>(SimpleType.STRING, String.class);
    static final Kind<Long> INT = new Kind<>(SimpleType.INT, Long.class);
    static final Kind<Boolean> BOOL = new Kind<>(SimpleType.BOOL, Boolean.class);
    private static final CelType ANY = TypeParamType.create("T");
    @SuppressWarnings("rawtypes")
    private static final Kind<List> LIST = new Kind<>(ListType.create(ANY), List.class);
    @SuppressWarnings("rawtypes")
    private static final Kind<List> VALUES = new Kind<>(ListType.create(SimpleType.DYN), List.class);
    private static final Kind<Object> ITEM = new Kind<>(ANY, Object.class);
    private static final Kind<CelUrl> URL = new Kind<>(OpaqueType.create("kubernetes.URL"), CelUrl.class);
    private static final Kind<Quantity> QUANTITY = new Kind<>(OpaqueType.create("kubernetes.Quantity"), Quantity.class);
    private static final Kind<CelVersion> VERSION = new Kind<>(OpaqueType.create("kubernetes.Semver"), CelVersion.class);
    private static final Kind<CelFormat> FORMAT = new Kind<>(OpaqueType.create("kubernetes.NamedFormat"), CelFormat.class);

    private CelLibrary() {
    }

    static CelFunctions functions() {
        CelFunctions functions = new CelFunctions();
        lists(functions);
        regularExpressions(functions);
        urls(functions);
        quantities(functions);
        versions(functions);
        formats(functions);
        CelAddress.addTo(functions);
        return functions;
    }

    private static void lists(CelFunctions functions) {
        functions.member("isSorted", SimpleType.BOOL, LIST, list -> java.util.stream.IntStream.range(1, list.size())
                        .allMatch(i -> ORDER.compare(list.get(i - 1), list.get(i)) <= 0))
                .member("min", ANY, LIST, list -> objects(list).stream().min(ORDER)
                        .orElseThrow(() -> new IllegalArgumentException("min called on empty list")))
                .member("max", ANY, LIST, list -> objects(list).stream().max(ORDER)
                        .orElseThrow(() -> new IllegalArgumentException("max called on empty list")))
                .member("sum", ANY, LIST, CelLibrary::sum)
                .member("indexOf", SimpleType.INT, LIST, ITEM, (list, item) -> position(list, item, false))
                .member("format", SimpleType.STRING, STRING, VALUES, (text, values) -> CelText.format(text, objects(values)))
                .member("lastIndexOf", SimpleType.INT, LIST, ITEM, (list, item) -> position(list, item, true));
    }

    private static List<Object> objects(List<?> list) {
        return new ArrayList<>(list);
    }

    private static long position(List<?> list, Object item, boolean last) {
        for (int i = 0; i < list.size(); i++) {
            int at = last ? list.size() - 1 - i : i;
            if (same(list.get(at), item)) {
                return at;
            }
        }
        return -1;
    }

    private static boolean same(Object left, Object right) {
        return left instanceof Number && right instanceof Number ? ORDER.compare(left, right) == 0 : left.equals(right);
    }

    private static final Comparator<Object> ORDER = (left, right) -> switch (left) {
        case Long number when right instanceof Long other -> number.compareTo(other);
        case Number number when right instanceof Number other -> Double.compare(number.doubleValue(), other.doubleValue());
        case String text when right instanceof String other -> text.compareTo(other);
        case Boolean flag when right instanceof Boolean other -> flag.compareTo(other);
        case Duration length when right instanceof Duration other -> length.compareTo(other);
        case Instant time when right instanceof Instant other -> time.compareTo(other);
        default -> throw new IllegalArgumentException("values that cannot be compared");
    };

    private static Object sum(List<?> list) {
        if (list.stream().anyMatch(Duration.class::isInstance)) {
            return list.stream().map(Duration.class::cast).reduce(Duration.ZERO, Duration::plus);
        }
        return list.stream().allMatch(Long.class::isInstance)
                ? (Object) list.stream().mapToLong(each -> (Long) each).reduce(0, Math::addExact)
                : (Object) list.stream().mapToDouble(each -> ((Number) each).doubleValue()).sum();
    }

    private static void regularExpressions(CelFunctions functions) {
        CelType strings = ListType.create(SimpleType.STRING);
        functions.member("find", SimpleType.STRING, STRING, STRING, (text, pattern) -> {
                    Matcher matcher = pattern(pattern).matcher(text);
                    return matcher.find() ? matcher.group() : "";
                })
                .member("findAll", strings, STRING, STRING, (text, pattern) -> findAll(text, pattern, -1))
                .member("findAll", strings, STRING, STRING, INT, CelLibrary::findAll);
    }

    private static Pattern pattern(String pattern) {
        try {
            return Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("Illegal regex: " + e.getMessage(), e);
        }
    }

    private static List<String> findAll(String text, String pattern, long limit) {
        List<String> found = new ArrayList<>();
        Matcher matcher = pattern(pattern).matcher(text);
        while ((limit < 0 || found.size() < limit) && matcher.find()) {
            found.add(matcher.group());
        }
        return found;
    }

    private static void urls(CelFunctions functions) {
        functions.global("url", URL.type(), STRING, CelUrl::parse)
                .global("isURL", SimpleType.BOOL, STRING, text -> CelUrl.isUrl(text))
                .member("getScheme", SimpleType.STRING, URL, CelUrl::scheme)
                .member("getHost", SimpleType.STRING, URL, CelUrl::host)
                .member("getHostname", SimpleType.STRING, URL, CelUrl::hostname)
                .member("getPort", SimpleType.STRING, URL, CelUrl::port)
                .member("getEscapedPath", SimpleType.STRING, URL, CelUrl::escapedPath)
                .member("getQuery", MapType.create(SimpleType.STRING, ListType.create(SimpleType.STRING)), URL, CelUrl::query);
    }

    private static void quantities(CelFunctions functions) {
        functions.global("quantity", QUANTITY.type(), STRING, Quantity::parse)
                .global("isQuantity", SimpleType.BOOL, STRING, text -> Quantity.matches(text))
                .member("sign", SimpleType.INT, QUANTITY, quantity -> (long) quantity.signum())
                .member("isInteger", SimpleType.BOOL, QUANTITY, quantity -> whole(quantity).isPresent())
                .member("asInteger", SimpleType.INT, QUANTITY, quantity -> whole(quantity)
                        .orElseThrow(() -> new IllegalArgumentException("cannot convert value to integer")))
                .member("asApproximateFloat", SimpleType.DOUBLE, QUANTITY, quantity -> quantity.value().doubleValue())
                .member("isGreaterThan", SimpleType.BOOL, QUANTITY, QUANTITY, (left, right) -> left.compareTo(right) > 0)
                .member("isLessThan", SimpleType.BOOL, QUANTITY, QUANTITY, (left, right) -> left.compareTo(right) < 0)
                .member("compareTo", SimpleType.INT, QUANTITY, QUANTITY, (left, right) -> (long) left.compareTo(right))
                .member("add", QUANTITY.type(), QUANTITY, QUANTITY, (left, right) -> plus(left, right.value()))
                .member("add", QUANTITY.type(), QUANTITY, INT, (left, right) -> plus(left, BigDecimal.valueOf(right)))
                .member("sub", QUANTITY.type(), QUANTITY, QUANTITY, (left, right) -> plus(left, right.value().negate()))
                .member("sub", QUANTITY.type(), QUANTITY, INT, (left, right) -> plus(left, BigDecimal.valueOf(right).negate()))
                .global("string", SimpleType.STRING, QUANTITY, Quantity::toString);
    }

    private static Optional<Long> whole(Quantity quantity) {
        try {
            return Optional.of(quantity.value().longValueExact());
        } catch (ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static Quantity plus(Quantity left, BigDecimal right) {
        return new Quantity(left.value().add(right), left.format());
    }

    private static void versions(CelFunctions functions) {
        functions.global("semver", VERSION.type(), STRING, text -> CelVersion.parse(text, false))
                .global("semver", VERSION.type(), STRING, BOOL, CelVersion::parse)
                .global("isSemver", SimpleType.BOOL, STRING, text -> CelVersion.isVersion(text, false))
                .global("isSemver", SimpleType.BOOL, STRING, BOOL, CelVersion::isVersion)
                .member("major", SimpleType.INT, VERSION, CelVersion::major)
                .member("minor", SimpleType.INT, VERSION, CelVersion::minor)
                .member("patch", SimpleType.INT, VERSION, CelVersion::patch)
                .member("isGreaterThan", SimpleType.BOOL, VERSION, VERSION, (left, right) -> left.compareTo(right) > 0)
                .member("isLessThan", SimpleType.BOOL, VERSION, VERSION, (left, right) -> left.compareTo(right) < 0)
                .member("compareTo", SimpleType.INT, VERSION, VERSION, (left, right) -> (long) left.compareTo(right));
    }

    private static void formats(CelFunctions functions) {
        CelFormat.ALL.forEach(format -> functions.constant("format." + format.name(), FORMAT.type(), format));
        functions.global("format.named", OptionalType.create(FORMAT.type()), STRING, CelFormat::named)
                .member("validate", OptionalType.create(ListType.create(SimpleType.STRING)), FORMAT, STRING, CelFormat::validate);
    }
}
