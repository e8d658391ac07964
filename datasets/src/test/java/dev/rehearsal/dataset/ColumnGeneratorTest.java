package dev.rehearsal.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.Generator;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ColumnGeneratorTest {
    private static final int ROWS = 2_000;

    static Stream<Arguments> everyGenerator() {
        Instant from = Instant.parse("2023-01-01T00:00:00Z");
        Instant to = Instant.parse("2026-01-01T00:00:00Z");
        return Stream.of(
                Arguments.of("int8", new Generator.Sequence(1)),
                Arguments.of("int4", new Generator.UniformLong(-5, 5)),
                Arguments.of(
                        "numeric", new Generator.UniformDecimal(new BigDecimal("-1.00"), new BigDecimal("9.99"), 2)),
                Arguments.of("int8", new Generator.Zipf(1, 1_000, 1.1)),
                Arguments.of("float8", new Generator.Normal(10, 2)),
                Arguments.of("numeric", new Generator.LogNormal(1, 0.5)),
                Arguments.of("text", new Generator.Choice(List.of("a", "b"), List.of(1.0, 2.0))),
                Arguments.of("timestamptz", new Generator.Timestamp(from, to, 0)),
                Arguments.of("timestamp", new Generator.Timestamp(from, to, 0.9)),
                Arguments.of("date", new Generator.Timestamp(from, to, 1)),
                Arguments.of("text", new Generator.Text(0, 70)),
                Arguments.of("varchar", new Generator.Pattern("##-?{row}{row}")),
                Arguments.of("uuid", new Generator.Uuid()),
                Arguments.of("bool", new Generator.Bool(0.3)),
                Arguments.of("text", new Generator.Nullable(new Generator.Text(1, 9), 0.5)));
    }

    @ParameterizedTest
    @MethodSource("everyGenerator")
    void anyRowAloneEqualsTheSameRowAmongOthers(String type, Generator generator) throws Exception {
        DatasetSpec spec = Definitions.column(ROWS, generator);
        ColumnGenerator forwards = Definitions.generator(spec, 42, Definitions.ofType(type));
        List<byte[]> whole = IntStream.range(0, ROWS)
                .mapToObj(row -> Fields.written(forwards, row))
                .toList();

        ColumnGenerator backwards = Definitions.generator(spec, 42, Definitions.ofType(type));
        for (int row = ROWS - 1; row >= 0; row -= 7) {
            assertThat(Fields.written(backwards, row)).as("row %d", row).isEqualTo(whole.get(row));
        }
    }

    @ParameterizedTest
    @MethodSource("everyGenerator")
    void anotherSeedGivesOtherRows(String type, Generator generator) throws Exception {
        DatasetSpec spec = Definitions.column(ROWS, generator);
        ColumnGenerator one = Definitions.generator(spec, 42, Definitions.ofType(type));
        ColumnGenerator other = Definitions.generator(spec, 43, Definitions.ofType(type));

        boolean same = LongStream.range(0, ROWS)
                .allMatch(row -> java.util.Arrays.equals(Fields.written(one, row), Fields.written(other, row)));

        // A date that rises with the row is the same to the day, nearly everywhere; a sequence is the same by its
        // nature.
        assertThat(same).isEqualTo(generator instanceof Generator.Sequence);
    }

    @Test
    void columnsOfOneTableAreIndependent() {
        RowRandom one = new RowRandom(42, "t", "a");
        RowRandom other = new RowRandom(42, "t", "b");
        Set<Long> seen = new HashSet<>();

        for (int row = 0; row < ROWS; row++) {
            seen.add(one.bits(row));
            seen.add(other.bits(row));
        }

        assertThat(seen).hasSize(2 * ROWS);
    }

    @Test
    void sequencesCountFromTheirStart() throws Exception {
        ColumnGenerator generator = Definitions.generator(
                Definitions.column(ROWS, new Generator.Sequence(100)), 42, Definitions.ofType("int8"));

        assertThat(LongStream.of(0, 1, 1_999).map(row -> Fields.int8(generator, row)))
                .containsExactly(100L, 101L, 2_099L);
    }

    @Test
    void patternsCountRowsFromOne() throws Exception {
        ColumnGenerator generator = Definitions.generator(
                Definitions.column(ROWS, new Generator.Pattern("user{row}@example.com")),
                42,
                Definitions.ofType("text"));

        assertThat(Fields.text(generator, 0)).isEqualTo("user1@example.com");
        assertThat(Fields.text(generator, 1_999)).isEqualTo("user2000@example.com");
    }

    @Test
    void patternsReplaceDigitsAndLettersOnly() throws Exception {
        ColumnGenerator generator = Definitions.generator(
                Definitions.column(ROWS, new Generator.Pattern("é-##-??-{row}")), 42, Definitions.ofType("text"));

        for (int row = 0; row < ROWS; row++) {
            assertThat(Fields.text(generator, row)).matches("é-[0-9]{2}-[a-z]{2}-" + (row + 1));
        }
    }

    @Test
    void textsHaveEveryLengthAskedForAndNoOther() throws Exception {
        ColumnGenerator generator = Definitions.generator(
                Definitions.column(ROWS, new Generator.Text(3, 25)), 42, Definitions.ofType("text"));
        Set<Integer> lengths = new HashSet<>();

        for (int row = 0; row < ROWS; row++) {
            String text = Fields.text(generator, row);
            assertThat(text).matches("[a-z]+");
            lengths.add(text.length());
        }

        assertThat(lengths)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(3, 25).boxed().toList());
    }

    @Test
    void uuidsAreOfVersionFour() throws Exception {
        ColumnGenerator generator =
                Definitions.generator(Definitions.column(ROWS, new Generator.Uuid()), 42, Definitions.ofType("uuid"));
        Map<UUID, Integer> rows = new HashMap<>();

        for (int row = 0; row < ROWS; row++) {
            java.nio.ByteBuffer field = java.nio.ByteBuffer.wrap(Fields.written(generator, row));
            assertThat(field.getInt()).isEqualTo(16);
            UUID uuid = new UUID(field.getLong(), field.getLong());
            assertThat(List.of(uuid.version(), uuid.variant())).containsExactly(4, 2);
            rows.put(uuid, row);
        }

        assertThat(rows).hasSize(ROWS);
    }

    @Test
    void momentsWithFullCorrelationOnlyRise() throws Exception {
        Instant from = Instant.parse("2023-01-01T00:00:00Z");
        Instant to = Instant.parse("2026-01-01T00:00:00Z");
        ColumnGenerator generator = Definitions.generator(
                Definitions.column(ROWS, new Generator.Timestamp(from, to, 1)), 42, Definitions.ofType("timestamptz"));

        long[] micros = LongStream.range(0, ROWS)
                .map(row -> Fields.int8(generator, row))
                .toArray();

        assertThat(micros).isSorted();
        assertThat(micros[0]).isGreaterThanOrEqualTo(Literals.micros(from));
        assertThat(micros[ROWS - 1]).isLessThanOrEqualTo(Literals.micros(to));
    }

    @Test
    void datesAreDaysSinceTheServersEpoch() throws Exception {
        Instant from = Instant.parse("2000-01-03T00:00:00Z");
        ColumnGenerator generator = Definitions.generator(
                Definitions.column(ROWS, new Generator.Timestamp(from, from.plusSeconds(3_600), 0)),
                42,
                Definitions.ofType("date"));

        assertThat(Fields.int4(generator, 7)).isEqualTo(2);
    }

    @Test
    void fewerRisingReferencesThanKeysAreUnique() throws Exception {
        ColumnGenerator generator =
                Definitions.generator(Definitions.reference(1_000, 900, 0, 1), 42, Definitions.ofType("int8"));

        long[] keys =
                LongStream.range(0, 900).map(row -> Fields.int8(generator, row)).toArray();

        assertThat(keys).isSorted();
        assertThat(LongStream.of(keys).boxed().toList()).doesNotHaveDuplicates();
        assertThat(keys[0]).isPositive();
        assertThat(keys[899]).isLessThanOrEqualTo(1_000);
    }
}
