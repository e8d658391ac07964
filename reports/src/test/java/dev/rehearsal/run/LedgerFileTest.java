package dev.rehearsal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerFileTest {
    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("ledger.bin");
    }

    @Test
    void eachSectionComesBackInAscendingOrder() throws IOException {
        long[] random = new Random(42)
                .longs(10_000, 0, 1L << 30)
                .map(arrival -> LedgerKey.of((int) (arrival % 7), arrival, 1 + (int) (arrival % 3)))
                .toArray();
        long[] twice = {5, 5, 3};
        try (LedgerFile ledger = new LedgerFile(file())) {
            assertThat(ledger.append(random)).isZero();
            assertThat(ledger.append(new long[0])).isEqualTo(1);
            assertThat(ledger.append(twice)).isEqualTo(2);
        }

        LedgerEntries read = LedgerEntries.in(file());

        assertThat(read.section(2)).containsExactly(3, 5, 5);
        assertThat(read.section(1)).isEmpty();
        assertThat(read.section(0)).isEqualTo(Arrays.stream(random).sorted().toArray());
    }

    @Test
    void identitiesAreInTheOrderOfOperationArrivalAndAttempt() {
        assertThat(LongStream.of(
                                LedgerKey.of(0, 0, 1),
                                LedgerKey.of(0, 0, 16),
                                LedgerKey.of(0, 1, 1),
                                LedgerKey.of(0, (1L << 44) - 1, 16),
                                LedgerKey.of(1, 0, 1),
                                LedgerKey.of(32_767, 0, 1))
                        .toArray())
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void neighboursTakeFewBytes() throws IOException {
        try (LedgerFile ledger = new LedgerFile(file())) {
            ledger.append(LongStream.range(0, 100_000)
                    .map(arrival -> LedgerKey.of(1, arrival * 3, 1))
                    .toArray());
        }

        assertThat(Files.size(file())).isLessThan(250_000);
    }

    @Test
    void aSectionThatIsNotThereIsNotTakenForAnEmptyOne() throws IOException {
        try (LedgerFile ledger = new LedgerFile(file())) {
            ledger.append(new long[] {1, 2, 3});
        }

        assertThatThrownBy(() -> LedgerEntries.in(file()).section(1))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(file() + " ends before its section 1");
        Files.write(file(), Arrays.copyOf(Files.readAllBytes(file()), (int) Files.size(file()) - 1));
        assertThatThrownBy(() -> LedgerEntries.in(file()).section(0)).isInstanceOf(UncheckedIOException.class);
        Files.writeString(file(), "something else");
        assertThatThrownBy(() -> LedgerEntries.in(file()).section(0)).hasMessageContaining("is not a ledger");
    }
}
