package dev.rehearsal.scenario;

import dev.rehearsal.scenario.sql.StatementKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** One step of a migration or of its rollback. */
public sealed interface Step {
    /** Unique within the scenario, given or made from its place ({@code step 2}, {@code rollback step 1}). */
    String name();

    /** A step's name in a sentence: one that was made from its place says by itself what it is. */
    static String called(String name) {
        return name.matches("(baseline |rollback )?step \\d+") ? name : "step " + name;
    }

    /** The same where a sentence begins. */
    static String calledFirst(String name) {
        String called = called(name);
        return called.substring(0, 1).toUpperCase(Locale.ROOT) + called.substring(1);
    }

    /** Where a reader is sent who wants to see the step: its first statement, or the step itself. */
    SourceLocation location();

    /** The word that the scenario language has for it, such as {@code sql}. */
    String kind();

    /** Whose migrations it is one of; empty where it stands in the scenario by itself. */
    default Optional<MigrationSource> comesFrom() {
        return Optional.empty();
    }

    /** The SQL that it is known to send, in order, before it runs; empty where it sends none, or where another tool decides. */
    default List<SqlStatement> knownStatements() {
        return List.of();
    }

    /** Of a step of the way back: the name of the step that it takes back, without which there is nothing for it to do; empty where it finds that out itself. */
    default Optional<String> undoes() {
        return Optional.empty();
    }

    /** Whether nothing is left of it where it fails. */
    default boolean leavesNothingWhereItFails() {
        return false;
    }

    /** A step that is a list of SQL statements, run over the harness's own connection. */
    sealed interface SqlStatements extends Step {
        /** The statements, in order, already split. */
        List<SqlStatement> statements();

        Transaction transaction();

        LockPolicy lockPolicy();

        @Override
        default List<SqlStatement> knownStatements() {
            return statements();
        }

        @Override
        default boolean leavesNothingWhereItFails() {
            return transaction() == Transaction.ONE;
        }

        @Override
        default SourceLocation location() {
            return statements().getFirst().location();
        }

        /** The index of the last COMMIT in the text; empty: there is none, and the step has a commit only where it is one transaction. */
        default OptionalInt lastCommit() {
            return IntStream.range(0, statements().size())
                    .filter(i -> StatementKind.commits(statements().get(i).text()))
                    .reduce((first, second) -> second);
        }
    }

    /** SQL written in the scenario file. */
    record SqlStep(String name, List<SqlStatement> statements, Transaction transaction, LockPolicy lockPolicy)
            implements SqlStatements {
        public SqlStep {
            statements = List.copyOf(statements);
        }

        @Override
        public String kind() {
            return "sql";
        }
    }

    /** A file of SQL beside the scenario. */
    record FileStep(
            String name, Path file, List<SqlStatement> statements, Transaction transaction, LockPolicy lockPolicy)
            implements SqlStatements {
        public FileStep {
            statements = List.copyOf(statements);
        }

        @Override
        public String kind() {
            return "file";
        }
    }

    /**
     * Rows changed in batches.
     *
     * @param lockPolicy of each batch
     */
    record BackfillStep(String name, SourceLocation location, Backfill backfill, LockPolicy lockPolicy)
            implements Step {
        @Override
        public String kind() {
            return "backfill";
        }

        @Override
        public List<SqlStatement> knownStatements() {
            return List.of(statement());
        }

        /** That all batches together are. */
        public SqlStatement statement() {
            return new SqlStatement(backfill.sql(), location);
        }
    }

    /**
     * One migration of a folder of SQL files, or the way back from it.
     *
     * @param file that holds it, perhaps beside the other direction
     */
    record ScriptStep(
            String name,
            Optional<String> undoes,
            MigrationSource source,
            Path file,
            List<SqlStatement> statements,
            Transaction transaction,
            LockPolicy lockPolicy)
            implements SqlStatements {
        public ScriptStep {
            statements = List.copyOf(statements);
        }

        @Override
        public String kind() {
            return source.kind();
        }

        @Override
        public Optional<MigrationSource> comesFrom() {
            return Optional.of(source);
        }
    }

    /** What a tool does with a migration. */
    enum ToolAction {
        APPLY,
        TAKE_BACK,
        /** Notes that it is applied, of a dataset that has it already. */
        MARK
    }

    /** A step that another program carries out, over sessions of its own. */
    sealed interface ToolStep extends Step {
        LockPolicy lockPolicy();
    }

    /**
     * One migration, carried out by Flyway.
     *
     * @param location of the script's beginning
     * @param scripts that Flyway is shown: those that are applied already, and as the last the one that is to be
     * @param read what the last of them holds, as if the harness ran it; empty where that is not known beforehand, and of the baseline
     * @param action anything but taking back
     */
    record FlywayStep(
            String name,
            SourceLocation location,
            MigrationSource.Flyway source,
            List<Path> scripts,
            Optional<ScriptStep> read,
            ToolAction action,
            LockPolicy lockPolicy)
            implements ToolStep {
        public FlywayStep {
            scripts = List.copyOf(scripts);
        }

        /** Flyway has a transaction for each migration that may be in one. */
        @Override
        public boolean leavesNothingWhereItFails() {
            return read.map(Step::leavesNothingWhereItFails).orElse(true);
        }

        @Override
        public String kind() {
            return source.kind();
        }

        @Override
        public Optional<MigrationSource> comesFrom() {
            return Optional.of(source);
        }
    }

    /**
     * A service moves from the version that it has to another one.
     *
     * @param version of the service, or {@link Workload.Service#OLD}
     * @param over from the first request of the new version to the last of the one before; zero: at once
     */
    record DeployStep(String name, SourceLocation location, String service, String version, Duration over)
            implements Step {
        @Override
        public String kind() {
            return "deploy";
        }
    }

    /**
     * One change set, carried out or taken back by Liquibase.
     *
     * @param location of its change log
     * @param changeSets that Liquibase is shown, by {@link ChangeSets.Listed#identity}: those that are applied already, and as the last the one
     *     that is meant
     */
    record LiquibaseStep(
            String name,
            SourceLocation location,
            MigrationSource.Liquibase source,
            List<String> changeSets,
            ToolAction action,
            LockPolicy lockPolicy)
            implements ToolStep {
        public LiquibaseStep {
            changeSets = List.copyOf(changeSets);
        }

        @Override
        public String kind() {
            return source.kind();
        }

        @Override
        public Optional<MigrationSource> comesFrom() {
            return Optional.of(source);
        }
    }

    /**
     * A command, which finds the way to the server in its environment.
     *
     * @param words the program and its arguments
     * @param directory where it runs
     * @param environment variables beside those that lead to the server
     * @param timeout after which it is killed; empty: as long as the migration may take
     */
    record CommandStep(
            String name,
            SourceLocation location,
            List<String> words,
            Path directory,
            Map<String, String> environment,
            Optional<Duration> timeout,
            LockPolicy lockPolicy)
            implements ToolStep {
        public CommandStep {
            words = List.copyOf(words);
            environment = Collections.unmodifiableMap(new TreeMap<>(environment));
        }

        @Override
        public String kind() {
            return "command";
        }
    }

    /** Nothing for a while: a deployment that lets things settle. */
    record PauseStep(String name, SourceLocation location, Duration length) implements Step {
        @Override
        public String kind() {
            return "pause";
        }
    }

    /**
     * Waits until no replica is further behind than this.
     *
     * @param replicaLag at most, of each replica
     */
    record WaitStep(String name, SourceLocation location, Duration replicaLag) implements Step {
        @Override
        public String kind() {
            return "wait";
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
