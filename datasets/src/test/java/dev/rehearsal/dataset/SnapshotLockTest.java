package dev.rehearsal.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotLockTest {
    @TempDir
    Path temporary;

    @Test
    void isFreeAgainAsSoonAsTheProcessThatHeldItIsKilled() throws Exception {
        Path file = temporary.resolve("a.lock");
        Process other = LockHolder.start(file);
        try {
            Optional<SnapshotLock> whileItLives = SnapshotLock.tryTake(file);
            assertThat(whileItLives).isEmpty();

            other.destroyForcibly().waitFor();

            try (SnapshotLock free = SnapshotLock.tryTake(file).orElseThrow()) {
                assertThat(SnapshotLock.tryTake(file))
                        .as("a second one in this process")
                        .isEmpty();
            }
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void isFreeAgainAfterBeingClosed() throws Exception {
        Path file = temporary.resolve("a.lock");
        SnapshotLock.take(file).close();

        try (SnapshotLock again = SnapshotLock.tryTake(file).orElseThrow()) {
            assertThat(again).isNotNull();
        }
    }
}
