package dev.rehearsal.compare;

import dev.rehearsal.verdict.Quantities;
import java.util.Locale;

/** Ratios as people read them. */
public final class Ratios {
    private Ratios() {}

    /** Such as {@code 0.022}, {@code 0.97}, {@code 1.3}, {@code 45}, {@code 1,200}. */
    public static String shown(double value) {
        if (value >= 9_999.5) {
            return "more than 10,000";
        }
        if (value >= 99.5) {
            return Quantities.count(Math.round(value));
        }
        int decimals = value >= 9.95 ? 0 : value >= 0.995 ? 1 : value >= 0.0995 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
