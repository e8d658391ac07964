package dev.rehearsal.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Collectors;

/**
 * The worst response of each second, a character a second, as a multiple of what is usual: ▁ is up to that, and each step up is twice as much, so that █ is
 * {@code 64} times as much or more. A second in which nothing finished is a dot.
 */
final class Sparkline {
    private static final String BARS = "▁▂▃▄▅▆▇█";
    private static final char NOTHING = '·';
    private static final int SECONDS = 30;

    private final Deque<Double> worst = new ArrayDeque<>();
    private String second = "";

    /**
     * @param of which second, in any words
     * @param millis NaN if nothing finished
     */
    void add(String of, double millis) {
        if (of.equals(second)) {
            worst.addLast(larger(worst.removeLast(), millis));
            return;
        }
        second = of;
        worst.addLast(millis);
        if (worst.size() > SECONDS) {
            worst.removeFirst();
        }
    }

    private static double larger(double one, double other) {
        return Double.isNaN(one) ? other : Double.isNaN(other) ? one : Math.max(one, other);
    }

    /** @param usualMillis NaN: the least that there is */
    String beside(double usualMillis) {
        double usual = Double.isNaN(usualMillis)
                ? worst.stream()
                        .filter(millis -> !Double.isNaN(millis))
                        .mapToDouble(Double::doubleValue)
                        .min()
                        .orElse(1)
                : usualMillis;
        return worst.stream().map(millis -> String.valueOf(bar(millis, usual))).collect(Collectors.joining());
    }

    private static char bar(double millis, double usual) {
        if (Double.isNaN(millis)) {
            return NOTHING;
        }
        // The smallest that the view shows: what is usual may be nearly nothing.
        double times = millis / Math.max(0.1, usual);
        int steps = times <= 1 ? 0 : (int) Math.ceil(Math.log(times) / Math.log(2));
        return BARS.charAt(Math.min(steps, BARS.length() - 1));
    }
}
