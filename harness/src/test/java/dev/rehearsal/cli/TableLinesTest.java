package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableLinesTest {
    private final List<String> lines = new ArrayList<>();
    private long now;

    @Test
    void hundredsOfSmallTablesAreALineASecondAndALargeOneIsAlwaysTold() {
        TableLines progress = new TableLines(lines::add, false, () -> now);

        progress.phase("making a server");
        for (int table = 0; table < 100; table++) {
            now += 50_000_000;
            progress.rows("t" + table, 10_000, 10_000, 200_000);
        }
        progress.rows("orders", 500_000, 1_000_000, 400_000);
        progress.rows("orders", 1_000_000, 1_000_000, 400_000);

        assertThat(lines)
                .containsExactly(
                        "  making a server",
                        "  t19 10,000 of 10,000 rows, 200,000/s",
                        "  t39 10,000 of 10,000 rows, 200,000/s",
                        "  t59 10,000 of 10,000 rows, 200,000/s",
                        "  t79 10,000 of 10,000 rows, 200,000/s",
                        "  t99 10,000 of 10,000 rows, 200,000/s",
                        "  orders 1,000,000 of 1,000,000 rows, 400,000/s");
    }

    @Test
    void aTerminalsOneLineIsDrawnAtEveryChange() {
        TableLines progress = new TableLines(lines::add, true, () -> now);

        progress.phase("creating tables");
        progress.remaining(12);
        progress.rows("orders", 400_000, 1_000_000, 400_000);

        assertThat(lines)
                .containsExactly("  creating tables", "  orders 400,000 of 1,000,000 rows, 400,000/s, 12 s left");
    }
}
