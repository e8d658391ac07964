package dev.rehearsal.dataset;

import dev.rehearsal.dataset.ServerTable.Partitioning;
import dev.rehearsal.scenario.sql.CheckCondition.Kind;
import dev.rehearsal.scenario.sql.CheckCondition.Limit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a row's values must be for it to find a partition, as limits on the key's columns.
 *
 * <p>Of a list, its values. Of ranges, the longest run of partitions without a gap, by the first column of the key. With a default partition, or by hash,
 * any row has a place.
 */
final class PartitionBounds {
    private static final Pattern RANGE = Pattern.compile("(?s)FOR VALUES FROM \\((.*)\\) TO \\((.*)\\)");
    private static final Pattern LIST = Pattern.compile("(?s)FOR VALUES IN \\((.*)\\)");

    private PartitionBounds() {}

    static List<Limit> limits(Partitioning partitioning) {
        if (partitioning.columns().isEmpty() || partitioning.bounds().contains("DEFAULT")) {
            return List.of();
        }
        String column = partitioning.columns().getFirst();
        return switch (partitioning.strategy()) {
            case 'l' -> list(column, partitioning.bounds());
            case 'r' -> {
                List<Limit> limits = new ArrayList<>(range(column, partitioning.bounds()));
                // A null in whatever column of the key falls into no range.
                partitioning.columns().forEach(each -> limits.add(new Limit(each, Kind.IS_NOT_NULL, List.of())));
                yield limits;
            }
            default -> List.of();
        };
    }

    private static List<Limit> list(String column, List<String> bounds) {
        List<String> values = new ArrayList<>();
        boolean nulls = false;
        for (String bound : bounds) {
            Matcher matcher = LIST.matcher(bound);
            if (matcher.matches()) {
                List<String> constants = constants(matcher.group(1));
                nulls |= constants.contains("NULL");
                constants.stream().filter(value -> !value.equals("NULL")).forEach(values::add);
            }
        }
        if (values.isEmpty()) {
            return List.of();
        }
        Limit listed = new Limit(column, Kind.ONE_OF, values);
        return nulls ? List.of(listed) : List.of(listed, new Limit(column, Kind.IS_NOT_NULL, List.of()));
    }

    private static List<Limit> range(String column, List<String> bounds) {
        TreeMap<String, String> upperByLower = new TreeMap<>(PartitionBounds::compare);
        Optional<String> fromBelow = Optional.empty();
        for (String bound : bounds) {
            Matcher matcher = RANGE.matcher(bound);
            if (matcher.matches()) {
                String lower = constants(matcher.group(1)).getFirst();
                String upper = constants(matcher.group(2)).getFirst();
                if (lower.equals("MINVALUE")) {
                    fromBelow = Optional.of(upper);
                } else {
                    upperByLower.put(lower, upper);
                }
            }
        }
        if (upperByLower.isEmpty()) {
            return fromBelow
                    .filter(upper -> !upper.equals("MAXVALUE"))
                    .map(upper -> List.of(new Limit(column, Kind.BELOW, List.of(upper))))
                    .orElse(List.of());
        }
        List<String[]> runs = new ArrayList<>();
        upperByLower.forEach((lower, upper) -> {
            if (!runs.isEmpty() && runs.getLast()[1].equals(lower)) {
                runs.getLast()[1] = upper;
                runs.getLast()[2] = String.valueOf(1 + Integer.parseInt(runs.getLast()[2]));
            } else {
                runs.add(new String[] {lower, upper, "1"});
            }
        });
        String[] longest = runs.stream()
                .reduce((one, other) -> Integer.parseInt(other[2]) > Integer.parseInt(one[2]) ? other : one)
                .orElseThrow();
        List<Limit> limits = new ArrayList<>();
        limits.add(new Limit(column, Kind.AT_LEAST, List.of(longest[0])));
        if (!longest[1].equals("MAXVALUE")) {
            limits.add(new Limit(column, Kind.BELOW, List.of(longest[1])));
        }
        return limits;
    }

    /** Numbers by their size, all else as text: moments are written so that this is their order. */
    private static int compare(String one, String other) {
        if (one.matches("-?[0-9.]+") && other.matches("-?[0-9.]+")) {
            return new java.math.BigDecimal(one).compareTo(new java.math.BigDecimal(other));
        }
        return one.compareTo(other);
    }

    /** {@code 'eu', 'us'} or {@code 1, 2} without quotes. */
    private static List<String> constants(String list) {
        List<String> constants = new ArrayList<>();
        Matcher constant = Pattern.compile("'((?:[^']|'')*)'|([^,\\s]+)").matcher(list);
        while (constant.find()) {
            constants.add(
                    constant.group(1) == null
                            ? constant.group(2)
                            : constant.group(1).replace("''", "'"));
        }
        return constants;
    }
}
