/**
 * Comparing: what two or more judged runs of the same question have in common, and what chance does not explain.
 *
 * <p>Nothing is measured or judged again here: a {@link dev.rehearsal.compare.Comparison} is a function of {@link dev.rehearsal.run.RunRecord}s and their
 * verdicts. It asks in this order. First, whether the runs can be compared at all: the same data, the same traffic, the same machine and server. If not, the
 * numbers stand side by side and no winner is called. Then, for each operation, whether its response times differ by more than chance.
 *
 * <p>Chance is what the baselines show, where nothing had been done yet, in two ways. Within a run, a block bootstrap of its baseline (see {@link
 * dev.rehearsal.verdict.BlockBootstrap}) tells how far a percentile of a stage of that length may lie by chance. Between the runs, their baselines are the
 * control: the machine may have been slower that day, and what differs already in the baselines is not the migration's doing. A difference is called only where
 * the interval of the ratio lies beyond 1 <em>and</em> beyond the interval of the baselines' own ratio,
 * and where it is a quarter more than what the baselines differ by.
 *
 * <p>Example: p99 during the migration 44 ms and 2.00 s, ratio 45 with interval 20 to 90; the baselines' p99 6.4 and 2.6 ms, ratio 0.4 with interval 0.1 to 1.6. 20 is
 * beyond 1.6, so the second run was slower. Had the interval been 1.2 to 90, it would have been put down to chance.
 *
 * <p>{@link dev.rehearsal.compare.Trend} looks at many runs of one scenario in the order of time, for the points at which their level changed.
 */
@NullMarked
package dev.rehearsal.compare;

import org.jspecify.annotations.NullMarked;
