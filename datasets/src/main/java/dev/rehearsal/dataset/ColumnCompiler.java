package dev.rehearsal.dataset;

import dev.rehearsal.dataset.ColumnPlan.Placement;
import dev.rehearsal.scenario.DatasetDefinition.TableDefinition;
import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.Generator;
import dev.rehearsal.scenario.InvalidScenarioException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Brings a dataset's generators and the server's column types together.
 *
 * <p>What does not go together (a text in an integer column, a number that does not fit) is refused here, before the first row is sent. Immutable.
 */
final class ColumnCompiler {
    /** Digits behind the point where neither the generator nor the column says how many. */
    private static final int DEFAULT_SCALE = 2;

    private static final long NULLS = 100;
    private static final long LENGTHS = 101;

    private final Tables tables;
    private final long seed;
    private final DatasetPlaces places;
    private final FieldSource literals;
    private final Dictionaries dictionaries;

    /** What a foreign key may refer to. */
    interface Tables {
        /** How many rows of the table can be referred to. */
        long rows(String table);

        /** How that column is made; empty if it is not, or the table is not there. */
        Optional<ColumnPlan> column(String table, String column);

        /** The fields of a column that the schema itself filled; empty of any other. */
        default Optional<byte[][]> fields(String table, String column) {
            return Optional.empty();
        }
    }

    /** Texts as fields of a type. */
    interface FieldSource {
        /** The bytes of a field without its length; empty if the text is no value of the column's type. */
        Optional<byte[]> bytes(String text, ServerColumn column);
    }

    /** What the definition itself knows, without a server. */
    ColumnCompiler(DatasetSpec spec, long seed) {
        this(definedBy(spec), seed, new DatasetPlaces(spec.definition()), Literals::bytes, new Dictionaries(seed));
    }

    ColumnCompiler(Tables tables, long seed, DatasetPlaces places, FieldSource literals, Dictionaries dictionaries) {
        this.tables = tables;
        this.seed = seed;
        this.places = places;
        this.literals = literals;
        this.dictionaries = dictionaries;
    }

    private static Tables definedBy(DatasetSpec spec) {
        return new Tables() {
            @Override
            public long rows(String table) {
                return spec.rows(table);
            }

            @Override
            public Optional<ColumnPlan> column(String table, String column) {
                return Optional.ofNullable(spec.definition().tables().get(table))
                        .map(TableDefinition::columns)
                        .flatMap(columns -> Optional.ofNullable(columns.get(column)))
                        .map(generator ->
                                ColumnPlan.of(new ServerColumn(table, column, "", -1, 'b', false, false), generator));
            }
        };
    }

    /** A generator for one slice: call again for each, because generators hold working state. */
    ColumnGenerator compile(ServerColumn column, Generator generator) throws InvalidScenarioException {
        return compile(ColumnPlan.of(column, generator));
    }

    /** A generator for one slice: call again for each, because generators hold working state. */
    ColumnGenerator compile(ColumnPlan plan) throws InvalidScenarioException {
        ServerColumn column = plan.column();
        if (column.computed()) {
            throw wrong(column, "the server computes this column (generated always as); remove it from dataset.yaml");
        }
        RowRandom random = new RowRandom(seed, column.table(), column.name());
        if (plan.generator() instanceof Generator.Nullable nullable) {
            if (column.notNull() && nullable.fraction() > 0) {
                throw wrong(column, "has nulls, but the column is not null; remove nulls");
            }
            if (nullable.fraction() == 1) {
                return new ColumnGenerator.Nothing();
            }
            if (nullable.inner() instanceof Generator.Histogram
                    || nullable.inner() instanceof Generator.PopularReferences) {
                return described(column, nullable.inner(), random, nullable.fraction());
            }
            return new ColumnGenerator.Sparse(
                    made(plan, nullable.inner(), random),
                    // Columns of one foreign key are null together, or some would refer to half a row.
                    new RowRandom(seed, column.table(), plan.stream()).derived(NULLS),
                    nullable.fraction(),
                    plan.earlier());
        }
        return made(plan, plan.generator(), random);
    }

    private ColumnGenerator made(ColumnPlan plan, Generator generator, RowRandom random)
            throws InvalidScenarioException {
        ServerColumn column = plan.column();
        if (plan.placement().isPresent()) {
            Generator inner = generator instanceof Generator.Unique unique ? unique.inner() : generator;
            return values(column, inner, random)
                    .made()
                    .by(place(column, plan.placement().get()));
        }
        if (generator instanceof Generator.Unique unique) {
            Values values = values(column, unique.inner(), random);
            long rows = tables.rows(column.table());
            if (values.count() < rows) {
                throw wrong(
                        column,
                        "is unique and can have %,d values, but the table has %,d rows; at most %,d are possible"
                                .formatted(values.count(), rows, values.count()));
            }
            return values.made().by(place(column, values.alone(column.name(), rows)));
        }
        return plain(plan, generator, random);
    }

    private LongSource place(ServerColumn column, Placement placement) {
        if (placement.rising()) {
            long rows = Math.max(1, tables.rows(column.table()));
            return new LongSource.Spread(Math.max(1, placement.domain() / rows), placement.domain());
        }
        long key = new RowRandom(seed, column.table(), placement.key()).bits(0);
        return new LongSource.Placed(
                new KeyPermutation(key, placement.domain()), placement.stride(), placement.radix());
    }

    /**
     * The different values that a generator can give a column, in some order of their own.
     *
     * @param count how many there are; {@link KeyPermutation#MAXIMUM} stands for more
     * @param preferred how many of them a column that is unique on its own takes its values from
     */
    record Values(long count, Preference preferred, Made made) {
        /** The generator of a column whose row takes the value of this number. */
        interface Made {
            ColumnGenerator by(LongSource number) throws InvalidScenarioException;
        }

        enum Preference {
            /** All of them, mixed. */
            ALL,
            /** All of them, in the order of the rows. */
            RISING,
            /** The first, about as many as there are rows. */
            FIRST
        }

        Placement alone(String key, long rows) {
            return switch (preferred) {
                case ALL -> new Placement(key, count, 1, count, false);
                case RISING -> new Placement(key, count, 1, count, true);
                case FIRST -> {
                    long enough = 10;
                    while (enough < rows && enough <= count / 10) {
                        enough *= 10;
                    }
                    long domain = enough < rows ? count : Math.min(count, enough);
                    yield new Placement(key, domain, 1, domain, false);
                }
            };
        }
    }

    /** What can be told apart; refuses generators whose values cannot. */
    Values values(ServerColumn column, Generator generator, RowRandom random) throws InvalidScenarioException {
        return switch (generator) {
            case Generator.Sequence sequence ->
                new Values(
                        KeyPermutation.MAXIMUM,
                        Values.Preference.FIRST,
                        number -> whole(column, new LongSource.Steps(number, sequence.start(), 1)));
            case Generator.UniformLong uniform -> range(column, uniform.min(), uniform.max());
            case Generator.Zipf zipf -> range(column, zipf.min(), zipf.max());
            case Generator.UniformDecimal decimal -> decimals(column, decimal);
            case Generator.Choice choice -> {
                byte[][] fields = fields(column, choice);
                yield new Values(
                        fields.length, Values.Preference.ALL, number -> new ColumnGenerator.Ready(number, fields));
            }
            case Generator.References references -> {
                long keys = tables.rows(references.table());
                yield new Values(keys, Values.Preference.ALL, number -> keyed(column, references, number));
            }
            case Generator.Timestamp moment -> moments(column, moment);
            case Generator.Text text -> {
                requireText(column, "text", text.maxLength());
                yield new Values(
                        power(ColumnGenerator.NumberedLetters.BASE, text.maxLength()),
                        Values.Preference.ALL,
                        number -> new ColumnGenerator.NumberedLetters(
                                number,
                                digits(number.greatest(), ColumnGenerator.NumberedLetters.BASE),
                                random,
                                text.minLength(),
                                text.maxLength()));
            }
            case Generator.Pattern pattern -> {
                requireText(column, "pattern", ColumnGenerator.Patterned.longest(pattern.pattern(), 1));
                byte[] bytes = pattern.pattern().getBytes(StandardCharsets.UTF_8);
                yield new Values(
                        ColumnGenerator.NumberedPattern.count(pattern.pattern()),
                        Values.Preference.ALL,
                        number -> new ColumnGenerator.NumberedPattern(number, bytes));
            }
            case Generator.Bool bool ->
                new Values(
                        2, Values.Preference.ALL, number -> new ColumnGenerator.Ready(number, new byte[][] {{0}, {1}}));
            case Generator.Faker faker -> {
                requireText(column, "faker", 1);
                byte[][] words = words(column, faker);
                long count = power(10, Math.min(18, column.maxLength()));
                yield new Values(
                        count,
                        Values.Preference.FIRST,
                        number -> new ColumnGenerator.NumberedWords(
                                random, words, number, digits(number.greatest(), 10), column.maxLength()));
            }
            case Generator.Bytes bytes -> bytes(column, bytes, random);
            case Generator.Inet inet -> {
                requireType(column, "inet", isAddress(column));
                yield new Values(
                        1 << 24,
                        Values.Preference.ALL,
                        number -> new ColumnGenerator.Address(
                                new LongSource.Steps(number, PRIVATE_NETWORK, 1),
                                column.type().equals("cidr")));
            }
            case Generator.Interval interval -> {
                requireType(column, "interval", column.type().equals("interval"));
                yield new Values(
                        count(interval.minSeconds(), interval.maxSeconds()),
                        Values.Preference.ALL,
                        number -> new ColumnGenerator.Duration(new LongSource.Steps(number, interval.minSeconds(), 1)));
            }
            case Generator.Uuid uuid ->
                // Unique as they are.
                new Values(KeyPermutation.MAXIMUM, Values.Preference.ALL, number -> uuid(column, random));
            case Generator.Nullable nullable -> values(column, nullable.inner(), random);
            case Generator.Unique unique -> values(column, unique.inner(), random);
            case Generator.Normal normal -> throw uncountable(column, "normal");
            case Generator.LogNormal normal -> throw uncountable(column, "lognormal");
            case Generator.Json json -> throw uncountable(column, "json");
            case Generator.Array array -> throw uncountable(column, "array");
            case Generator.Histogram histogram -> {
                requireAllDifferent(column, histogram.distinct());
                yield new Values(
                        KeyPermutation.MAXIMUM,
                        Values.Preference.ALL,
                        number -> described(column, histogram, random, 0));
            }
            case Generator.PopularReferences references -> {
                requireAllDifferent(column, references.distinct());
                yield new Values(
                        referredTo(column, references.table()),
                        Values.Preference.ALL,
                        number -> described(column, references, random, 0));
            }
        };
    }

    /** As many values as rows, which those that follow a server's statistics give by themselves, each row one. */
    private void requireAllDifferent(ServerColumn column, Generator.Distinct distinct) throws InvalidScenarioException {
        if (!distinct.equals(new Generator.Distinct.Share(1))) {
            throw wrong(column, "must be unique, but has fewer different values than rows; write distinct: 100%");
        }
    }

    private InvalidScenarioException uncountable(ServerColumn column, String generator) {
        return wrong(
                column, "must be unique, which " + generator + " cannot be; write another generator, e.g. uniform");
    }

    private Values range(ServerColumn column, long min, long max) throws InvalidScenarioException {
        return new Values(
                count(min, max), Values.Preference.ALL, number -> whole(column, new LongSource.Steps(number, min, 1)));
    }

    private Values decimals(ServerColumn column, Generator.UniformDecimal decimal) throws InvalidScenarioException {
        long min = unscaled(column, decimal.min(), decimal.scale());
        long max = unscaled(column, decimal.max(), decimal.scale());
        return new Values(
                count(min, max),
                Values.Preference.ALL,
                number -> decimal(column, new LongSource.Steps(number, min, 1), decimal.scale()));
    }

    /** Moments that the column's precision tells apart. */
    private Values moments(ServerColumn column, Generator.Timestamp moment) throws InvalidScenarioException {
        boolean date = column.type().equals("date");
        int digits = column.modifier() < 0 ? 6 : Math.clamp(column.modifier(), 0, 6);
        long step =
                date ? Literals.MICROS_PER_DAY : BigInteger.TEN.pow(6 - digits).longValueExact();
        long from = Math.ceilDiv(Literals.micros(moment.from()), step);
        long to = Math.floorDiv(Literals.micros(moment.to()), step);
        return new Values(
                Math.max(1, count(from, to)),
                moment.correlation() > 0.5 ? Values.Preference.RISING : Values.Preference.ALL,
                number -> moment(column, new LongSource.Steps(number, from * step, step)));
    }

    private Values bytes(ServerColumn column, Generator.Bytes bytes, RowRandom random) throws InvalidScenarioException {
        if (isBits(column)) {
            int bits = bitsOf(column, bytes);
            return new Values(
                    power(2, bits), Values.Preference.ALL, number -> new ColumnGenerator.Bits(number, random, bits));
        }
        requireBytes(column, bytes);
        return new Values(
                power(256, bytes.maxLength()),
                Values.Preference.ALL,
                number -> new ColumnGenerator.NumberedBytes(
                        number, digits(number.greatest(), 256), random, bytes.minLength(), bytes.maxLength()));
    }

    private static long count(long min, long max) {
        long count = max - min + 1;
        return count <= 0 || count > KeyPermutation.MAXIMUM ? KeyPermutation.MAXIMUM : count;
    }

    private static long power(long base, int exponent) {
        long power = 1;
        for (int i = 0; i < exponent; i++) {
            if (power > KeyPermutation.MAXIMUM / base) {
                return KeyPermutation.MAXIMUM;
            }
            power *= base;
        }
        return power;
    }

    /** How many digits the numbers up to {@code greatest} have to a base. */
    private static int digits(long greatest, long base) {
        int digits = 1;
        for (long rest = greatest / base; rest > 0; rest /= base) {
            digits++;
        }
        return digits;
    }

    private ColumnGenerator plain(ColumnPlan plan, Generator generator, RowRandom random)
            throws InvalidScenarioException {
        ServerColumn column = plan.column();
        return switch (generator) {
            case Generator.Sequence sequence ->
                whole(column, new LongSource.Sequence(sequence.start(), tables.rows(column.table())));
            case Generator.UniformLong uniform ->
                whole(column, new LongSource.Uniform(random, uniform.min(), uniform.max()));
            case Generator.UniformDecimal decimal ->
                decimal(
                        column,
                        new LongSource.Uniform(
                                random,
                                unscaled(column, decimal.min(), decimal.scale()),
                                unscaled(column, decimal.max(), decimal.scale())),
                        decimal.scale());
            case Generator.Zipf zipf -> {
                requireCountable(column, zipf.max() - zipf.min() + 1);
                yield whole(column, new LongSource.Zipf(random, zipf.min(), zipf.max(), zipf.exponent()));
            }
            case Generator.Normal normal ->
                real(column, new DoubleSource.Normal(random, normal.mean(), normal.deviation()));
            case Generator.LogNormal normal ->
                real(column, new DoubleSource.LogNormal(new DoubleSource.Normal(random, normal.mu(), normal.sigma())));
            case Generator.Choice choice -> weighted(column, choice, random);
            case Generator.References references -> keyed(column, references, picked(plan, references));
            case Generator.Timestamp moment ->
                moment(
                        column,
                        new LongSource.Rising(
                                random,
                                Literals.micros(moment.from()),
                                Literals.micros(moment.to()),
                                tables.rows(column.table()),
                                moment.correlation(),
                                false));
            case Generator.Text text -> {
                requireText(column, "text", text.maxLength());
                yield new ColumnGenerator.Letters(random, text.minLength(), text.maxLength());
            }
            case Generator.Pattern pattern -> {
                requireText(
                        column,
                        "pattern",
                        ColumnGenerator.Patterned.longest(pattern.pattern(), tables.rows(column.table())));
                yield new ColumnGenerator.Patterned(random, pattern.pattern());
            }
            case Generator.Uuid uuid -> uuid(column, random);
            case Generator.Bool bool -> {
                requireType(column, "bool", column.type().equals("bool"));
                yield new ColumnGenerator.Truth(random, bool.trueFraction());
            }
            case Generator.Faker faker -> {
                requireText(column, "faker", 1);
                yield new ColumnGenerator.Dictionary(random, words(column, faker));
            }
            case Generator.Json json -> json(column, json);
            case Generator.Array array -> array(column, array, random);
            case Generator.Bytes bytes -> {
                if (isBits(column)) {
                    yield new ColumnGenerator.Bits(
                            new LongSource.Uniform(random.derived(1), 0, Long.MAX_VALUE),
                            random,
                            bitsOf(column, bytes));
                }
                requireBytes(column, bytes);
                yield new ColumnGenerator.RandomBytes(random, bytes.minLength(), bytes.maxLength());
            }
            case Generator.Inet inet -> {
                requireType(column, "inet", isAddress(column));
                yield new ColumnGenerator.Address(
                        new LongSource.Uniform(random, PRIVATE_NETWORK, PRIVATE_NETWORK + (1 << 24) - 1),
                        column.type().equals("cidr"));
            }
            case Generator.Interval interval -> {
                requireType(column, "interval", column.type().equals("interval"));
                yield new ColumnGenerator.Duration(
                        new LongSource.Uniform(random, interval.minSeconds(), interval.maxSeconds()));
            }
            case Generator.Histogram histogram -> described(column, histogram, random, 0);
            case Generator.PopularReferences references -> described(column, references, random, 0);
            case Generator.Nullable nested -> throw new IllegalArgumentException("nulls within nulls: " + nested);
            case Generator.Unique nested -> throw new IllegalArgumentException("unique within unique: " + nested);
        };
    }

    /** 10.0.0.0. */
    private static final long PRIVATE_NETWORK = 10L << 24;

    private ColumnGenerator uuid(ServerColumn column, RowRandom random) throws InvalidScenarioException {
        if (column.type().equals("uuid")) {
            return new ColumnGenerator.RandomUuid(random);
        }
        requireText(column, "uuid", 36);
        return new ColumnGenerator.UuidText(random);
    }

    /** Generators that follow a server's statistics say themselves which rows are null: so there are as many as shall be, and of the rest too. */
    private ColumnGenerator described(ServerColumn column, Generator generator, RowRandom random, double nulls)
            throws InvalidScenarioException {
        HistogramCompiler compiler = new HistogramCompiler(column, random, tables.rows(column.table()), nulls);
        try {
            if (generator instanceof Generator.Histogram histogram) {
                return compiler.compile(histogram);
            }
            Generator.PopularReferences references = (Generator.PopularReferences) generator;
            long keys = referredTo(column, references.table());
            requireCountable(column, Math.max(1, keys));
            LongSource picked = keys == 0 ? new LongSource.Sequence(0, 0) : compiler.keys(references, 0, keys);
            return compiler.ofRows(
                    keyed(column, new Generator.References(references.table(), references.column(), 0, 0), picked));
        } catch (HistogramCompiler.Unfit unfit) {
            throw wrong(column, unfit.getMessage());
        }
    }

    /** Rows that the column can refer to; 0 only where no row has to. */
    private long referredTo(ServerColumn column, String table) throws InvalidScenarioException {
        long keys = tables.rows(table);
        if (keys == 0 && tables.rows(column.table()) > 0) {
            throw wrong(column, "references " + table + ", which has no rows; give it some");
        }
        return keys;
    }

    private ColumnGenerator whole(ServerColumn column, LongSource source) throws InvalidScenarioException {
        return switch (column.type()) {
            case "int2" -> integer(column, source, Short.BYTES, Short.MIN_VALUE, Short.MAX_VALUE);
            case "int4" -> integer(column, source, Integer.BYTES, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case "oid" -> integer(column, source, Integer.BYTES, 0, 0xffffffffL);
            case "int8", "money" -> integer(column, source, Long.BYTES, Long.MIN_VALUE, Long.MAX_VALUE);
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

    private ColumnGenerator decimal(ServerColumn column, LongSource unscaled, int scale)
            throws InvalidScenarioException {
        DoubleSource real = new DoubleSource.OfLong(unscaled, Math.pow(10, scale));
        return switch (column.type()) {
            case "numeric" -> numeric(column, unscaled, scale);
            case "float8" -> new ColumnGenerator.DoublePrecision(real);
            case "float4" -> new ColumnGenerator.Real(real);
            case "money" ->
                new ColumnGenerator.Whole(
                        new LongSource.Rounded(real, 100, Long.MIN_VALUE, Long.MAX_VALUE), Long.BYTES);
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

    private byte[][] fields(ServerColumn column, Generator.Choice choice) throws InvalidScenarioException {
        byte[][] fields = new byte[choice.values().size()][];
        for (int i = 0; i < fields.length; i++) {
            String value = choice.values().get(i);
            fields[i] = literals.bytes(value, column)
                    .orElseThrow(() -> wrong(column, "cannot be '" + value + "': the column is " + described(column)));
        }
        return fields;
    }

    private ColumnGenerator weighted(ServerColumn column, Generator.Choice choice, RowRandom random)
            throws InvalidScenarioException {
        byte[][] fields = fields(column, choice);
        double[] weights = new double[fields.length];
        for (int i = 0; i < fields.length; i++) {
            weights[i] = choice.weights().get(i);
        }
        return new ColumnGenerator.Weighted(random.derived(0), fields, weights);
    }

    private byte[][] words(ServerColumn column, Generator.Faker faker) throws InvalidScenarioException {
        return dictionaries
                .words(faker.provider(), column.maxLength())
                .orElseThrow(() -> wrong(
                        column,
                        "faker " + faker.provider()
                                + " is not known; write a provider of datafaker and what it makes, e.g. address.city"));
    }

    /** Which row of the referenced table a row refers to. */
    private LongSource picked(ColumnPlan plan, Generator.References references) throws InvalidScenarioException {
        ServerColumn column = plan.column();
        long rows = tables.rows(column.table());
        long keys = referredTo(column, references.table());
        RowRandom random = new RowRandom(seed, column.table(), plan.stream());
        if (keys == 0) {
            return new LongSource.Sequence(0, 0);
        }
        if (plan.earlier()) {
            return new LongSource.Earlier(random, keys);
        }
        if (references.zipf() > 0) {
            requireCountable(column, keys);
            LongSource.Zipf ranks = new LongSource.Zipf(random, 0, keys - 1, references.zipf());
            return new LongSource.PopularKeys(ranks, new KeyScatter(keys), 0);
        }
        if (references.correlation() > 0) {
            return new LongSource.Rising(random, 0, keys - 1, rows, references.correlation(), true);
        }
        return new LongSource.Uniform(random, 0, keys - 1);
    }

    /** What the referenced column has in the row that was picked, written as the referring column's type. */
    private ColumnGenerator keyed(ServerColumn column, Generator.References references, LongSource picked)
            throws InvalidScenarioException {
        Optional<byte[][]> fields = tables.fields(references.table(), references.column());
        if (fields.isPresent()) {
            return new ColumnGenerator.Ready(picked, fields.get());
        }
        ColumnPlan target = tables.column(references.table(), references.column())
                .orElseThrow(() -> wrong(
                        column,
                        "references " + references.table() + "." + references.column()
                                + ", which is not a column that this dataset fills"));
        Generator generator =
                target.generator() instanceof Generator.Nullable nullable ? nullable.inner() : target.generator();
        if (generator instanceof Generator.Sequence sequence
                && target.placement().isEmpty()) {
            // The common case: a sum, and no generator within a generator.
            return whole(column, new LongSource.Steps(picked, sequence.start(), 1));
        }
        return new ColumnGenerator.Keyed(
                picked, compile(target.withTypeOf(column).madeBy(generator)));
    }

    private ColumnGenerator moment(ServerColumn column, LongSource micros) throws InvalidScenarioException {
        return switch (column.type()) {
            case "timestamptz", "timestamp" -> new ColumnGenerator.Whole(micros, Long.BYTES);
            case "date" ->
                new ColumnGenerator.Whole(new LongSource.Divided(micros, Literals.MICROS_PER_DAY), Integer.BYTES);
            case "time" -> new ColumnGenerator.Whole(new LongSource.TimeOfDay(micros), Long.BYTES);
            default -> throw unwritable(column, "timestamp");
        };
    }

    private ColumnGenerator array(ServerColumn column, Generator.Array array, RowRandom random)
            throws InvalidScenarioException {
        requireType(column, "array", column.isArray());
        ServerColumn element = column.details().element().orElseThrow();
        return new ColumnGenerator.Array(
                compile(ColumnPlan.of(element, array.element())),
                column.details().elementOid(),
                random.derived(LENGTHS),
                array.minLength(),
                array.maxLength());
    }

    private ColumnGenerator json(ServerColumn column, Generator.Json json) throws InvalidScenarioException {
        requireType(
                column,
                "json",
                column.type().equals("json")
                        || column.type().equals("jsonb")
                        || column.type().equals("text"));
        Map<String, ColumnGenerator> fields = new LinkedHashMap<>();
        for (Map.Entry<String, Generator> field : json.fields().entrySet()) {
            Generator generator = field.getValue();
            Generator inner = generator instanceof Generator.Nullable nullable ? nullable.inner() : generator;
            String type = JsonFields.type(inner);
            ServerColumn part =
                    new ServerColumn(column.table(), column.name() + "." + field.getKey(), type, -1, 'b', false, false);
            fields.put(field.getKey(), compile(ColumnPlan.of(part, generator)));
        }
        return new ColumnGenerator.JsonObject(
                new JsonFields(fields, json, column.type().equals("jsonb")));
    }

    private void requireCountable(ServerColumn column, long values) throws InvalidScenarioException {
        if (values < 1 || values > Integer.MAX_VALUE) {
            throw wrong(column, "zipf over " + values + " values; at most " + Integer.MAX_VALUE + " are possible");
        }
    }

    private static boolean isAddress(ServerColumn column) {
        return column.type().equals("inet") || column.type().equals("cidr");
    }

    private static boolean isBits(ServerColumn column) {
        return column.type().equals("bit") || column.type().equals("varbit");
    }

    private static int bitsOf(ServerColumn column, Generator.Bytes bytes) {
        int most = column.bits(column.type().equals("bit") ? 1 : 64);
        return column.type().equals("bit") ? most : Math.min(most, 8 * Math.max(1, bytes.maxLength()));
    }

    private void requireBytes(ServerColumn column, Generator.Bytes bytes) throws InvalidScenarioException {
        boolean address = (column.type().equals("macaddr") && bytes.minLength() == 6 && bytes.maxLength() == 6)
                || (column.type().equals("macaddr8") && bytes.minLength() == 8 && bytes.maxLength() == 8);
        requireType(column, "bytes", address || column.type().equals("bytea"));
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
