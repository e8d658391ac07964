package dev.rehearsal.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ProcessIdentityTest {
    private Process process;

    /** A shell that starts a child which ends at once, and becomes a program that never takes note of that. */
    @BeforeEach
    void start() throws Exception {
        process = new ProcessBuilder("sh", "-c", "sleep 0.1 & exec sleep 3600").start();
    }

    @AfterEach
    void stop() {
        process.destroyForcibly();
    }

    @Test
    void findsTheProcessThatItIs() {
        assertThat(ProcessIdentity.of(process.toHandle()).alive()).contains(process.toHandle());
    }

    @Test
    void doesNotTakeALaterProcessOfTheSameIdForIt() {
        ProcessIdentity now = ProcessIdentity.of(process.toHandle());
        ProcessIdentity earlier = new ProcessIdentity(now.pid(), now.startedAtMillis() - 60_000);

        assertThat(earlier.alive()).isEmpty();
    }

    @Test
    void trustsNoProcessWhoseStartIsUnknown() {
        assertThat(new ProcessIdentity(process.pid(), -1).alive()).isEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aZombieIsOver() {
        List<ProcessHandle> children =
                Awaitility.await().until(() -> process.children().toList(), found -> !found.isEmpty());
        ProcessHandle child = children.getFirst();

        Awaitility.await().until(() -> !ProcessIdentity.runs(child));

        assertThat(child.isAlive()).as("to Java it is alive").isTrue();
        assertThat(Waiting.forEndOf(child, java.time.Duration.ZERO)).isTrue();
    }
}
