package dev.rehearsal.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rehearsal.scenario.DatasetDefinition.TableDefinition;
import dev.rehearsal.scenario.Generator;
import dev.rehearsal.scenario.Generator.Common;
import dev.rehearsal.scenario.Generator.Distinct;
import dev.rehearsal.scenario.Generator.Histogram;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HistogramCompilerTest {
    private static final int ROWS = 20_000;

    @Test
    void commonValuesAreAsFrequentAsTheyShallBe() throws Exception {
        Map<Long, Long> counts = counts(whole(histogram(
                List.of("1", "100"),
                new Distinct.Count(42),
                List.of(new Common("7", 0.25), new Common("50", 0.1)),
                0)));

        assertThat(counts).hasSize(42);
        assertThat(counts.get(7L)).isEqualTo(5_000);
        assertThat(counts.get(50L)).isEqualTo(2_000);
        assertThat(counts.keySet()).allMatch(value -> value >= 1 && value <= 100);
        counts.keySet().removeAll(Set.of(7L, 50L));
        assertThat(counts.values()).allMatch(count -> Math.abs(count - 13_000 / 40) <= 80);
    }

    @Test
    void theRestIsSpreadAsTheHistogramSays() throws Exception {
        long[] values = whole(histogram(List.of("0", "10", "1000"), new Distinct.Count(500), List.of(), 0));

        // Ten whole numbers lie below 10: each of them is much more frequent than those above.
        assertThat(LongStream.of(values).filter(value -> value < 10).count()).isEqualTo(ROWS / 2);
        assertThat(LongStream.of(values).distinct().count()).isEqualTo(500);
        assertThat(LongStream.of(values).min()).hasValue(0);
        assertThat(LongStream.of(values).max()).hasValue(1000);
    }

    @Test
    void uniqueNumbersGrowBeyondTheLastBoundWhereThereAreTooFew() throws Exception {
        long[] values = whole(histogram(List.of("0", "10", "1000"), new Distinct.Share(1), List.of(), 0));

        assertThat(LongStream.of(values).distinct().count()).isEqualTo(ROWS);
        assertThat(LongStream.of(values).max()).hasValue(ROWS - 1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.05, 0.3, 0.5, 0.77, 0.9, 0.99, 0.9999, 1, -0.3, -0.9, -1})
    void valuesLieInTheRowsOrderAsFarAsTheyShall(double correlation) throws Exception {
        long[] values = whole(histogram(List.of("0", "500", "100000"), new Distinct.Share(1), List.of(), correlation));

        assertThat(correlation(values)).isCloseTo(correlation, within(0.03));
        assertThat(new HashSet<>(LongStream.of(values).boxed().toList())).hasSize(ROWS);
    }

    @ParameterizedTest
    @CsvSource({"0.5, 0.6", "0.5, 0.95", "0.2, 0.5", "0.9, 0.99", "0.3, -0.2"})
    void equalValuesCountAsTheServerCountsThem(double share, double correlation) throws Exception {
        long[] values = whole(histogram(
                List.of("0", "100000"),
                new Distinct.Count(5_000),
                List.of(new Common("5", share / 2), new Common("70000", share / 2)),
                correlation));
        double ties = share * share / 2;

        assertThat(correlation(values)).isCloseTo(Math.max(correlation, -1 + ties), within(0.05));
    }

    @Test
    void nullsAreExactlyAsManyAndHaveNoPattern() throws Exception {
        Generator generator =
                new Generator.Nullable(histogram(List.of("0", "1000000"), new Distinct.Share(0.5), List.of(), 1), 0.3);
        ColumnGenerator column = generator(generator, "int8");
        List<Integer> nulls = IntStream.range(0, ROWS)
                .filter(row -> Fields.isNull(column, row))
                .boxed()
                .toList();
        Set<Long> values = new HashSet<>();
        IntStream.range(0, ROWS)
                .filter(row -> !Fields.isNull(column, row))
                .forEach(row -> values.add(Fields.int8(column, row)));

        assertThat(nulls).hasSize(6_000);
        assertThat(values).hasSize(7_000);
        Map<Integer, Integer> gaps = new HashMap<>();
        for (int i = 1; i < nulls.size(); i++) {
            gaps.merge(nulls.get(i) - nulls.get(i - 1), 1, Integer::sum);
        }
        assertThat(gaps).as("as if each had been drawn").hasSizeGreaterThan(8);
        assertThat(gaps.get(1) / 6_000.0).isCloseTo(0.3, within(0.05));
    }

    @Test
    void uniqueTextsDifferAndHaveTheFormOfTheBounds() throws Exception {
        List<String> texts = texts(
                histogram(List.of("AB-1000", "AB-9999", "CX-1", "QQ-77"), new Distinct.Share(1), List.of(), 0), "text");

        assertThat(new HashSet<>(texts)).hasSize(ROWS);
        assertThat(texts).allMatch(text -> text.matches("(AB-[0-9]{4}|C[A-Z]-[0-9])[a-z]*"));
    }

    @Test
    void textsAreAsWideAsTheyShallBe() throws Exception {
        Histogram histogram = new Histogram(
                List.of("abcdefgh", "ijklmnop", "qrstuvwx"),
                new Distinct.Share(1),
                List.of(new Common("common", 0.5)),
                0,
                OptionalDouble.of(23.5));

        List<String> texts = texts(histogram, "text");

        assertThat(texts.stream().mapToInt(String::length).average().orElseThrow())
                .isCloseTo(23.5, within(0.1));
        assertThat(texts.stream().filter("common"::equals)).hasSize(ROWS / 2);
    }

    @Test
    void textsWithoutBoundsAreLettersOfTheWidth() throws Exception {
        Histogram histogram = new Histogram(List.of(), new Distinct.Count(500), List.of(), 0.8, OptionalDouble.of(40));

        List<String> texts = texts(histogram, "text");

        assertThat(new HashSet<>(texts)).hasSize(500);
        assertThat(texts).allMatch(text -> text.matches("[a-z]{40}"));
        List<String> ordered = texts.stream().sorted().distinct().toList();
        assertThat(correlation(texts.stream().mapToLong(ordered::indexOf).toArray()))
                .isCloseTo(0.8, within(0.03));
    }

    @Test
    void everyTypeIsWritten() throws Exception {
        assertThat(texts(histogram(List.of(), new Distinct.Count(1), List.of(new Common("new", 1)), 0), "varchar"))
                .containsOnly("new");
        ColumnGenerator numbers = generator(
                histogram(List.of("1.5", "9.25"), new Distinct.Count(100), List.of(new Common("2.25", 0.5)), 0),
                "numeric");
        assertThat(IntStream.range(0, ROWS)
                        .mapToObj(row -> Fields.numeric(numbers, row).toPlainString())
                        .filter("2.25"::equals)
                        .count())
                .isEqualTo(ROWS / 2);
        ColumnGenerator real = generator(histogram(List.of("0", "1"), new Distinct.Share(1), List.of(), 0), "float8");
        assertThat(IntStream.range(0, ROWS)
                        .mapToDouble(row -> Fields.float8(real, row))
                        .average())
                .hasValueCloseTo(0.5, within(0.01));
        ColumnGenerator truth = generator(
                histogram(
                        List.of(),
                        new Distinct.Count(2),
                        List.of(new Common("true", 0.75), new Common("false", 0.25)),
                        0),
                "bool");
        assertThat(IntStream.range(0, ROWS)
                        .filter(row -> Fields.bool(truth, row))
                        .count())
                .isEqualTo(ROWS * 3 / 4);
        ColumnGenerator days =
                generator(histogram(List.of("2020-01-01", "2020-01-11"), new Distinct.Count(11), List.of(), 0), "date");
        assertThat(IntStream.range(0, ROWS)
                        .map(row -> Fields.int4(days, row))
                        .distinct()
                        .sorted())
                .containsExactly(IntStream.rangeClosed(7305, 7315).boxed().toArray(Integer[]::new));
        ColumnGenerator ids = generator(histogram(List.of(), new Distinct.Share(1), List.of(), 0), "uuid");
        assertThat(IntStream.range(0, ROWS)
                        .mapToObj(row -> java.util.Arrays.toString(Fields.written(ids, row)))
                        .distinct()
                        .count())
                .isEqualTo(ROWS);
        Histogram document = new Histogram(List.of(), new Distinct.Share(1), List.of(), 0, OptionalDouble.of(60));
        assertThat(Fields.text(generator(document, "json"), 0)).matches("\\{\"v\": \"[a-z]{51}\"}");
    }

    @Test
    void popularKeysAreAsPopularAsTheyShallBe() throws Exception {
        Map<String, TableDefinition> tables = new LinkedHashMap<>();
        tables.put("keys", new TableDefinition("keys", 1_000, Map.of("id", new Generator.Sequence(1))));
        Generator generator =
                new Generator.PopularReferences("keys", "id", List.of(0.2, 0.1), new Distinct.Count(300), 0);
        tables.put("t", new TableDefinition("t", ROWS, Map.of("c", generator)));
        ColumnGenerator column = Definitions.generator(
                Definitions.spec("create table keys (id bigint); create table t (c bigint);", tables),
                Definitions.SEED,
                Definitions.ofType("int8"));

        Map<Long, Long> counts = counts(
                LongStream.range(0, ROWS).map(row -> Fields.int8(column, row)).toArray());

        assertThat(counts).hasSizeBetween(299, 300);
        assertThat(counts.keySet()).allMatch(key -> key >= 1 && key <= 1_000);
        List<Long> frequent = counts.values().stream()
                .sorted(Comparator.reverseOrder())
                .limit(2)
                .toList();
        assertThat(frequent.get(0)).isBetween(4_000L, 4_100L);
        assertThat(frequent.get(1)).isBetween(2_000L, 2_100L);
    }

    @Test
    void theSameRowIsTheSameWhereverItIsMade() throws Exception {
        Histogram histogram = histogram(
                List.of("Anna", "Berta", "Zoe"), new Distinct.Share(0.5), List.of(new Common("Max", 0.1)), 0.4);
        LongFunction<String> one = row -> {
            try {
                return Fields.text(generator(histogram, "text"), row);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        };

        List<String> all = texts(histogram, "text");

        assertThat(LongStream.of(0, 7, 19_999, 5_000).mapToObj(one))
                .containsExactly(all.get(0), all.get(7), all.get(19_999), all.get(5_000));
    }

    @Test
    void saysWhatCannotBe() {
        assertThatThrownBy(() -> generator(histogram(List.of("1", "x"), new Distinct.Share(1), List.of(), 0), "int4"))
                .hasMessageContaining("t.c cannot be 'x': the column is integer");
        assertThatThrownBy(() -> generator(histogram(List.of("5", "1"), new Distinct.Share(1), List.of(), 0), "int4"))
                .hasMessageContaining("t.c has bounds in no order: 1 stands behind 5");
        assertThatThrownBy(() -> generator(
                        histogram(List.of(), new Distinct.Count(1), List.of(new Common("1", 0.5)), 0), "int4"))
                .hasMessageContaining("t.c has common values for 50% of its rows and no bounds for the others");
        assertThatThrownBy(() -> generator(
                        histogram(List.of("1", "32767"), new Distinct.Share(1), List.of(), 0), "int2", 40_000))
                .hasMessageContaining("t.c has more different values than its type");
    }

    private static Histogram histogram(
            List<String> bounds, Distinct distinct, List<Common> common, double correlation) {
        return new Histogram(bounds, distinct, common, correlation, OptionalDouble.empty());
    }

    private static ColumnGenerator generator(Generator generator, String type) throws Exception {
        return generator(generator, type, ROWS);
    }

    private static ColumnGenerator generator(Generator generator, String type, long rows) throws Exception {
        return Definitions.generator(Definitions.column(rows, generator), Definitions.SEED, Definitions.ofType(type));
    }

    private static long[] whole(Generator generator) throws Exception {
        ColumnGenerator column = generator(generator, "int8");
        return LongStream.range(0, ROWS).map(row -> Fields.int8(column, row)).toArray();
    }

    private static List<String> texts(Generator generator, String type) throws Exception {
        ColumnGenerator column = generator(generator, type);
        List<String> texts = new ArrayList<>();
        for (int row = 0; row < ROWS; row++) {
            texts.add(Fields.text(column, row));
        }
        return texts;
    }

    private static Map<Long, Long> counts(long[] values) {
        Map<Long, Long> counts = new HashMap<>();
        for (long value : values) {
            counts.merge(value, 1L, Long::sum);
        }
        return counts;
    }

    /** As ANALYZE computes it: of the places in sorted order, equal values in the order of their rows, with the rows. */
    private static double correlation(long[] values) {
        Integer[] rows = IntStream.range(0, values.length).boxed().toArray(Integer[]::new);
        java.util.Arrays.sort(
                rows, Comparator.<Integer>comparingLong(row -> values[row]).thenComparing(row -> row));
        double mean = (values.length - 1) / 2.0;
        double together = 0;
        double alone = 0;
        for (int place = 0; place < rows.length; place++) {
            together += (place - mean) * (rows[place] - mean);
            alone += (place - mean) * (place - mean);
        }
        return together / alone;
    }
}
