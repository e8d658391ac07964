package dev.rehearsal.report;

import java.util.List;
import java.util.Optional;

/**
 * What a finding of each kind means, in the words of {@code reports/README.md}: its section {@code Findings} has the same sentences, under the
 * rule's word as its heading.
 */
final class Rules {
    /**
     * @param id the scenario file's word
     * @param title a phrase
     * @param meaning what it says about the migration
     * @param remedy what to do about it
     */
    record Rule(String id, String title, String meaning, String remedy) {}

    private static final List<Rule> ALL = List.of(
            new Rule(
                    "latency",
                    "Response time beyond its limit",
                    "Requests took longer than the objective allows, counted from their planned arrival.",
                    "Look at the statement: a lock that it held or waited for, or the work that it gave the server. Shorten the lock,"
                            + " or do the work in batches."),
            new Rule(
                    "errors",
                    "Requests failed",
                    "More requests failed or timed out than the objective allows.",
                    "The SQLStates tell which: 57014 is a statement timeout behind a lock, 42703 and 42P01 an application that does not fit"
                            + " the schema, 40P01 a deadlock."),
            new Rule(
                    "outage",
                    "Without a success for too long",
                    "An operation had no success for longer than the objective allows, although somebody asked.",
                    "Shorten the lock or the failover, or let the application try again."),
            new Rule(
                    "lockHold",
                    "Lock held too long",
                    "A statement held a lock for longer than the objective allows; who needs it waits as long.",
                    "Take the strong lock for a change of the catalog alone, and do scans and rewrites under a weaker one."),
            new Rule(
                    "lockWait",
                    "Waited for a lock too long",
                    "Somebody waited for a lock for longer than the objective allows.",
                    "Give the step a short lockTimeout and retries, so that the queue behind it dissolves each time."),
            new Rule(
                    "migrationTime",
                    "Migration took too long",
                    "The migration took longer than the objective allows.",
                    "Do the longest statement in batches, or apart from the deployment."),
            new Rule(
                    "replicaLag",
                    "Replica too far behind",
                    "Readers of a replica did not see changes for longer than the objective allows.",
                    "Make the batches smaller and pause between them."),
            new Rule(
                    "rewrites",
                    "Table rewritten",
                    "The server wrote the whole table and its indexes anew, under a lock that stops everybody.",
                    "Add the column bare, backfill it in batches, then set the default and the constraint."),
            new Rule(
                    "lostWrites",
                    "Acknowledged writes lost",
                    "Writes that the server had acknowledged are gone.",
                    "Let commits wait for a replica (environment.synchronous) where a failover may come."),
            new Rule(
                    "rollback",
                    "No good way back",
                    "The rollback failed, took too long, or left another schema than it found.",
                    "Make the rollback undo exactly what the migration did, and rehearse it."),
            new Rule(
                    "rerun",
                    "Cannot be run twice",
                    "A second run of the migration fails or changes something.",
                    "Write every step so that it finds its work done: if not exists, where … is null, drop … if exists first."),
            new Rule(
                    "resumable",
                    "Cannot be resumed",
                    "After a crash the migration could not be run to the same end.",
                    "Make each step repeatable, and keep what can be undone by a crash in one transaction."),
            new Rule(
                    "compatible",
                    "Application does not fit the schema",
                    "A version of the application fails at a point of the migration where it is in use.",
                    "Expand first, deploy, contract last."),
            new Rule(
                    "migration",
                    "Migration failed",
                    "A step of the migration did not succeed.",
                    "The statement and the server's message are in the finding."),
            new Rule(
                    "fault",
                    "Fault did not happen",
                    "A fault that the scenario plans never came, so that nothing is known about it.",
                    "Its cue has to come: lengthen the step, or choose another cue."),
            new Rule(
                    "pooler",
                    "State of a session went astray",
                    "A pooler in transaction mode gave state that was meant for one session to another client, or to nobody.",
                    "Write set local in the transaction that needs it, take pg_advisory_xact_lock, or let the migration go around the pooler."),
            new Rule(
                    "drill",
                    "Drill failed",
                    "What was tried out on a fresh clone did not hold.",
                    "The finding names the step, and what it left."),
            new Rule(
                    "databases",
                    "Databases have drifted apart",
                    "Of several databases, not all have the same schema after the migration.",
                    "Run it again where it is not complete, or the rollback where anything was done: the drill drift tries both."),
            new Rule(
                    Check.VALIDITY,
                    "Run not good enough to judge",
                    "The instruments, the machine or the length of the run do not carry an answer.",
                    "The reasons say what to change: the rate, the length of the baseline, or the machine."));

    private Rules() {}

    static List<Rule> all() {
        return ALL;
    }

    /** Place in {@link #all()}; empty for a kind of finding that has no rule, which a test rules out for those that there are. */
    static Optional<Integer> index(String id) {
        for (int i = 0; i < ALL.size(); i++) {
            if (ALL.get(i).id().equals(id)) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }
}
