package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchSearchTest {
    private final List<Integer> tried = new ArrayList<>();

    @ParameterizedTest(name = "a batch of {0} is too much, of {1}")
    @CsvSource(
            nullValues = "none",
            value = {
                "60000,   1000000, '5000 20000 80000 40000 57000', 57000, 80000",
                "9000000, 70000,   '5000 20000 70000',             70000, none",
                "2000,    1000000, '5000 1250 2500 1800',          1800,  2500",
                "90,      1000000, '5000 1250 312 100',            none,  100",
                "9000000, 1200,    '1200',                         1200,  none",
                "5150,    5200,    '5000 5200 5100',               5100,  5200",
            })
    void goesUpOrDownAndThenBetween(int limit, int most, String sizes, Integer largest, Integer tooMuch)
            throws Exception {
        BatchSearch search = new BatchSearch(rows -> {
            tried.add(rows);
            return rows < limit ? Verdict.Status.PASSED : Verdict.Status.FAILED;
        });

        search.run(5000, most);

        assertThat(String.join(" ", tried.stream().map(String::valueOf).toList()))
                .isEqualTo(sizes);
        assertThat(search.largest()).isEqualTo(optional(largest));
        assertThat(search.limit().map(BatchSearch.Tried::rows)).isEqualTo(Optional.ofNullable(tooMuch));
    }

    @Test
    void whatCouldNotBeJudgedDoesNotHoldAndNothingAboveItIsTrusted() throws Exception {
        Map<Integer, Verdict.Status> statuses = Map.of(
                5000, Verdict.Status.PASSED,
                20000, Verdict.Status.INCONCLUSIVE,
                10000, Verdict.Status.FAILED,
                7100, Verdict.Status.PASSED);
        BatchSearch search = new BatchSearch(rows -> {
            tried.add(rows);
            return statuses.get(rows);
        });

        search.run(5000, 1_000_000);

        assertThat(tried).containsExactly(5000, 20000, 10000, 7100);
        assertThat(search.largest()).hasValue(7100);
        assertThat(search.limit()).contains(new BatchSearch.Tried(10000, Verdict.Status.FAILED));
    }

    private static OptionalInt optional(Integer value) {
        return value == null ? OptionalInt.empty() : OptionalInt.of(value);
    }
}
