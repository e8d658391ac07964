package dev.rehearsal.dataset;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A server that a snapshot is made in. What went well is stopped cleanly. What failed is ended at once, since nobody needs it: a server whose disk is
 * full may take minutes to find that it cannot stop cleanly either.
 */
final class BuildServer {
    /** Less than this and the next segment of write-ahead log does not fit. */
    private static final long LEAST_FREE_BYTES = 32L << 20;

    /** Each session that a crash ends has a few of them after it. */
    private static final int MOST_LOG_LINES = 1_000;

    private static final String DISK_FULL_STATE = "53100";
    private static final String DISK_FULL = "No space left on device";
    /** What tells most comes first. */
    private static final List<Pattern> TELLING = Stream.of(
                    "PANIC:.*", "\\w[^:]* was terminated by .*", "FATAL:.*", "ERROR:.*")
            .map(Pattern::compile)
            .toList();

    private BuildServer() {}

    /** What is done in the server. */
    interface Work<T> {
        T in(ServerLauncher.RunningServer server)
                throws InvalidScenarioException, EnvironmentException, SQLException, InterruptedException;
    }

    /** Ends a server, and how is known only at its end. */
    private static final class End implements AutoCloseable {
        private final ServerLauncher.RunningServer server;
        private boolean well;

        End(ServerLauncher.RunningServer server) {
            this.server = server;
        }

        @Override
        public void close() throws EnvironmentException {
            if (well) {
                server.close();
            } else {
                server.discard();
            }
        }
    }

    /**
     * Starts a server over a cluster, does the work, and ends the server.
     *
     * @param what is done, such as {@code building the dataset shop}
     * @throws EnvironmentException where the server failed: with what it said, or logged where it could say nothing any more, and whether the disk is full
     */
    static <T> T run(
            ServerLauncher launcher, Path dataDirectory, Map<String, String> settings, String what, Work<T> work)
            throws EnvironmentException, InvalidScenarioException, InterruptedException {
        ServerLauncher.RunningServer server = launcher.start(dataDirectory, settings);
        try (End end = new End(server)) {
            try {
                T result = work.in(server);
                end.well = true;
                return result;
            } catch (SQLException failure) {
                String log = server.lastLogLines(MOST_LOG_LINES);
                throw failed(what, dataDirectory, failure, log, freeBytes(dataDirectory));
            }
        }
    }

    /**
     * @param log the server's last lines
     * @param freeBytes of the disk that the data directory is on, where they can be known
     */
    static EnvironmentException failed(
            String what, Path dataDirectory, SQLException failure, String log, OptionalLong freeBytes) {
        boolean silent = lostConnection(failure);
        Optional<String> logged = silent ? telling(log) : Optional.empty();
        boolean told = DISK_FULL_STATE.equals(failure.getSQLState())
                || logged.orElse("").contains(DISK_FULL);
        boolean unheard = silent && !told && freeBytes.orElse(Long.MAX_VALUE) < LEAST_FREE_BYTES;
        String message = "the server in " + dataDirectory + " failed while " + what + ": " + failure.getMessage()
                + logged.map(line -> "; it had logged: " + line).orElse("")
                + (unheard ? "; " + DISK_FULL + ": " + (freeBytes.getAsLong() >> 20) + " MB are free there" : "");
        return new EnvironmentException(
                message,
                told || unheard
                        ? "make room on that disk, set " + CacheDirectory.VARIABLE
                                + " to a directory on a larger one, or lower dataset.scale"
                        : "see whether memory is short, or something else ends processes here, and start again",
                failure);
    }

    /** Whether the server could not say why. */
    private static boolean lostConnection(SQLException failure) {
        String state = failure.getSQLState() == null ? "08" : failure.getSQLState();
        return state.startsWith("08") || state.startsWith("57P");
    }

    /** The first line of the most telling kind in a log, without what the server puts in front. */
    private static Optional<String> telling(String log) {
        return TELLING.stream()
                .flatMap(kind -> kind.matcher(log).results().limit(1))
                .map(found -> found.group().replaceAll("\\s+", " "))
                .findFirst();
    }

    private static OptionalLong freeBytes(Path directory) {
        try {
            return OptionalLong.of(Files.getFileStore(directory).getUsableSpace());
        } catch (IOException unknown) {
            return OptionalLong.empty();
        }
    }
}
