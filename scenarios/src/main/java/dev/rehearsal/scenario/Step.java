package dev.rehearsal.scenario;

import dev.rehearsal.scenario.sql.StatementKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** One step of a migration or of its rollback. */
public sealed interface Step {
    /** Unique within the scenario, given or made from its place ({@code step 2}, {@code rollback step 1}). */
    String name();

    /** The statements, in order, already split. */
    List<SqlStatement> statements();

    Transaction transaction();

    LockPolicy lockPolicy();

    /** The index of the last COMMIT in the text; empty: there is none, and the step has a commit only where it is one transaction. */
    default OptionalInt lastCommit() {
        return IntStream.range(0, statements().size())
                .filter(i -> StatementKind.commits(statements().get(i).text()))
                .reduce((first, second) -> second);
    }

    /** SQL written in the scenario file. */
    record SqlStep(String name, List<SqlStatement> statements, Transaction transaction, LockPolicy lockPolicy)
            implements Step {
        public SqlStep {
            statements = List.copyOf(statements);
        }
    }

    /** A file of SQL beside the scenario. */
    record FileStep(
            String name, Path file, List<SqlStatement> statements, Transaction transaction, LockPolicy lockPolicy)
            implements Step {
        public FileStep {
            statements = List.copyOf(statements);
        }
    }

    /** How the statements of a step are wrapped. */
    enum Transaction {
        /** All in one transaction, as {@code psql -1} would. */
        ONE,
        /** Each by itself: the step says so, or a statement in it cannot be in a transaction, or the text itself says BEGIN. */
        NONE
    }

    /**
     * @param lockTimeout {@code lock_timeout} of the session; empty: wait for ever
     * @param retries how often a step that ran into it is tried again (from its beginning, if it is one transaction; else from the failed statement)
     * @param backoff before the first retry; doubles, with jitter, up to 10 s
     */
    record LockPolicy(Optional<Duration> lockTimeout, int retries, Duration backoff) {}

    /**
     * One statement of a step.
     *
     * @param text without the closing semicolon and without leading comments
     * @param location of its first character
     */
    record SqlStatement(String text, SourceLocation location) {}
}
