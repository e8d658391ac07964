package dev.rehearsal.scenario;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Rows that are changed batch by batch, each batch a range of the primary key and a transaction of its own.
 *
 * @param table as SQL names it
 * @param set what follows SET: {@code region = 'eu'}
 * @param where which rows still need it: a condition that {@code set} makes untrue, so that a row is changed once, however often it is begun again
 * @param pause after each batch that changed anything
 */
public record Backfill(String table, String set, String where, BatchSize batch, Duration pause, Throttle throttle) {

    /** The statement that all batches together are. */
    public String sql() {
        return "update " + table + " set " + set + " where " + where;
    }

    /** How many keys a batch has. */
    public sealed interface BatchSize {
        /** As many as this, except in the last one. */
        record Fixed(int rows) implements BatchSize {}

        /**
         * As many as take about so long.
         *
         * @param target how long a batch shall take, its commit included
         * @param first rows of the first batch
         * @param most rows of any
         */
        record Adaptive(Duration target, int first, int most) implements BatchSize {}
    }

    /**
     * When no batch is begun; whatever is left out does not hold it up.
     *
     * @param replicaLag while a replica is further behind than this
     * @param p99 while the application's p99 of the last two seconds is above this
     * @param p99Factor while it is above so many times that of the baseline
     * @param lockQueue while more sessions than this wait for a lock
     */
    public record Throttle(
            Optional<Duration> replicaLag, Optional<Duration> p99, OptionalDouble p99Factor, OptionalInt lockQueue) {
        /** Nothing holds it up. */
        public static final Throttle NONE =
                new Throttle(Optional.empty(), Optional.empty(), OptionalDouble.empty(), OptionalInt.empty());
    }
}
