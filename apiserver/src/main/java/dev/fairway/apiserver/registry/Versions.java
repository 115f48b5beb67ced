package dev.fairway.apiserver.registry;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The order of API versions: GA before beta before alpha, then the higher number, then anything else by name. */
public final class Versions {
    private static final Pattern KUBE_LIKE = Pattern.compile("v(\\d+)(?:(alpha|beta)(\\d+))?");

    /** The preferred version first. */
    public static final Comparator<String> PREFERRED_FIRST = Versions::compare;

    private Versions() {
    }

    private static int compare(String left, String right) {
        Matcher a = KUBE_LIKE.matcher(left);
        Matcher b = KUBE_LIKE.matcher(right);
        boolean aLike = a.matches();
        boolean bLike = b.matches();
        if (!aLike || !bLike) {
            return aLike ? -1 : bLike ? 1 : left.compareTo(right);
        }
        int byStability = Integer.compare(stability(b), stability(a));
        if (byStability != 0) {
            return byStability;
        }
        int byMajor = number(b.group(1)).compareTo(number(a.group(1)));
        return byMajor != 0 ? byMajor : number(b.group(3)).compareTo(number(a.group(3)));
    }

    private static int stability(Matcher version) {
        if (version.group(2) == null) {
            return 2;
        }
        return version.group(2).equals("beta") ? 1 : 0;
    }

    private static java.math.BigInteger number(String digits) {
        return digits == null ? java.math.BigInteger.ZERO : new java.math.BigInteger(digits);
    }
}
