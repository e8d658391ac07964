package dev.rehearsal.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code --sweep} and {@code --predict} ask for.
 *
 * @param rates times the scenario's rates, ascending; 1 alone if they are not swept
 * @param scales times the scenario's rows, likewise
 */
record SweepPlan(List<Double> rates, List<Double> scales, OptionalLong predictedRows) {
    private static final Pattern AXIS = Pattern.compile("(rate|scale)=(.+)");
    private static final Pattern FACTOR = Pattern.compile("([0-9]+(?:\\.[0-9]+)?|\\.[0-9]+)x?");
    private static final Pattern ROWS = Pattern.compile("rows=([0-9][0-9_]*)");
    private static final double MOST = 1000;

    SweepPlan {
        rates = List.copyOf(rates);
        scales = List.copyOf(scales);
    }

    /** @throws IllegalArgumentException if they cannot be read: what is wrong with them, and what to write */
    static SweepPlan of(List<String> sweeps, @Nullable String predict) {
        Set<Double> rates = new TreeSet<>();
        Set<Double> scales = new TreeSet<>();
        for (String sweep : sweeps) {
            Matcher axis = AXIS.matcher(sweep);
            if (!axis.matches()) {
                throw new IllegalArgumentException("--sweep " + sweep
                        + ": sweeps rate or scale; write e.g. --sweep rate=0.5x,1x,2x or --sweep scale=0.5,1,2");
            }
            (axis.group(1).equals("rate") ? rates : scales).addAll(factors(sweep, axis.group(2)));
        }
        return new SweepPlan(
                rates.isEmpty() ? List.of(1.0) : new ArrayList<>(rates),
                scales.isEmpty() ? List.of(1.0) : new ArrayList<>(scales),
                predict == null ? OptionalLong.empty() : OptionalLong.of(rows(predict)));
    }

    private static List<Double> factors(String sweep, String list) {
        List<Double> factors = new ArrayList<>();
        Matcher parts = Pattern.compile("[^,]*").matcher(list);
        while (parts.find()) {
            if (parts.group().isEmpty()) {
                continue;
            }
            Matcher factor = FACTOR.matcher(parts.group());
            double value = factor.matches() ? Double.parseDouble(factor.group(1)) : 0;
            if (value <= 0 || value > MOST) {
                throw new IllegalArgumentException("--sweep " + sweep + ": " + parts.group()
                        + " is not a factor above 0 and at most 1000; write e.g. 0.5x or 2");
            }
            factors.add(value);
        }
        return factors;
    }

    private static long rows(String predict) {
        Matcher rows = ROWS.matcher(predict);
        try {
            if (rows.matches()) {
                long number = Long.parseLong(rows.group(1).replace("_", ""));
                if (number > 0) {
                    return number;
                }
            }
        } catch (NumberFormatException tooLarge) {
            throw new IllegalArgumentException("--predict " + predict + ": no table has so many rows", tooLarge);
        }
        throw new IllegalArgumentException(
                "--predict " + predict + ": write the number of rows, e.g. --predict rows=500_000_000");
    }
}
