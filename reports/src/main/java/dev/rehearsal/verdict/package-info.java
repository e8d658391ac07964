/**
 * Judging: what a run record means.
 *
 * <p>{@link dev.rehearsal.verdict.Judge} is a pure function of a {@link dev.rehearsal.run.RunRecord}: no clock, no database, no file. It works
 * in four steps, each a class that can be read alone. {@link dev.rehearsal.verdict.StageStatistics} cuts the requests by stage and operation.
 * {@link dev.rehearsal.verdict.Attribution} joins lock waits, requests and statements: who waited for which statement, and who stood in front
 * of it. {@link dev.rehearsal.verdict.Validity} asks whether the instruments were good enough for the limits that are judged. Then each
 * objective becomes one {@link dev.rehearsal.verdict.Finding}.
 *
 * <p>Guarantee: a run whose instruments were not good enough, or that did not come to its end, is inconclusive; it never passes and never
 * fails. What failed in it without any instrument being asked, a lost write that was found or a drill, is told first. Times are nanoseconds since the
 * run's origin inside, and become milliseconds where a name says so.
 */
@NullMarked
package dev.rehearsal.verdict;

import org.jspecify.annotations.NullMarked;
