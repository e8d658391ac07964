package dev.rehearsal.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.rehearsal.scenario.EnvironmentException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BuildServerTest {
    private static final String ROOM =
            "make room on that disk, set HARNESS_CACHE to a directory on a larger one, or lower" + " dataset.scale";
    private static final String OTHERWISE =
            "see whether memory is short, or something else ends processes here, and start again";
    private static final String BROKEN = "An I/O error occurred while sending to the backend.";
    private static final String PANIC = """
            2026-11-28 16:51:00.734 UTC [471] ERROR:  could not extend file "base/16384/16398" with FileFallocate(): No space left on device
            2026-11-28 16:51:00.734 UTC [471] HINT:  Check free disk space.
            2026-11-28 16:51:00.734 UTC [465] PANIC:  could not write to file "pg_wal/xlogtemp.465": No space left on device
            2026-11-28 16:51:00.747 UTC [457] LOG:  WAL writer process (PID 465) was terminated by signal 6: Aborted
            """;

    @TempDir
    Path temporary;

    private static final class Launcher implements ServerLauncher, ServerLauncher.RunningServer {
        private final List<String> calls = new ArrayList<>();

        @Override
        public String serverVersion() {
            return "18.6";
        }

        @Override
        public void initialise(Path dataDirectory) {}

        @Override
        public RunningServer start(Path dataDirectory, Map<String, String> settings) {
            calls.add("start " + settings);
            return this;
        }

        @Override
        public String jdbcUrl(String database) {
            return "jdbc:" + database;
        }

        @Override
        public String lastLogLines(int most) {
            calls.add("log");
            return PANIC;
        }

        @Override
        public void close() {
            calls.add("close");
        }

        @Override
        public void discard() {
            calls.add("discard");
        }
    }

    @Test
    void whatWentWellIsStoppedCleanly() throws Exception {
        Launcher launcher = new Launcher();

        String url = BuildServer.run(
                launcher, temporary, Map.of("fsync", "off"), "trying", server -> server.jdbcUrl("rehearsal"));

        assertThat(url).isEqualTo("jdbc:rehearsal");
        assertThat(launcher.calls).containsExactly("start {fsync=off}", "close");
    }

    @Test
    void whatFailedIsEndedAtOnceAfterALookIntoItsLog() {
        Launcher launcher = new Launcher();

        assertThatThrownBy(() -> BuildServer.run(launcher, temporary, Map.of(), "trying", server -> {
                    throw new SQLException(BROKEN, "08006");
                }))
                .isInstanceOf(EnvironmentException.class)
                .hasMessage("the server in " + temporary + " failed while trying: " + BROKEN
                        + "; it had logged: PANIC: could not write to file \"pg_wal/xlogtemp.465\": No space left on"
                        + " device");
        assertThat(launcher.calls).containsExactly("start {}", "log", "discard");
    }

    @Test
    void whoeverIsInterruptedWaitsForNoCheckpoint() {
        Launcher launcher = new Launcher();

        assertThatThrownBy(() -> BuildServer.run(launcher, temporary, Map.of(), "trying", server -> {
                    throw new InterruptedException();
                }))
                .isInstanceOf(InterruptedException.class);
        assertThat(launcher.calls).containsExactly("start {}", "discard");
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                arguments(
                        "the server says it",
                        new SQLException("ERROR: could not extend file \"base/1/2\": No space left on device", "53100"),
                        "",
                        OptionalLong.of(4L << 20),
                        "ERROR: could not extend file \"base/1/2\": No space left on device",
                        ROOM),
                arguments(
                        "the disk is so full that the server cannot even log it",
                        new SQLException(BROKEN, "08006"),
                        "",
                        OptionalLong.of(4L << 20),
                        BROKEN + "; No space left on device: 4 MB are free there",
                        ROOM),
                arguments(
                        "another backend was ended by the kernel",
                        new SQLException("FATAL: terminating connection because of crash of another process", "57P02"),
                        "2026-11-28 16:51:00 UTC [4] LOG:  server process (PID 9) was terminated by signal 9: Killed\n",
                        OptionalLong.of(1L << 40),
                        "FATAL: terminating connection because of crash of another process; it had logged: server process"
                                + " (PID 9) was terminated by signal 9: Killed",
                        OTHERWISE),
                arguments(
                        "a mistake of ours",
                        new SQLException("ERROR: division by zero", "22012"),
                        PANIC,
                        OptionalLong.of(1L << 20),
                        "ERROR: division by zero",
                        OTHERWISE),
                arguments("nothing is known", new SQLException(BROKEN), "", OptionalLong.empty(), BROKEN, OTHERWISE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("failures")
    void saysWhatIsKnownOfAFailure(
            String why, SQLException failure, String log, OptionalLong free, String message, String remedy) {
        EnvironmentException said = BuildServer.failed("trying", temporary, failure, log, free);

        assertThat(said).hasMessage("the server in " + temporary + " failed while trying: " + message);
        assertThat(said.remedy()).isEqualTo(remedy);
    }
}
