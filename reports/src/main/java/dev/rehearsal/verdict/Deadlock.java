package dev.rehearsal.verdict;

import dev.rehearsal.run.RunEvent.Party;
import dev.rehearsal.run.StatementRun;
import dev.rehearsal.run.StepRun;
import dev.rehearsal.scenario.Step;
import java.util.List;
import java.util.Optional;

/**
 * Transactions of one kind that the server ended because they and others waited for each other.
 *
 * @param victim whose transactions they were
 * @param service of the application's; empty for other parties
 * @param operations whose requests the application's sessions served in it: of a victim of the application its own (empty if none is known), of
 *     the migration those that it and they waited for each other
 * @param cause the migration's statement: of a victim of the application the one that had, or wanted first, what was waited for; of the migration the one
 *     that was ended. Empty if the migration had no part in it
 * @param times how many transactions were ended
 */
public record Deadlock(
        Party victim, Optional<String> service, List<String> operations, Optional<Cause> cause, long times) {
    public static final String SQL_STATE = "40P01";

    /** A statement of a step. */
    public record Cause(StepRun step, StatementRun statement) {
        private String words() {
            return "`" + Wording.statement(statement.sql()) + "` of " + Step.called(step.name())
                    + switch (step.phase()) {
                        case MIGRATION -> "";
                        case ROLLBACK -> " in the rollback";
                    };
        }
    }

    public Deadlock {
        operations = List.copyOf(operations);
    }

    /**
     * Such as {@code The server ended 9 transactions of place-order by deadlock (SQLState 40P01): they and `alter table orders …` of step change
     * waited for each other.}
     */
    public String sentence() {
        return switch (victim) {
            case MIGRATION ->
                "The server ended " + cause.map(Cause::words).orElse("a transaction of the migration") + " by deadlock"
                        + (times > 1 ? ", " + Quantities.count(times) + " times" : "") + " (SQLState " + SQL_STATE
                        + "): it and "
                        + (operations.isEmpty() ? "a session that is not known" : Wording.list(operations))
                        + " waited for each other.";
            case APPLICATION, BLOCKER, OBSERVER, OTHER ->
                "The server ended " + Wording.count(times, "transaction", "transactions") + " of " + whose()
                        + " by deadlock (SQLState " + SQL_STATE + "): "
                        + cause.map(c -> (times > 1 ? "they" : "it") + " and " + c.words() + " waited for each other.")
                                .orElse("the migration had no part in it.");
        };
    }

    private String whose() {
        return switch (victim) {
            case APPLICATION -> operations.isEmpty() ? service.orElse("the application") : Wording.list(operations);
            case MIGRATION -> "the migration";
            case BLOCKER -> "the scenario's blocker";
            case OBSERVER -> "the harness";
            case OTHER -> "another session";
        };
    }
}
