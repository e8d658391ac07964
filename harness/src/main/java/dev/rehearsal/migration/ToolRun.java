package dev.rehearsal.migration;

import dev.rehearsal.measure.Observation;
import dev.rehearsal.measure.ToolStatement;
import dev.rehearsal.measure.ToolWatch;
import dev.rehearsal.migration.MigrationOutcome.Failure;
import dev.rehearsal.migration.tool.MigrationTool;
import dev.rehearsal.migration.tool.ToolAccess;
import dev.rehearsal.migration.tool.ToolFailureException;
import dev.rehearsal.run.RunEvent.Noted;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.scenario.Step;
import dev.rehearsal.scenario.Step.SqlStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * One run of a step that a tool carries out, with its retries. The tool works on a thread of its own, over sessions of its own; what they did is asked of
 * the server when the tool is done.
 */
final class ToolRun implements StepRun {
    /** lock_not_available, and deadlock_detected: another try may go well. */
    private static final Set<String> WORTH_ANOTHER_TRY = Set.of("55P03", "40P01");

    private static final Duration LOOK = Duration.ofMillis(50);

    private final StepTools tools;
    private final Step.ToolStep step;
    private final int index;
    private final MigrationTool tool;
    private int statements;

    /** @param index of the step within the run */
    ToolRun(StepTools tools, Step.ToolStep step, int index) {
        this.tools = tools;
        this.step = step;
        this.index = index;
        this.tool = MigrationTool.of(step, tools.surroundings().outputs());
    }

    @Override
    public Ending run() throws InterruptedException {
        int attempt = 1;
        while (true) {
            Optional<Failure> failure = tried(attempt);
            boolean again = failure.flatMap(Failure::sqlState)
                            .filter(WORTH_ANOTHER_TRY::contains)
                            .isPresent()
                    && attempt <= step.lockPolicy().retries()
                    && !tools.stop().requested();
            if (!again) {
                return new Ending(
                        failure.isEmpty() ? Status.SUCCEEDED : tools.stop().failed(), attempt, failure);
            }
            tools.stop().pause(tools.backoff().after(attempt, step.lockPolicy()));
            attempt++;
        }
    }

    private Optional<Failure> tried(int attempt) throws InterruptedException {
        ToolAccess everybodys = ToolAccess.of(tools.proxiedJdbcUrl());
        try (ToolWatch watch =
                tools.witness().watchTool(settings(), everybodys.host(), Integer.parseInt(everybodys.port()))) {
            ToolAccess access = switch (watch.way()) {
                case ToolWatch.Way.AsRole role -> everybodys.as(role.user(), role.password());
                case ToolWatch.Way.ByPort relay -> {
                    noteRelay();
                    yield everybodys.by(relay.port());
                }
            };
            Optional<ToolFailureException> failure = carriedOut(access, watch);
            List<ToolStatement> sent = watch.statements();
            List<ToolStatement> told = sent.stream()
                    .filter(statement -> !statement.isTalk(tool.books()) && !isBookkeeping(statement))
                    .toList();
            told.forEach(statement -> journal(statement, attempt));
            noteStrangers(watch);
            if (failure.isPresent()) {
                return Optional.of(failure(failure.get(), told));
            }
            return sent.isEmpty() ? Optional.of(failure(elsewhere(watch))) : Optional.empty();
        } catch (SQLException e) {
            return Optional.of(new Failure(
                    step.name(), Optional.empty(), Optional.ofNullable(e.getSQLState()), FailureText.of(e)));
        }
    }

    private Map<String, String> settings() {
        long millis = step.lockPolicy().lockTimeout().map(Duration::toMillis).orElse(0L);
        return Map.of("lock_timeout", Long.toString(millis));
    }

    /** Returns when the tool is done, and none of its sessions is left. */
    private Optional<ToolFailureException> carriedOut(ToolAccess access, ToolWatch watch)
            throws InterruptedException, SQLException {
        FutureTask<Optional<ToolFailureException>> work = new FutureTask<>(() -> {
            try {
                tool.run(access);
                return Optional.empty();
            } catch (ToolFailureException e) {
                return Optional.of(e);
            } catch (InterruptedException e) {
                return Optional.of(new ToolFailureException("stopped", Optional.empty()));
            }
        });
        Thread worker = Thread.ofPlatform().name("migration-tool").daemon().start(work);
        boolean interrupted = false;
        try {
            while (true) {
                if (tools.stop().requested()) {
                    // Once: what it then does to clean up is not to be disturbed.
                    if (!interrupted) {
                        worker.interrupt();
                        interrupted = true;
                    }
                    watch.endSessions();
                }
                try {
                    return work.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    // It is at work.
                }
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("the tool of step " + step.name() + " failed", e.getCause());
        } finally {
            watch.endSessions();
        }
    }

    private void noteRelay() {
        tools.journal()
                .record(
                        new Noted(
                                tools.clock().nowNanos(),
                                "What step " + step.name()
                                        + " sends is known from its messages, which pass through a relay of the harness, since the server's log is not read: each statement, when it was sent and answered, its locks, and the tables that it wrote anew; not what it read, and how much it wrote."));
    }

    private boolean isBookkeeping(ToolStatement statement) {
        String sql = statement.sql().toLowerCase(Locale.ROOT);
        return tool.books().stream().anyMatch(table -> sql.contains(table.toLowerCase(Locale.ROOT)));
    }

    private void noteStrangers(ToolWatch watch) {
        if (!watch.strangers().isEmpty()) {
            tools.journal()
                    .record(
                            new Noted(
                                    tools.clock().nowNanos(),
                                    "While step " + step.name()
                                            + " was carried out there were sessions at the server that are nobody's whom the harness knows: "
                                            + names(watch)
                                            + ". If they are the tool's, it connects around the fault proxy, and what they did is in no figure here."));
        }
    }

    private static String names(ToolWatch watch) {
        return watch.strangers().stream()
                .map(name -> name.isEmpty() ? "(without a name)" : name)
                .collect(Collectors.joining(", "));
    }

    private ToolFailureException elsewhere(ToolWatch watch) {
        String instead = watch.strangers().isEmpty()
                ? "it may have gone to another database"
                : "it connected around the fault proxy, as " + names(watch);
        return new ToolFailureException(
                "it ended well, but no session of it came to the server: " + instead
                        + "; have it take DATABASE_URL, or PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE, from its environment",
                Optional.empty());
    }

    private Failure failure(ToolFailureException failure) {
        return failure(failure, List.of());
    }

    /** @param told that the server knows of */
    private Failure failure(ToolFailureException failure, List<ToolStatement> told) {
        Optional<ToolStatement> failed = told.reversed().stream()
                .filter(statement -> statement.sqlState().isPresent())
                .findFirst();
        return new Failure(
                step.name(),
                failed.map(statement -> new SqlStatement(statement.sql(), step.location())),
                failed.flatMap(ToolStatement::sqlState).or(failure::sqlState),
                String.valueOf(failure.getMessage()));
    }

    private void journal(ToolStatement statement, int attempt) {
        Observation observation = statement.observation();
        tools.journal()
                .record(new StatementObserved(
                        observation.transactionEndedNanos(),
                        index,
                        statements++,
                        attempt,
                        statement.sql(),
                        step.location(),
                        statement.sqlState().isEmpty()
                                ? Status.SUCCEEDED
                                : tools.stop().failed(),
                        statement.sqlState(),
                        statement.message(),
                        statement.backendPid(),
                        observation.sentNanos(),
                        observation.returnedNanos(),
                        observation.transactionEndSentNanos(),
                        observation.transactionEndedNanos(),
                        observation.waitedNanos(),
                        observation.rewrites(),
                        observation.scans(),
                        observation.walBytes(),
                        observation.locks()));
    }
}
