package dev.rehearsal.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How far a primary had written its log at which time, as far as it was asked. Safe for use by several threads. */
final class WrittenPositions {
    /**
     * One answer.
     *
     * @param atNanos between question and answer
     * @param position in bytes
     */
    private record Position(long atNanos, long position) {}

    /**
     * How far somebody is behind.
     *
     * @param afterNanos the oldest change that is missing was written after this
     * @param beforeNanos and before this; the same if none is known to be missing
     * @param bytes at least
     */
    record Behind(long afterNanos, long beforeNanos, long bytes) {
        boolean isCaughtUp() {
            return bytes == 0;
        }
    }

    private final long sinceNanos;
    private final List<Position> positions = new ArrayList<>();

    /** @param sinceNanos what was written before is not looked for */
    WrittenPositions(long sinceNanos) {
        this.sinceNanos = sinceNanos;
    }

    /** Positions only grow; a smaller one is that of another primary, and what the other one wrote counts no more. */
    synchronized void add(long atNanos, long position) {
        if (!positions.isEmpty() && position < positions.getLast().position()) {
            positions.clear();
        }
        positions.add(new Position(atNanos, position));
    }

    /**
     * Compares.
     *
     * @param replayed that somebody else has replayed so far
     * @param atNanos when they were asked: what was written later they need not have
     * @return empty if nothing was known then
     */
    synchronized Optional<Behind> behind(long replayed, long atNanos) {
        int known = firstThat(position -> position.atNanos() >= atNanos);
        if (known == 0) {
            return Optional.empty();
        }
        Position newest = positions.get(known - 1);
        int missing = firstThat(position -> position.position() > replayed);
        if (missing >= known) {
            return Optional.of(new Behind(newest.atNanos(), newest.atNanos(), 0));
        }
        return Optional.of(new Behind(
                missing == 0 ? sinceNanos : positions.get(missing - 1).atNanos(),
                positions.get(missing).atNanos(),
                newest.position() - replayed));
    }

    /** By halving: both times and positions are in order. */
    private int firstThat(java.util.function.Predicate<Position> holds) {
        int from = 0;
        int to = positions.size();
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (holds.test(positions.get(middle))) {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        return from;
    }
}
