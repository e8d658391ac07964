package dev.rehearsal.migration;

import dev.rehearsal.measure.Observation;
import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.Rewrite;
import dev.rehearsal.run.RunEvent.Scan;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.scenario.Step.SqlStatement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The evidence of all batches as that of one statement: thousands of them would say nothing more. Waits and WAL are summed; of each lock stands the
 * longest hold and the longest wait of any batch, as they were measured. Safe for use by several threads.
 */
final class BatchEvidence {
    private final Map<List<String>, LockHeld> locks = new LinkedHashMap<>();
    private final String ignored;
    private final Set<Rewrite> rewrites = new LinkedHashSet<>();
    private final Map<String, Scan> scans = new LinkedHashMap<>();
    private Optional<Observation> first = Optional.empty();
    private Optional<Observation> last = Optional.empty();
    private long waitedNanos;
    private long walBytes;
    private boolean walKnown;

    /** @param ignored a table that is the backfill's own */
    BatchEvidence(String ignored) {
        this.ignored = ignored;
    }

    /** Of one try of one batch. */
    synchronized void add(Observation batch) {
        first = first.or(() -> Optional.of(batch));
        last = Optional.of(batch);
        waitedNanos += batch.waitedNanos();
        walKnown |= batch.walBytes().isPresent();
        walBytes += batch.walBytes().orElse(0);
        rewrites.addAll(batch.rewrites());
        batch.scans().stream()
                .filter(scan -> !scan.relation().equals(ignored))
                .forEach(scan ->
                        scans.merge(scan.relation(), scan, (one, other) -> one.rows() >= other.rows() ? one : other));
        batch.locks().stream()
                .filter(lock -> !lock.relation().equals(ignored))
                .forEach(lock -> locks.merge(List.of(lock.relation(), lock.mode()), lock, BatchEvidence::worst));
    }

    private static LockHeld worst(LockHeld one, LockHeld other) {
        LockHeld longer = one.heldNanos() >= other.heldNanos() ? one : other;
        return new LockHeld(
                longer.relation(),
                longer.mode(),
                Math.max(one.waitedNanos(), other.waitedNanos()),
                longer.fromNanos(),
                longer.heldNanos(),
                longer.errorNanos(),
                longer.ownRelation());
    }

    /** Empty: no batch was tried. */
    synchronized Optional<StatementObserved> event(
            int step,
            SqlStatement statement,
            Status status,
            Optional<String> sqlState,
            Optional<String> message,
            int backendPid) {
        if (first.isEmpty() || last.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new StatementObserved(
                last.get().transactionEndedNanos(),
                step,
                0,
                1,
                statement.text(),
                statement.location(),
                status,
                sqlState,
                message,
                backendPid,
                first.get().sentNanos(),
                last.get().returnedNanos(),
                last.get().transactionEndSentNanos(),
                last.get().transactionEndedNanos(),
                waitedNanos,
                List.copyOf(rewrites),
                new ArrayList<>(scans.values()),
                walKnown ? OptionalLong.of(walBytes) : OptionalLong.empty(),
                new ArrayList<>(locks.values())));
    }
}
