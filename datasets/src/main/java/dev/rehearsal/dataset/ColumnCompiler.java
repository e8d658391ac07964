package dev.rehearsal.dataset;

import dev.rehearsal.scenario.DatasetDefinition.TableDefinition;
import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.Generator;
import dev.rehearsal.scenario.InvalidScenarioException;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * Brings a definition's generators and the server's column types together.
 *
 * <p>What does not go together (a text in an integer column, a number that does not fit) is refused here, before the first row is sent. Immutable.
 */
final class ColumnCompiler {
    /** Digits behind the point where neither the generator nor the column says how many. */
    private static final int DEFAULT_SCALE = 2;

    private static final long NULLS = 100;

    private final DatasetSpec spec;
    private final long seed;
    private final DatasetPlaces places;

    ColumnCompiler(DatasetSpec spec, long seed) {
        this.spec = spec;
        this.seed = seed;
        this.places = new DatasetPlaces(spec.definition());
    }

    /** A generator for one slice: call again for each, because generators hold working state. */
    ColumnGenerator compile(ServerColumn column, Generator generator) throws InvalidScenarioException {
        if (column.computed()) {
            throw wrong(column, "the server computes this column (generated always as); remove it from dataset.yaml");
        }
        RowRandom random = new RowRandom(seed, column.table(), column.name());
        if (generator instanceof Generator.Nullable nullable) {
            if (column.notNull() && nullable.fraction() > 0) {
                throw wrong(column, "has nulls, but the column is not null; remove nulls");
            }
            if (nullable.inner() instanceof Generator.Histogram
                    || nullable.inner() instanceof Generator.PopularReferences) {
                return described(column, nullable.inner(), random, nullable.fraction());
            }
            return new ColumnGenerator.Sparse(
                    plain(column, nullable.inner(), random), random.derived(NULLS), nullable.fraction());
        }
        return plain(column, generator, random);
    }

    private ColumnGenerator plain(ServerColumn column, Generator generator, RowRandom random)
            throws InvalidScenarioException {
        long rows = spec.rows(column.table());
        return switch (generator) {
            case Generator.Sequence sequence -> whole(column, new LongSource.Sequence(sequence.start(), rows));
            case Generator.UniformLong uniform ->
                whole(column, new LongSource.Uniform(random, uniform.min(), uniform.max()));
            case Generator.UniformDecimal decimal -> decimal(column, decimal, random);
            case Generator.Zipf zipf -> {
                requireCountable(column, zipf.max() - zipf.min() + 1);
                yield whole(column, new LongSource.Zipf(random, zipf.min(), zipf.max(), zipf.exponent()));
            }
            case Generator.Normal normal ->
                real(column, new DoubleSource.Normal(random, normal.mean(), normal.deviation()));
            case Generator.LogNormal normal ->
                real(column, new DoubleSource.LogNormal(new DoubleSource.Normal(random, normal.mu(), normal.sigma())));
            case Generator.Choice choice -> weighted(column, choice, random);
            case Generator.References references -> whole(column, keys(column, references, random, rows));
            case Generator.Timestamp moment -> moment(column, moment, random, rows);
            case Generator.Text text -> {
                requireText(column, "text", text.maxLength());
                yield new ColumnGenerator.Letters(random, text.minLength(), text.maxLength());
            }
            case Generator.Pattern pattern -> {
                requireText(column, "pattern", ColumnGenerator.Patterned.longest(pattern.pattern(), rows));
                yield new ColumnGenerator.Patterned(random, pattern.pattern());
            }
            case Generator.Uuid uuid -> {
                requireType(column, "uuid", column.type().equals("uuid"));
                yield new ColumnGenerator.RandomUuid(random);
            }
            case Generator.Bool bool -> {
                requireType(column, "bool", column.type().equals("bool"));
                yield new ColumnGenerator.Truth(random, bool.trueFraction());
            }
            case Generator.Histogram histogram -> described(column, histogram, random, 0);
            case Generator.PopularReferences references -> described(column, references, random, 0);
            case Generator.Nullable nested -> throw new IllegalArgumentException("nulls within nulls: " + nested);
        };
    }

    /** Generators that follow a server's statistics say themselves which rows are null: so there are as many as shall be, and of the rest too. */
    private ColumnGenerator described(ServerColumn column, Generator generator, RowRandom random, double nulls)
            throws InvalidScenarioException {
        long rows = spec.rows(column.table());
        HistogramCompiler compiler = new HistogramCompiler(column, random, rows, nulls);
        try {
            if (generator instanceof Generator.Histogram histogram) {
                return compiler.compile(histogram);
            }
            Generator.PopularReferences references = (Generator.PopularReferences) generator;
            KeyRange range = keyRange(column, references.table(), references.column(), rows);
            requireCountable(column, Math.max(1, range.keys()));
            LongSource keys = range.keys() == 0
                    ? new LongSource.Sequence(range.start(), 0)
                    : compiler.keys(references, range.start(), range.keys());
            return compiler.ofRows(whole(column, keys));
        } catch (HistogramCompiler.Unfit unfit) {
            throw wrong(column, unfit.getMessage());
        }
    }

    private ColumnGenerator whole(ServerColumn column, LongSource source) throws InvalidScenarioException {
        return switch (column.type()) {
            case "int2" -> integer(column, source, Short.BYTES, Short.MIN_VALUE, Short.MAX_VALUE);
            case "int4" -> integer(column, source, Integer.BYTES, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case "int8" -> integer(column, source, Long.BYTES, Long.MIN_VALUE, Long.MAX_VALUE);
            case "numeric" -> numeric(column, source, 0);
            case "float8" -> new ColumnGenerator.DoublePrecision(new DoubleSource.OfLong(source, 1));
            case "float4" -> new ColumnGenerator.Real(new DoubleSource.OfLong(source, 1));
            default -> {
                int longest = Math.max(DecimalDigits.length(source.least()), DecimalDigits.length(source.greatest()));
                requireText(column, "a whole number", longest);
                yield new ColumnGenerator.Digits(source);
            }
        };
    }

    private ColumnGenerator integer(ServerColumn column, LongSource source, int bytes, long least, long greatest)
            throws InvalidScenarioException {
        if (source.least() < least || source.greatest() > greatest) {
            throw wrong(
                    column,
                    "makes " + source.least() + " to " + source.greatest() + ", but a " + column.typeForPeople()
                            + " holds " + least + " to " + greatest + "; make the range smaller or the type larger");
        }
        return new ColumnGenerator.Whole(source, bytes);
    }

    private ColumnGenerator decimal(ServerColumn column, Generator.UniformDecimal decimal, RowRandom random)
            throws InvalidScenarioException {
        LongSource unscaled = new LongSource.Uniform(
                random,
                unscaled(column, decimal.min(), decimal.scale()),
                unscaled(column, decimal.max(), decimal.scale()));
        DoubleSource real = new DoubleSource.OfLong(unscaled, Math.pow(10, decimal.scale()));
        return switch (column.type()) {
            case "numeric" -> numeric(column, unscaled, decimal.scale());
            case "float8" -> new ColumnGenerator.DoublePrecision(real);
            case "float4" -> new ColumnGenerator.Real(real);
            default -> throw unwritable(column, "decimals");
        };
    }

    private long unscaled(ServerColumn column, BigDecimal value, int scale) throws InvalidScenarioException {
        try {
            return value.setScale(scale).unscaledValue().longValueExact();
        } catch (ArithmeticException tooLarge) {
            throw wrong(column, value.toPlainString() + " has too many digits; at most 15 are possible");
        }
    }

    private ColumnGenerator numeric(ServerColumn column, LongSource unscaled, int scale)
            throws InvalidScenarioException {
        if (!NumericField.fits(unscaled.least(), scale) || !NumericField.fits(unscaled.greatest(), scale)) {
            throw wrong(column, "makes numbers of too many digits; at most 15 are possible");
        }
        int whole = column.precision(1_000) - column.scale(0);
        BigInteger limit = BigInteger.TEN.pow(Math.max(0, whole + scale));
        BigInteger most = BigInteger.valueOf(Math.max(Math.abs(unscaled.least()), Math.abs(unscaled.greatest())));
        if (most.compareTo(limit) >= 0) {
            throw wrong(
                    column,
                    "makes numbers up to " + new BigDecimal(most, scale).toPlainString() + ", but numeric("
                            + column.precision(0) + ", " + column.scale(0) + ") has " + whole
                            + " digits before the point");
        }
        return new ColumnGenerator.Decimal(unscaled, scale);
    }

    private ColumnGenerator real(ServerColumn column, DoubleSource source) throws InvalidScenarioException {
        return switch (column.type()) {
            case "float8" -> new ColumnGenerator.DoublePrecision(source);
            case "float4" -> new ColumnGenerator.Real(source);
            case "numeric" -> {
                int scale = Math.clamp(column.scale(DEFAULT_SCALE), 0, 15);
                long most = power(Math.min(15, column.precision(15))) - 1;
                yield new ColumnGenerator.Decimal(new LongSource.Rounded(source, power(scale), -most, most), scale);
            }
            case "int2" -> rounded(source, Short.BYTES, Short.MIN_VALUE, Short.MAX_VALUE);
            case "int4" -> rounded(source, Integer.BYTES, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case "int8" -> rounded(source, Long.BYTES, Long.MIN_VALUE, Long.MAX_VALUE);
            default -> throw unwritable(column, "real numbers");
        };
    }

    private static ColumnGenerator rounded(DoubleSource source, int bytes, long least, long greatest) {
        return new ColumnGenerator.Whole(new LongSource.Rounded(source, 1, least, greatest), bytes);
    }

    private static long power(int exponent) {
        return BigInteger.TEN.pow(exponent).longValueExact();
    }

    private ColumnGenerator weighted(ServerColumn column, Generator.Choice choice, RowRandom random)
            throws InvalidScenarioException {
        byte[][] fields = new byte[choice.values().size()][];
        double[] weights = new double[fields.length];
        for (int i = 0; i < fields.length; i++) {
            String value = choice.values().get(i);
            fields[i] = Literals.bytes(value, column)
                    .orElseThrow(() -> wrong(column, "cannot be '" + value + "': the column is " + described(column)));
            weights[i] = choice.weights().get(i);
        }
        return new ColumnGenerator.Weighted(random.derived(0), fields, weights);
    }

    private LongSource keys(ServerColumn column, Generator.References references, RowRandom random, long rows)
            throws InvalidScenarioException {
        KeyRange range = keyRange(column, references.table(), references.column(), rows);
        long start = range.start();
        long keys = range.keys();
        if (keys == 0) {
            return new LongSource.Sequence(start, 0);
        }
        if (references.zipf() > 0) {
            requireCountable(column, keys);
            LongSource.Zipf ranks = new LongSource.Zipf(random, 0, keys - 1, references.zipf());
            return new LongSource.PopularKeys(ranks, new KeyScatter(keys), start);
        }
        if (references.correlation() > 0) {
            return new LongSource.Rising(random, start, start + keys - 1, rows, references.correlation(), true);
        }
        return new LongSource.Uniform(random, start, start + keys - 1);
    }

    /** @param keys 0 only if there is no row to refer to one */
    private record KeyRange(long start, long keys) {}

    private KeyRange keyRange(ServerColumn column, String table, String key, long rows)
            throws InvalidScenarioException {
        TableDefinition target = spec.definition().tables().get(table);
        if (target == null || !(target.columns().get(key) instanceof Generator.Sequence sequence)) {
            throw wrong(
                    column,
                    "references " + table + "." + key + ", which is not a column with a sequence in this dataset");
        }
        long keys = spec.rows(table);
        if (keys == 0 && rows > 0) {
            throw wrong(column, "references " + table + ", which has no rows; give it some");
        }
        return new KeyRange(sequence.start(), keys);
    }

    private ColumnGenerator moment(ServerColumn column, Generator.Timestamp moment, RowRandom random, long rows)
            throws InvalidScenarioException {
        LongSource micros = new LongSource.Rising(
                random,
                Literals.micros(moment.from()),
                Literals.micros(moment.to()),
                rows,
                moment.correlation(),
                false);
        return switch (column.type()) {
            case "timestamptz", "timestamp" -> new ColumnGenerator.Whole(micros, Long.BYTES);
            case "date" ->
                new ColumnGenerator.Whole(new LongSource.Divided(micros, Literals.MICROS_PER_DAY), Integer.BYTES);
            default -> throw unwritable(column, "timestamp");
        };
    }

    private void requireCountable(ServerColumn column, long values) throws InvalidScenarioException {
        if (values < 1 || values > Integer.MAX_VALUE) {
            throw wrong(column, "zipf over " + values + " values; at most " + Integer.MAX_VALUE + " are possible");
        }
    }

    private void requireText(ServerColumn column, String generator, int longest) throws InvalidScenarioException {
        // An enum is text too, but takes its own labels only: a choice.
        requireType(column, generator, column.isText() && column.kind() != 'e');
        if (longest > column.maxLength()) {
            throw wrong(
                    column,
                    "makes up to " + longest + " characters, but the column holds " + column.maxLength()
                            + "; make the text shorter or the column wider");
        }
    }

    private void requireType(ServerColumn column, String generator, boolean fits) throws InvalidScenarioException {
        if (!fits) {
            throw unwritable(column, generator);
        }
    }

    private InvalidScenarioException unwritable(ServerColumn column, String generator) {
        return wrong(
                column,
                "cannot be made by " + generator + ": the column is " + described(column)
                        + "; choose another generator or, in schema.sql, another type");
    }

    private static String described(ServerColumn column) {
        return column.kind() == 'e' ? "the enum " + column.type() : column.typeForPeople();
    }

    private InvalidScenarioException wrong(ServerColumn column, String message) {
        return places.wrongColumn(column.table(), column.name(), column.table() + "." + column.name() + " " + message);
    }
}
