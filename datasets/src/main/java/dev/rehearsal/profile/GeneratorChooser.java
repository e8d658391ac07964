package dev.rehearsal.profile;

import dev.rehearsal.profile.StatisticsReader.ColumnStatistics;
import dev.rehearsal.scenario.Generator;
import dev.rehearsal.scenario.Generator.Common;
import dev.rehearsal.scenario.Generator.Distinct;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Pattern;

/** Turns what a server knows of a column into the generator that gives the same statistics. */
final class GeneratorChooser {
    /** More would say little: between two neighbours lies half a percent of the rows. */
    private static final int MOST_BOUNDS = 201;
    /** Of texts the bounds tell forms and lengths; where they lie is masked. */
    private static final int MOST_TEXT_BOUNDS = 51;

    private static final int MOST_COMMON = 1_000;
    /** Keys of a YAML mapping may have 1024 characters, with what escapes them. */
    private static final int LONGEST_COMMON = 200;
    /** Digits that a numeric can have here. */
    private static final int MOST_DIGITS = 15;
    /** A positive count of referred keys that is more of them than this grows with their table. */
    private static final double GROWS_WITH_KEYS = 0.05;

    private static final MathContext SHARE_DIGITS = new MathContext(6);
    private static final Pattern MOMENT =
            Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?)?(\\+00)?");

    private static final Set<String> NUMBERS = Set.of("int2", "int4", "int8", "numeric", "float4", "float8");
    private static final Set<String> MOMENTS = Set.of("date", "timestamp", "timestamptz");
    private static final Set<String> DOCUMENTS = Set.of("json", "jsonb", "bytea");

    private final Catalog catalog;
    private final TextMask mask;

    GeneratorChooser(Catalog catalog, TextMask mask) {
        this.catalog = catalog;
        this.mask = mask;
    }

    /** Either a generator, or why the column is left to its default. */
    record Choice(Optional<Generator> generator, String reason) {
        static Choice of(Generator generator) {
            return new Choice(Optional.of(generator), "");
        }

        static Choice none(String reason) {
            return new Choice(Optional.empty(), reason);
        }
    }

    /** @param statistics empty if the server has none, or shows none */
    Choice choose(Catalog.Table table, Catalog.Column column, Optional<ColumnStatistics> statistics) {
        if (isCountedUp(table, column)) {
            return Choice.of(new Generator.Sequence(1));
        }
        if (table.isPartOfKey(column.name())) {
            return Choice.none("is unique together with others");
        }
        if (table.isPartOfForeignKey(column.name())) {
            return Choice.none("refers to another table together with others");
        }
        if (statistics.isEmpty()) {
            return Choice.none("has no statistics");
        }
        Optional<Catalog.ForeignKey> reference = table.foreignKey(column.name());
        if (reference.isPresent()) {
            return reference(table, column, reference.get(), statistics.get());
        }
        return described(table, column, statistics.get());
    }

    /** Whether the column's values are 1, 2, 3, …: whole numbers that are unique and that others refer to, or that rise with the rows. */
    boolean isCountedUp(Catalog.Table table, Catalog.Column column) {
        return column.isWhole()
                && column.notNull()
                && !column.generated()
                && table.isUnique(column.name())
                && (isReferredTo(table, column) || isPrimary(table, column));
    }

    private static boolean isPrimary(Catalog.Table table, Catalog.Column column) {
        return table.keys().stream()
                .anyMatch(key -> key.primary() && key.columns().equals(List.of(column.name())));
    }

    private boolean isReferredTo(Catalog.Table table, Catalog.Column column) {
        return catalog.tables().values().stream()
                .flatMap(other -> other.foreignKeys().stream())
                .anyMatch(key ->
                        key.target() == table.oid() && key.targetColumns().equals(List.of(column.name())));
    }

    private Choice reference(
            Catalog.Table table, Catalog.Column column, Catalog.ForeignKey key, ColumnStatistics statistics) {
        Catalog.Table target = catalog.tables().get(key.target());
        String targetColumn = key.targetColumns().get(0);
        if (target == null || !isCountedUp(target, target.columns().get(targetColumn))) {
            return Choice.none("refers to a key that is not counted up");
        }
        if (target.rows() == 0) {
            return Choice.none("refers to " + target.shownName() + ", which has no rows");
        }
        double valued = valued(statistics);
        Distinct distinct = table.isUnique(column.name()) ? new Distinct.Share(1) : distinct(table, statistics);
        if (distinct instanceof Distinct.Count count && count.values() > GROWS_WITH_KEYS * target.rows()) {
            distinct = new Distinct.Share(share(Math.min(1, count.values() / (table.rows() * Math.max(1e-9, valued)))));
        }
        List<Double> popular = statistics.figures().frequencies().stream()
                .limit(MOST_COMMON)
                .map(frequency -> share(frequency / valued))
                .toList();
        return Choice.of(withNulls(
                new Generator.PopularReferences(
                        target.shownName(), targetColumn, normalised(popular), distinct, correlation(statistics)),
                column,
                statistics));
    }

    private Choice described(Catalog.Table table, Catalog.Column column, ColumnStatistics statistics) {
        boolean known = NUMBERS.contains(column.type())
                || MOMENTS.contains(column.type())
                || DOCUMENTS.contains(column.type())
                || column.isText()
                || column.kind() == 'e'
                || Set.of("bool", "uuid").contains(column.type());
        if (!known) {
            return Choice.none("is " + column.type() + ", of which statistics are not followed");
        }
        if (valued(statistics) <= 0) {
            return Choice.none("is always null");
        }
        boolean unique = table.isUnique(column.name());
        List<String> bounds = bounds(column, statistics);
        List<Common> common = unique ? List.of() : common(column, statistics);
        Distinct distinct = unique ? new Distinct.Share(1) : distinct(table, statistics);
        double covered = common.stream().mapToDouble(Common::share).sum();
        if (bounds.isEmpty() && covered > 0.9) {
            // The sample held no other value.
            distinct = new Distinct.Count(common.size());
            common = scaled(common, 1 / covered);
        }
        boolean needsBounds = !column.isText() && !column.type().equals("uuid") && !DOCUMENTS.contains(column.type());
        if (bounds.isEmpty() && common.isEmpty() && needsBounds) {
            return Choice.none("has no values in its statistics");
        }
        if (bounds.isEmpty() && covered <= 0.9 && needsBounds) {
            return Choice.none("has few values in its statistics");
        }
        OptionalDouble width = column.isText() || DOCUMENTS.contains(column.type())
                ? OptionalDouble.of(content(statistics.figures().width()))
                : OptionalDouble.empty();
        return Choice.of(withNulls(
                new Generator.Histogram(bounds, distinct, common, correlation(statistics), width), column, statistics));
    }

    private static Generator withNulls(Generator generator, Catalog.Column column, ColumnStatistics statistics) {
        double nulls = share(statistics.figures().nulls());
        return nulls > 0 && !column.notNull() ? new Generator.Nullable(generator, nulls) : generator;
    }

    /** Bytes without the header that variable-length values have: one byte for short ones, else four. */
    private static double content(int width) {
        return Math.max(0, width <= 127 ? width - 1 : width - 4);
    }

    private static double valued(ColumnStatistics statistics) {
        return 1 - statistics.figures().nulls();
    }

    /** A number where the server took it for one, and a share of the rows where it took it to grow with them. */
    private static Distinct distinct(Catalog.Table table, ColumnStatistics statistics) {
        double distinct = statistics.figures().distinct();
        if (distinct == 0) {
            return new Distinct.Share(1);
        }
        double values = SampledDistinct.of(statistics.figures(), table.rows());
        double rows = table.rows() * valued(statistics);
        return distinct > 0 || rows < 1
                ? new Distinct.Count(Math.max(
                        Math.max(1, Math.round(values)), statistics.common().size()))
                : new Distinct.Share(share(Math.min(1, values / rows)));
    }

    private static double correlation(ColumnStatistics statistics) {
        return Math.clamp(Math.rint(statistics.figures().correlation() * 1e6) / 1e6, -1, 1);
    }

    private List<Common> common(Catalog.Column column, ColumnStatistics statistics) {
        List<Common> common = new ArrayList<>();
        List<String> values = statistics.common();
        for (int i = 0; i < Math.min(values.size(), MOST_COMMON); i++) {
            double share = share(statistics.figures().frequencies().get(i) / valued(statistics));
            Optional<String> text = literal(column, values.get(i)).filter(value -> value.length() <= LONGEST_COMMON);
            if (text.isPresent()
                    && common.stream().noneMatch(known -> known.value().equals(text.get()))) {
                common.add(new Common(text.get(), share));
            }
        }
        double sum = common.stream().mapToDouble(Common::share).sum();
        return sum > 1 ? scaled(common, 1 / sum) : common;
    }

    private static List<Common> scaled(List<Common> common, double factor) {
        // Rounded down a little, so that the written shares never sum up to more than all rows.
        return common.stream()
                .map(value -> new Common(value.value(), share(value.share() * factor * (1 - 1e-9))))
                .toList();
    }

    private static List<Double> normalised(List<Double> shares) {
        double sum = shares.stream().mapToDouble(Double::doubleValue).sum();
        return sum <= 1
                ? shares
                : shares.stream().map(each -> share(each / sum)).toList();
    }

    private List<String> bounds(Catalog.Column column, ColumnStatistics statistics) {
        List<String> bounds = new ArrayList<>();
        for (String bound : statistics.bounds()) {
            literal(column, bound).ifPresent(bounds::add);
        }
        int most = column.isText() ? MOST_TEXT_BOUNDS : MOST_BOUNDS;
        if (bounds.size() > most) {
            List<String> fewer = new ArrayList<>();
            for (int i = 0; i < most; i++) {
                fewer.add(bounds.get((int) ((long) i * (bounds.size() - 1) / (most - 1))));
            }
            bounds = fewer;
        }
        boolean randomIds = column.type().equals("uuid") && bounds.stream().anyMatch(uuid -> !isOfTime(uuid));
        return randomIds || bounds.size() < 2 || DOCUMENTS.contains(column.type()) ? List.of() : bounds;
    }

    /** A value as dataset files have it; empty for one that they cannot have. */
    private Optional<String> literal(Catalog.Column column, String value) {
        if (DOCUMENTS.contains(column.type())) {
            return Optional.empty();
        }
        if (column.type().equals("bool")) {
            return Optional.of(value.equals("t") || value.equals("true") ? "true" : "false");
        }
        if (MOMENTS.contains(column.type())) {
            return Optional.of(value)
                    .filter(text -> MOMENT.matcher(text).matches())
                    .map(GeneratorChooser::moment);
        }
        if (NUMBERS.contains(column.type())) {
            return number(column, value);
        }
        if (column.isText()) {
            return Optional.of(mask.mask(column.type().equals("bpchar") ? value.stripTrailing() : value));
        }
        // Random UUIDs name somebody's rows; those that begin with the time say little more than when.
        return column.type().equals("uuid") ? uuid(value) : Optional.of(value);
    }

    private static String moment(String text) {
        return text.length() == 10 ? text : text.replace("+00", "").replace(' ', 'T') + "Z";
    }

    private static Optional<String> number(Catalog.Column column, String value) {
        try {
            BigDecimal number = new BigDecimal(value);
            boolean exact = column.type().equals("numeric");
            return !exact || number.precision() - number.scale() + Math.max(0, number.scale()) <= MOST_DIGITS
                    ? Optional.of(exact || column.isWhole() ? number.toPlainString() : value)
                    : Optional.empty();
        } catch (NumberFormatException infinite) {
            return Optional.empty();
        }
    }

    private Optional<String> uuid(String value) {
        String masked = mask.uuid(value);
        return Optional.of(isOfTime(value) ? value.substring(0, 14) + masked.substring(14) : masked);
    }

    /** Version 7: the first 48 bits are milliseconds. */
    private static boolean isOfTime(String uuid) {
        return uuid.length() == 36 && uuid.charAt(14) == '7';
    }

    private static double share(double share) {
        return BigDecimal.valueOf(share).round(SHARE_DIGITS).doubleValue();
    }
}
