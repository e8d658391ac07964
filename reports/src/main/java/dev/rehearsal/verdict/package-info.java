/**
 * Judging: what a run record means.
 *
 * <p>{@link dev.rehearsal.verdict.Judge} is a pure function of a {@link dev.rehearsal.run.RunRecord}: no clock, no database, no file. It works
 * in four steps, each a class that can be read alone. {@link dev.rehearsal.verdict.StageStatistics} cuts the requests by stage and operation.
 * {@link dev.rehearsal.verdict.Attribution} joins lock waits, requests and statements: who waited for which statement, and who stood in front
 * of it. {@link dev.rehearsal.verdict.Validity} asks whether the instruments were good enough for the limits that are judged. Then each
 * objective becomes one {@link dev.rehearsal.verdict.Finding}.
 *
 * <p>The rule for a regression: with {@code r} the observed percentile beside the baseline's and
 * {@code [a, b]} the middle 99 % of the ratios that two stages of these lengths have by chance, as a block bootstrap of the baseline finds them,
 * the interval is {@code [r / b, r / a]}. It failed if the factor allowed is below all of it, passed if above, and is inconclusive inside. A run
 * that changes nothing fails at most once in twenty then, even where nothing is allowed for; {@code RegressionSeriesTest} counts
 * over hundreds of made-up runs.
 *
 * <p>Guarantee: a run whose instruments were not good enough, or that did not come to its end, is inconclusive; it never passes and never
 * fails. What failed in it without any instrument being asked, a lost write that was found or a drill, is told first. Times are nanoseconds since the
 * run's origin inside, and become milliseconds where a name says so.
 */
@NullMarked
package dev.rehearsal.verdict;

import org.jspecify.annotations.NullMarked;
