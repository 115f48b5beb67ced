package dev.fairway.proxy.iptables;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** The probabilities of the {@code statistic} match, as {@code iptables-save} prints them. */
final class Probability {
    /** {@code xt_statistic} keeps a probability as a fraction of 2^31. */
    private static final long UNIT = 1L << 31;
    private static final int KEPT = 1024;
    private static final String[] TEXTS = new String[KEPT];

    private Probability() {}

    /** 1/{@code of} with the ten digits that kube-proxy asks for, rounded as the kernel does. */
    static String oneIn(int of) {
        if (of >= KEPT) {
            return compute(of);
        }
        String text = TEXTS[of];
        if (text == null) {
            // Two threads may compute the same text; it does not matter whose stays.
            text = compute(of);
            TEXTS[of] = text;
        }
        return text;
    }

    private static String compute(int of) {
        BigDecimal asked = BigDecimal.ONE.divide(BigDecimal.valueOf(of), 10, RoundingMode.HALF_EVEN);
        long kept = asked.multiply(BigDecimal.valueOf(UNIT)).setScale(0, RoundingMode.HALF_UP).longValueExact();
        return String.format(Locale.ROOT, "%.11f", kept / (double) UNIT);
    }
}
