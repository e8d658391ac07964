package dev.rehearsal.run;

import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.Rewrite;
import dev.rehearsal.run.RunEvent.Scan;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.run.RunEvent.Status;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * One statement of a step with all its tries.
 *
 * <p>Tries are merged so that nothing that traffic could feel is hidden: waits are summed, locks and rewrites are those of every try, and the
 * status, error and times of the statement's own run are those of the last try.
 *
 * @param index within the step, from 0
 * @param tries at least one, in order
 */
public record StatementRun(int index, List<StatementObserved> tries) {
    public StatementRun {
        tries = List.copyOf(tries);
        if (tries.isEmpty()) {
            throw new IllegalArgumentException("a statement that was observed was tried");
        }
    }

    public StatementObserved last() {
        return tries.getLast();
    }

    public String sql() {
        return last().sql();
    }

    public Status status() {
        return last().status();
    }

    public int attempts() {
        return tries.size();
    }

    /** Sent to returned, of the last try. */
    public long durationNanos() {
        return last().returnedNanos() - last().sentNanos();
    }

    /** For locks, all tries together. */
    public long waitedNanos() {
        return tries.stream().mapToLong(StatementObserved::waitedNanos).sum();
    }

    /** Of every try, each once: a rewrite that was rolled back stopped the traffic too. */
    public List<Rewrite> rewrites() {
        return tries.stream().flatMap(t -> t.rewrites().stream()).distinct().toList();
    }

    /** By relation, of the try that read most. */
    public List<Scan> scans() {
        List<Scan> all = tries.stream().flatMap(t -> t.scans().stream()).toList();
        return all.stream()
                .map(Scan::relation)
                .distinct()
                .map(relation -> all.stream()
                        .filter(s -> s.relation().equals(relation))
                        .max((a, b) -> Long.compare(a.rows(), b.rows()))
                        .orElseThrow())
                .toList();
    }

    /** All tries together; empty if none was measurable. */
    public OptionalLong walBytes() {
        long[] measured = tries.stream()
                .map(StatementObserved::walBytes)
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .toArray();
        return measured.length == 0
                ? OptionalLong.empty()
                : OptionalLong.of(LongStream.of(measured).sum());
    }

    /**
     * By relation and mode: the longest hold of any try, with its error; the waits of all tries summed.
     */
    public List<LockHeld> locks() {
        List<LockHeld> all = tries.stream().flatMap(t -> t.locks().stream()).toList();
        return all.stream()
                .map(lock -> new Key(lock.relation(), lock.mode()))
                .distinct()
                .map(key -> merged(all.stream().filter(key::matches)))
                .toList();
    }

    private static LockHeld merged(Stream<LockHeld> same) {
        List<LockHeld> locks = same.toList();
        LockHeld longest = locks.stream()
                .max((a, b) -> Long.compare(a.heldNanos(), b.heldNanos()))
                .orElseThrow();
        return new LockHeld(
                longest.relation(),
                longest.mode(),
                locks.stream().mapToLong(LockHeld::waitedNanos).sum(),
                longest.fromNanos(),
                longest.heldNanos(),
                longest.errorNanos(),
                longest.ownRelation());
    }

    private record Key(String relation, String mode) {
        boolean matches(LockHeld lock) {
            return Objects.equals(relation, lock.relation()) && Objects.equals(mode, lock.mode());
        }
    }
}
