/**
 * The instruments: what the server did to whom, in its own words.
 *
 * <p>They are armed after the server is up and before the first request, and they connect past the fault proxy, so that a fault which blinds the
 * application does not blind them. Each writes {@link dev.rehearsal.run.RunEvent}s and judges nothing.
 *
 * <p>What they rest on, from the most to the least exact:
 *
 * <ul>
 *   <li>Waits come from the server's log ({@code log_lock_waits}): every session's, in microseconds, with holders and queue. Polling
 *       {@code pg_locks} for them would miss most short ones and slow down the victims ({@link dev.rehearsal.measure.LockTracer}).
 *   <li>Holds are intervals: we know when a statement was sent and when its commit returned, and in between what was seen in {@code pg_locks}. The
 *       figure reported is the middle of what is possible, and its error reaches both ends ({@link dev.rehearsal.measure.StatementWitness}).
 *   <li>Rewrites and hidden scans are told by event triggers from inside the transaction, through the log, because that survives a rollback
 *       ({@link dev.rehearsal.measure.InstrumentSchema}).
 *   <li>How far replicas are behind is asked of them and of the primary ten times a second, and known up to one such interval
 *       ({@link dev.rehearsal.measure.ReplicaWatch}).
 * </ul>
 *
 * <p>A server that is not ours may keep its log or its event triggers from us. Then waits come from readings of its locks ({@link
 * dev.rehearsal.measure.WaitSampler}), rewrites from the tables' files, and {@link dev.rehearsal.run.RunEvent.InstrumentLimited} says so, with how much less
 * is known.
 *
 * <p>After a failover they go on over the promoted server: the log of the one that went is read to its end first.
 *
 * <p>Guarantee: an instrument that may have missed something says so with {@link dev.rehearsal.run.RunEvent.InstrumentTrouble}; it never fills
 * the hole with a guess.
 */
@NullMarked
package dev.rehearsal.measure;

import org.jspecify.annotations.NullMarked;
