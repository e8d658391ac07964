package dev.rehearsal.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.compare.Comparison.Difference;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final int PAIRS = 6;
    private static final int MANY_PAIRS = 100;

    /** Everything that is called in a comparison of two. */
    private static List<Difference> called(Comparison comparison) {
        return Stream.concat(
                        comparison.operations().stream()
                                .flatMap(operation -> operation.values().get(1).stream())
                                .flatMap(felt -> Stream.of(
                                        felt.p50().difference(), felt.p99().difference(), felt.failures())),
                        comparison.events().stream()
                                .flatMap(event -> event.values().get(1).stream())
                                .map(Comparison.Measured::difference))
                .filter(difference -> difference == Difference.WORSE || difference == Difference.BETTER)
                .toList();
    }

    @Test
    void callsNoDifferenceBetweenRunsOfTheSame() {
        for (int pair = 0; pair < PAIRS; pair++) {
            Comparison comparison = pair(pair, 1, 1);

            assertThat(called(comparison)).as("pair %d", pair).isEmpty();
            assertThat(comparison.winner()).isEmpty();
            assertThat(comparison.sentences().getFirst())
                    .isEqualTo("No difference between these runs that chance does not explain.");
        }
    }

    @Test
    void takesASlowerMachineForWhatItIs() {
        assertThat(pairsWithADifference(PAIRS, 2, 1)).isZero();
    }

    @Test
    void findsAMigrationThatIsTwiceAsSlow() {
        assertThat(pairsWithADifference(PAIRS, 1, 2)).isEqualTo(PAIRS);
    }

    @Test
    void isSeldomWrongInMany() {
        assertThat(pairsWithADifference(MANY_PAIRS, 1, 1)).isLessThanOrEqualTo(3);
        assertThat(pairsWithADifference(MANY_PAIRS, 2, 1)).isLessThanOrEqualTo(3);
        assertThat(pairsWithADifference(MANY_PAIRS, 1, 2)).isGreaterThanOrEqualTo(MANY_PAIRS * 95 / 100);
    }

    private static Comparison pair(int number, double machine, double migration) {
        return ComparedRun.comparison(
                ComparedRun.PLAIN.seeded(2L * number),
                ComparedRun.PLAIN.seeded(2L * number + 1).onAMachine(machine).migrating(migration, 3));
    }

    private static long pairsWithADifference(int pairs, double machine, double migration) {
        return IntStream.range(0, pairs)
                .filter(number -> !called(pair(number, machine, migration)).isEmpty())
                .count();
    }

    @Test
    void tellsTheStoryInItsFirstSentence() {
        Comparison comparison = ComparedRun.comparison(
                ComparedRun.PLAIN.named("direct").migrating(40, 5700),
                ComparedRun.PLAIN.seeded(2).named("phased"));

        assertThat(comparison.sentences().getFirst())
                .matches(
                        "phased is the better one: response p99 of read-order during the migration was \\d+ ms in phased instead of"
                                + " \\d+ ms in direct, \\d+ times shorter \\([\\d.]+ to [\\d.,]+\\), and AccessExclusive was held on orders for"
                                + " 3\\.0 ms ± 0\\.5 ms instead of 5\\.70 s ± 0\\.5 ms\\.");
        assertThat(comparison.sentences().get(1)).isEqualTo("direct failed, phased passed.");
        assertThat(comparison.winner()).hasValue(1);
        assertThat(comparison.objectives())
                .containsExactly(new Comparison.Objective(
                        "AccessExclusive held",
                        List.of(
                                Optional.of(new Comparison.Judged("failed", "5.70 s", "100 ms")),
                                Optional.of(new Comparison.Judged("passed", "3.0 ms", "100 ms")))));
    }

    @Test
    void saysTheSameWhicheverComesFirst() {
        Comparison comparison = ComparedRun.comparison(
                ComparedRun.PLAIN.seeded(2).named("phased"),
                ComparedRun.PLAIN.named("direct").migrating(40, 5700));

        assertThat(comparison.winner()).hasValue(0);
        assertThat(comparison.sentences().getFirst())
                .startsWith("phased is the better one: response p99")
                .contains(" times longer (");
    }

    @Test
    void callsNoWinnerWhereTheDataOrTheTrafficDiffer() {
        Comparison comparison = ComparedRun.comparison(
                ComparedRun.PLAIN.named("direct").migrating(40, 5700),
                ComparedRun.PLAIN
                        .seeded(2)
                        .named("phased")
                        .over("00000000000000aa")
                        .atRate(51));

        assertThat(comparison.comparable()).isFalse();
        assertThat(comparison.winner()).isEmpty();
        assertThat(comparison.sentences().getFirst())
                .isEqualTo(
                        "No winner is called, because these runs were not made under the same conditions: dataset shop, 5b1f0c86a5b2"
                                + " and shop, 000000000000; arrival rate of checkout 50/s and 51/s; operations of checkout read-order 50/s and"
                                + " read-order 51/s.");
        assertThat(comparison.changes()).extracting(Change::what).contains("dataset", "arrival rate of checkout");
        assertThat(comparison.operations()).isNotEmpty();
    }

    @Test
    void namesRunsOfOneScenarioByTheirTime() {
        assertThat(ComparedRun.comparison(ComparedRun.PLAIN, ComparedRun.PLAIN.seeded(2))
                        .sides())
                .extracting(Side::label)
                .containsExactly("plain of 2026-11-22T10:16:02Z", "plain of 2026-11-22T10:17:02Z");
        assertThat(ComparedRun.comparison(ComparedRun.PLAIN, ComparedRun.PLAIN).sides())
                .extracting(Side::label)
                .containsExactly("plain of 2026-11-22T10:16:02Z (1)", "plain of 2026-11-22T10:16:02Z (2)");
    }

    @Test
    void comparesMoreThanTwoWithTheFirst() {
        Comparison comparison = ComparedRun.comparison(
                ComparedRun.PLAIN.named("direct").migrating(40, 5700),
                ComparedRun.PLAIN.seeded(2).named("phased"),
                ComparedRun.PLAIN.seeded(3).named("batched").migrating(40, 5700));

        assertThat(comparison.events().getFirst().values())
                .extracting(value -> value.orElseThrow().difference())
                .containsExactly(Difference.REFERENCE, Difference.BETTER, Difference.NONE);
        assertThat(comparison.winner()).hasValue(1);
    }

    @Test
    void refusesOneRunAlone() {
        assertThatThrownBy(() -> ComparedRun.comparison(ComparedRun.PLAIN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a comparison needs two runs, got 1");
    }
}
