package dev.rehearsal.dataset;

import dev.rehearsal.scenario.Generator;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Makes {@code histogram} for the type that a column has: which rows have a value, where each stands in the order of all values, and what that
 * value is.
 *
 * <pre>
 *   row ── {@link ValuedRows} ──> rank among the rows with a value ── {@link ValueOrder} ──> position in the order of values
 *       ── {@link ValueStretches} ──> common value, or part of the histogram and number in it ──> value
 * </pre>
 *
 * <p>Each step is one-to-one or a cut, so frequencies and the number of values are exact, not by chance. Immutable.
 */
final class HistogramCompiler {
    private static final byte[] NOTHING = {};
    private static final byte[] JSON_BEFORE = "{\"v\": \"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] JSON_AFTER = "\"}".getBytes(StandardCharsets.US_ASCII);
    /** What jsonb takes for an object of one member beyond its letters: see {@code jsonb.h}. */
    private static final int JSONB_OVERHEAD = 13;

    private static final int MOST_KEYS_BETWEEN = 100;

    private final ServerColumn column;
    private final RowRandom random;
    private final ValuedRows rows;

    /** @param nulls fraction of the rows without a value */
    HistogramCompiler(ServerColumn column, RowRandom random, long rows, double nulls) {
        this.column = column;
        this.random = random;
        this.rows = new ValuedRows(random.derived(1).bits(0), rows, nulls);
    }

    /** Why a column cannot be made so: the end of a sentence that begins with the column's name. */
    static final class Unfit extends Exception {
        private static final long serialVersionUID = 1;

        Unfit(String message) {
            super(message);
        }
    }

    ColumnGenerator compile(Generator.Histogram histogram) throws Unfit {
        return switch (column.type()) {
            case "int2" -> whole(histogram, Short.BYTES, Short.MAX_VALUE);
            case "int4", "date" -> whole(histogram, Integer.BYTES, Integer.MAX_VALUE);
            case "int8", "timestamp", "timestamptz" -> whole(histogram, Long.BYTES, Long.MAX_VALUE);
            case "numeric" -> numeric(histogram);
            case "float4", "float8" -> real(histogram);
            case "uuid" -> uuid(histogram);
            case "json", "jsonb", "bytea" -> document(histogram);
            default -> column.isText() && column.kind() != 'e' ? text(histogram) : listed(histogram);
        };
    }

    /**
     * Keys from {@code start} on.
     *
     * @param keys how many there are, at least 1
     */
    LongSource keys(Generator.PopularReferences references, long start, long keys) {
        List<WholeValues.Common> popular = new ArrayList<>();
        KeyScatter scatter = new KeyScatter(keys);
        for (int i = 0; i < Math.min(keys, references.popular().size()); i++) {
            popular.add(new WholeValues.Common(
                    start + scatter.position(i), references.popular().get(i)));
        }
        int between = (int) Math.min(MOST_KEYS_BETWEEN, Math.max(1, keys - 1));
        long[] bounds = new long[between + 1];
        for (int i = 0; i <= between; i++) {
            bounds[i] = start + Math.round((keys - 1) * ((double) i / between));
        }
        long distinct = Math.min(keys, distinct(references.distinct()));
        WholeValues values = WholeValues.of(rows.count(), bounds, popular, distinct, false);
        return source(values, references.correlation());
    }

    /** What is written for the rank of a row, written for the row. */
    ColumnGenerator ofRows(ColumnGenerator ofRanks) {
        return new ColumnGenerator.Valued(rows, ofRanks);
    }

    private ColumnGenerator whole(Generator.Histogram histogram, int bytes, long most) throws Unfit {
        LongSource source = source(wholeValues(histogram, 0), histogram.correlation());
        if (source.greatest() > most) {
            throw new Unfit("has more different values than its type; lower distinct or the rows");
        }
        return ofRows(new ColumnGenerator.Whole(source, bytes));
    }

    private ColumnGenerator numeric(Generator.Histogram histogram) throws Unfit {
        int digits = 0;
        for (String text : literals(histogram)) {
            digits = Math.max(digits, decimal(text).stripTrailingZeros().scale());
        }
        int scale = Math.max(0, column.scale(digits));
        LongSource source = source(wholeValues(histogram, scale), histogram.correlation());
        if (!NumericField.fits(source.least(), scale) || !NumericField.fits(source.greatest(), scale)) {
            throw new Unfit("makes numbers of too many digits; at most 15 are possible");
        }
        return ofRows(new ColumnGenerator.Decimal(source, scale));
    }

    private ColumnGenerator real(Generator.Histogram histogram) throws Unfit {
        double[] bounds = new double[histogram.bounds().size()];
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = decimal(histogram.bounds().get(i)).doubleValue();
        }
        List<RealValues.Common> common = new ArrayList<>();
        for (Generator.Common value : histogram.common()) {
            common.add(new RealValues.Common(decimal(value.value()).doubleValue(), value.share()));
        }
        requireBounds(histogram);
        RealValues values = RealValues.of(rows.count(), bounds, common, distinct(histogram.distinct()));
        DoubleSource source = new DoubleSource.Described(values, order(values.stretches(), histogram.correlation()));
        return ofRows(
                column.type().equals("float4")
                        ? new ColumnGenerator.Real(source)
                        : new ColumnGenerator.DoublePrecision(source));
    }

    private ColumnGenerator text(Generator.Histogram histogram) throws Unfit {
        TextValues values = TextValues.of(
                random.derived(2).bits(0),
                rows.count(),
                histogram.bounds(),
                histogram.common().stream()
                        .map(common -> new TextValues.Common(common.value(), common.share()))
                        .toList(),
                distinct(histogram.distinct()),
                histogram.width().orElse(histogram.bounds().isEmpty() ? 8 : -1),
                column.maxLength());
        for (String text : literals(histogram)) {
            if (text.codePointCount(0, text.length()) > column.maxLength()) {
                throw new Unfit("cannot be '" + text + "': it holds " + column.maxLength() + " characters");
            }
        }
        if (!values.complete() && histogram.distinct().equals(new Generator.Distinct.Share(1))) {
            throw new Unfit("cannot have as many different texts as rows in " + column.maxLength()
                    + " characters; make the column wider or the rows fewer");
        }
        return ofRows(new ColumnGenerator.DescribedText(
                values, order(values.stretches(), histogram.correlation()), NOTHING, NOTHING));
    }

    private ColumnGenerator document(Generator.Histogram histogram) throws Unfit {
        if (!histogram.bounds().isEmpty() || !histogram.common().isEmpty()) {
            throw new Unfit("is " + column.type() + ", of which only distinct, width and correlation can be given");
        }
        boolean json = !column.type().equals("bytea");
        boolean binary = column.type().equals("jsonb");
        byte[] before = !json ? NOTHING : binary ? withVersion(JSON_BEFORE) : JSON_BEFORE;
        byte[] after = json ? JSON_AFTER : NOTHING;
        int around = binary ? JSONB_OVERHEAD : before.length + after.length;
        TextValues values = TextValues.of(
                random.derived(2).bits(0),
                rows.count(),
                List.of(),
                List.of(),
                distinct(histogram.distinct()),
                Math.max(0, histogram.width().orElse(32) - around),
                Integer.MAX_VALUE);
        return ofRows(new ColumnGenerator.DescribedText(
                values, order(values.stretches(), histogram.correlation()), before, after));
    }

    private static byte[] withVersion(byte[] json) {
        return ByteBuffer.allocate(1 + json.length).put((byte) 1).put(json).array();
    }

    private ColumnGenerator uuid(Generator.Histogram histogram) throws Unfit {
        List<Long> bounds = new ArrayList<>();
        for (String text : histogram.bounds()) {
            bounds.add(ByteBuffer.wrap(literal(text)).getLong());
        }
        List<UuidValues.Common> common = new ArrayList<>();
        for (Generator.Common value : histogram.common()) {
            ByteBuffer bytes = ByteBuffer.wrap(literal(value.value()));
            common.add(new UuidValues.Common(new UUID(bytes.getLong(), bytes.getLong()), value.share()));
        }
        UuidValues values =
                UuidValues.of(random.derived(2).bits(0), rows.count(), bounds, common, distinct(histogram.distinct()));
        return ofRows(new ColumnGenerator.DescribedUuid(values, order(values.stretches(), histogram.correlation())));
    }

    /** Types whose values are only taken from those that are named: enums, and what has no arithmetic here. */
    private ColumnGenerator listed(Generator.Histogram histogram) throws Unfit {
        requireBounds(histogram);
        List<byte[]> fields = new ArrayList<>();
        List<ValueStretches.Stretch> stretches = new ArrayList<>();
        for (Generator.Common value : histogram.common()) {
            fields.add(literal(value.value()));
            stretches.add(new ValueStretches.Stretch(value.share(), 1));
        }
        List<String> bounds = histogram.bounds().stream().distinct().toList();
        double rest = Math.max(0, 1 - histogram.commonShare());
        for (String value : bounds) {
            fields.add(literal(value));
            stretches.add(new ValueStretches.Stretch(rest / bounds.size(), 1));
        }
        ValueStretches all = new ValueStretches(rows.count(), stretches);
        return ofRows(
                new ColumnGenerator.Listed(all, order(all, histogram.correlation()), fields.toArray(byte[][]::new)));
    }

    private WholeValues wholeValues(Generator.Histogram histogram, int scale) throws Unfit {
        long[] bounds = new long[histogram.bounds().size()];
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = number(histogram.bounds().get(i), scale);
            if (i > 0 && bounds[i] < bounds[i - 1]) {
                throw new Unfit("has bounds in no order: " + histogram.bounds().get(i) + " stands behind "
                        + histogram.bounds().get(i - 1));
            }
        }
        List<WholeValues.Common> common = new ArrayList<>();
        for (Generator.Common value : histogram.common()) {
            common.add(new WholeValues.Common(number(value.value(), scale), value.share()));
        }
        requireBounds(histogram);
        boolean unique = histogram.distinct().equals(new Generator.Distinct.Share(1));
        return WholeValues.of(rows.count(), bounds, common, distinct(histogram.distinct()), unique);
    }

    /** Without bounds there is nothing to take the values from that are not common. */
    private void requireBounds(Generator.Histogram histogram) throws Unfit {
        if (histogram.bounds().isEmpty() && (histogram.common().isEmpty() || histogram.commonShare() < 0.99)) {
            throw new Unfit("has common values for " + Math.round(100 * histogram.commonShare())
                    + "% of its rows and no bounds for the others");
        }
    }

    private long distinct(Generator.Distinct distinct) {
        return switch (distinct) {
            case Generator.Distinct.Count count -> count.values();
            case Generator.Distinct.Share share -> Math.max(1, Math.round(share.ofRows() * rows.count()));
        };
    }

    private ValueOrder order(ValueStretches stretches, double correlation) {
        return new ValueOrder(random.derived(3).bits(0), Math.max(1, rows.count()), correlation, stretches);
    }

    private LongSource source(WholeValues values, double correlation) {
        return new LongSource.Described(values, order(values.stretches(), correlation));
    }

    private static List<String> literals(Generator.Histogram histogram) {
        List<String> all = new ArrayList<>(histogram.bounds());
        histogram.common().forEach(value -> all.add(value.value()));
        return all;
    }

    private byte[] literal(String text) throws Unfit {
        return Literals.bytes(text, column)
                .orElseThrow(() -> new Unfit("cannot be '" + text + "': the column is " + column.typeForPeople()));
    }

    private BigDecimal decimal(String text) throws Unfit {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException notOne) {
            throw new Unfit("cannot be '" + text + "': the column is " + column.typeForPeople());
        }
    }

    private long number(String text, int scale) throws Unfit {
        if (column.type().equals("numeric")) {
            try {
                return decimal(text)
                        .setScale(scale, java.math.RoundingMode.HALF_EVEN)
                        .unscaledValue()
                        .longValueExact();
            } catch (ArithmeticException tooLarge) {
                throw new Unfit("makes numbers of too many digits; at most 15 are possible");
            }
        }
        ByteBuffer bytes = ByteBuffer.wrap(literal(text));
        return switch (bytes.remaining()) {
            case Short.BYTES -> bytes.getShort();
            case Integer.BYTES -> bytes.getInt();
            default -> bytes.getLong();
        };
    }
}
