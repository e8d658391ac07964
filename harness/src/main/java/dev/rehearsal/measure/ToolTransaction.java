package dev.rehearsal.measure;

import dev.rehearsal.run.RunClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What one transaction of a migration tool's session did, or one statement in autocommit, as it was seen from outside.
 *
 * @param logged what else was said of the session meanwhile
 * @param newFiles by number of the statement, tables that have another file than before; none where the log tells of rewrites
 */
record ToolTransaction(
        int pid, List<Statement> statements, SessionLog.Taken logged, Map<Integer, List<Long>> newFiles) {
    ToolTransaction {
        statements = List.copyOf(statements);
        newFiles = Map.copyOf(newFiles);
    }

    /**
     * @param sentNanos not after the server began with it
     * @param returnedNanos not before the server was done with it
     * @param failure empty if it succeeded
     */
    record Statement(String sql, long sentNanos, long returnedNanos, Optional<Failure> failure) {
        Statement until(long nanos) {
            return new Statement(sql, sentNanos, nanos, failure);
        }
    }

    record Failure(String sqlState, String message) {}

    long sentNanos() {
        return statements.getFirst().sentNanos();
    }

    long returnedNanos() {
        return statements.getLast().returnedNanos();
    }

    ToolTransaction with(SessionLog.Taken log) {
        return new ToolTransaction(pid, statements, log, newFiles);
    }

    /**
     * @param readings of the session's locks, in the order of time
     * @param before names of relations by OID
     */
    List<ToolStatement> told(
            RunClock clock, List<Sighting> readings, Map<Long, String> before, RelationNames.Known after) {
        List<WitnessedSession.Executed> executed = new ArrayList<>();
        for (Statement statement : statements) {
            executed.add(new WitnessedSession.Executed(
                    statement.sql(),
                    statement.sentNanos(),
                    statement.returnedNanos(),
                    List.of(),
                    newFiles.getOrDefault(executed.size(), List.of())));
        }
        List<Observation> observations = new TransactionSummary(
                        clock,
                        executed,
                        Optional.empty(),
                        logged,
                        holds(readings),
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        before,
                        after)
                .observations();
        List<ToolStatement> told = new ArrayList<>();
        for (int i = 0; i < observations.size(); i++) {
            Statement statement = statements.get(i);
            told.add(new ToolStatement(
                    pid,
                    statement.sql(),
                    statement.failure().map(Failure::sqlState),
                    statement.failure().map(Failure::message),
                    observations.get(i)));
        }
        return told;
    }

    private List<HoldTimeline.Hold> holds(List<Sighting> readings) {
        HoldTimeline timeline = new HoldTimeline();
        readings.forEach(timeline::add);
        statements.forEach(statement -> timeline.statement(
                statement.sentNanos(), statement.returnedNanos(), StatementText.mayCommit(statement.sql())));
        return timeline.holds();
    }
}
