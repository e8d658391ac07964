package dev.rehearsal.dataset;

import dev.rehearsal.scenario.sql.CheckCondition;
import dev.rehearsal.scenario.sql.CheckCondition.Limit;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What check constraints and partitions leave of a column's values, as far as they are simple: all limits on one column taken together.
 *
 * @param column its name
 * @param limits of any order
 */
record ColumnLimits(String column, List<Limit> limits) {
    ColumnLimits {
        limits = List.copyOf(limits);
    }

    boolean isEmpty() {
        return limits.isEmpty();
    }

    private List<Limit> of(CheckCondition.Kind... kinds) {
        List<CheckCondition.Kind> wanted = List.of(kinds);
        return limits.stream().filter(limit -> wanted.contains(limit.kind())).toList();
    }

    boolean mustBeNull() {
        return !of(CheckCondition.Kind.IS_NULL).isEmpty();
    }

    boolean mustNotBeNull() {
        return !of(CheckCondition.Kind.IS_NOT_NULL).isEmpty();
    }

    /** The only values; empty if there is no list. */
    Optional<List<String>> values() {
        List<Limit> lists = of(CheckCondition.Kind.ONE_OF);
        if (lists.isEmpty()) {
            return Optional.empty();
        }
        Set<String> left = new LinkedHashSet<>(lists.getFirst().values());
        lists.forEach(list -> left.retainAll(list.values()));
        excluded().forEach(left::remove);
        return Optional.of(List.copyOf(left));
    }

    /** Values that are not allowed. */
    Set<String> excluded() {
        Set<String> excluded = new LinkedHashSet<>();
        of(CheckCondition.Kind.NONE_OF).forEach(limit -> excluded.addAll(limit.values()));
        return excluded;
    }

    List<String> patterns() {
        return of(CheckCondition.Kind.MATCHES).stream()
                .map(limit -> limit.values().getFirst())
                .toList();
    }

    int minLength(int otherwise) {
        return of(CheckCondition.Kind.LENGTH_AT_LEAST).stream()
                .mapToInt(limit -> Integer.parseInt(limit.values().getFirst()))
                .reduce(otherwise, Math::max);
    }

    int maxLength(int otherwise) {
        return of(CheckCondition.Kind.LENGTH_AT_MOST).stream()
                .mapToInt(limit -> Integer.parseInt(limit.values().getFirst()))
                .reduce(otherwise, Math::min);
    }

    boolean hasLengths() {
        return !of(CheckCondition.Kind.LENGTH_AT_LEAST, CheckCondition.Kind.LENGTH_AT_MOST)
                .isEmpty();
    }

    /** The least number allowed, of a column with so many digits behind the point. */
    Optional<BigDecimal> least(int scale) {
        return edge(scale, CheckCondition.Kind.AT_LEAST, CheckCondition.Kind.ABOVE, true);
    }

    Optional<BigDecimal> greatest(int scale) {
        return edge(scale, CheckCondition.Kind.AT_MOST, CheckCondition.Kind.BELOW, false);
    }

    private Optional<BigDecimal> edge(
            int scale, CheckCondition.Kind included, CheckCondition.Kind beyond, boolean lower) {
        BigDecimal step = BigDecimal.ONE.movePointLeft(scale);
        List<BigDecimal> edges = new ArrayList<>();
        for (Limit limit : of(included, beyond)) {
            number(limit.values().getFirst()).ifPresent(number -> {
                BigDecimal rounded = number.setScale(scale, lower ? RoundingMode.CEILING : RoundingMode.FLOOR);
                boolean moved = limit.kind() == beyond && rounded.compareTo(number) == 0;
                edges.add(!moved ? rounded : lower ? rounded.add(step) : rounded.subtract(step));
            });
        }
        return edges.stream().reduce(lower ? BigDecimal::max : BigDecimal::min);
    }

    private static Optional<BigDecimal> number(String text) {
        try {
            return Optional.of(new BigDecimal(text.strip()));
        } catch (NumberFormatException notANumber) {
            return Optional.empty();
        }
    }

    /** The earliest moment allowed. */
    Optional<Instant> earliest() {
        return of(CheckCondition.Kind.AT_LEAST, CheckCondition.Kind.ABOVE).stream()
                .flatMap(limit -> moment(limit.values().getFirst())
                        .map(found -> limit.kind() == CheckCondition.Kind.ABOVE ? found.plusSeconds(86_400) : found)
                        .stream())
                .max(Instant::compareTo);
    }

    /** The latest moment allowed; of a limit that is excluded, a second before. */
    Optional<Instant> latest() {
        return of(CheckCondition.Kind.AT_MOST, CheckCondition.Kind.BELOW).stream()
                .flatMap(limit -> moment(limit.values().getFirst())
                        .map(found -> limit.kind() == CheckCondition.Kind.BELOW ? found.minusSeconds(1) : found)
                        .stream())
                .min(Instant::compareTo);
    }

    private static Optional<Instant> moment(String text) {
        try {
            return Optional.of(Literals.moment(text));
        } catch (DateTimeException notAMoment) {
            return Optional.empty();
        }
    }
}
