package dev.rehearsal.verdict;

import java.util.Locale;

/** Quantities as people read them: three significant digits, a unit, a thin choice of units. The same in every report and locale. */
public final class Quantities {
    private static final double NANOS_PER_MILLISECOND = 1e6;

    private Quantities() {}

    /** A span of time, such as {@code 0.05 ms}, {@code 1.1 ms}, {@code 250 ms}, {@code 26.4 s}, {@code 3:05 min}, {@code 1:02:05 h}. */
    public static String duration(long nanos) {
        if (nanos < 0) {
            return "−" + duration(-nanos);
        }
        double millis = nanos / NANOS_PER_MILLISECOND;
        if (millis < 0.0995) {
            return decimals(millis, 2) + " ms";
        }
        if (millis < 9.95) {
            return decimals(millis, 1) + " ms";
        }
        if (millis < 999.5) {
            return decimals(millis, 0) + " ms";
        }
        double seconds = millis / 1000;
        if (seconds < 9.995) {
            return decimals(seconds, 2) + " s";
        }
        if (seconds < 119.95) {
            return decimals(seconds, 1) + " s";
        }
        return clock(nanos) + (seconds < 3599.5 ? " min" : " h");
    }

    /** A span of time as a clock shows it: {@code 0:30}, {@code 12:05}, {@code 1:02:05}; to the nearest second. */
    public static String clock(long nanos) {
        long seconds = Math.round(Math.abs(nanos) / 1e9);
        String sign = nanos < 0 && seconds > 0 ? "−" : "";
        if (seconds < 3600) {
            return String.format(Locale.ROOT, "%s%d:%02d", sign, seconds / 60, seconds % 60);
        }
        return String.format(Locale.ROOT, "%s%d:%02d:%02d", sign, seconds / 3600, seconds / 60 % 60, seconds % 60);
    }

    /** Such as {@code 512 B}, {@code 8.2 kB}, {@code 256 MB}, {@code 1.20 GB}: powers of ten. */
    public static String bytes(long bytes) {
        if (bytes < 0) {
            return "−" + bytes(-bytes);
        }
        if (bytes < 1000) {
            return bytes + " B";
        }
        double value = bytes;
        int unit = -1;
        while (value >= 999.5) {
            value /= 1000;
            unit++;
        }
        return significant(value) + " " + "kMGTPE".charAt(unit) + "B";
    }

    /** Such as {@code 1,000,000}. */
    public static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** Of a fraction: {@code 0}, {@code 0.02 %}, {@code 1.2 %}, {@code 41 %}. What is not zero never reads as zero. */
    public static String percent(double fraction) {
        double percent = fraction * 100;
        if (percent == 0) {
            return "0";
        }
        if (Math.abs(percent) < 0.005) {
            return "< 0.01 %";
        }
        return decimals(percent, Math.abs(percent) < 0.995 ? 2 : Math.abs(percent) < 9.95 ? 1 : 0) + " %";
    }

    private static String significant(double value) {
        return decimals(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
    }

    private static String decimals(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
