/**
 * Runs the proposed change, and its rollback, the way a deployment would: step by step over one connection through the fault proxy.
 *
 * <p>In the flow it stands between the timeline, which says when a step may begin, and the instruments, which watch each statement. It decides nothing
 * about what is good: it retries as the scenario says, stops where the migration would stop, and journals every try.
 *
 * <p>Guarantee: {@link dev.rehearsal.migration.MigrationRunner#run} comes back. What does not end by itself is cancelled at the time limit, then its session
 * is terminated, then its connection is cut.
 */
@NullMarked
package dev.rehearsal.migration;

import org.jspecify.annotations.NullMarked;
