/**
 * What was observed, and where it is kept.
 *
 * <p>Measuring and judging are apart. While a rehearsal runs, its doers append {@link dev.rehearsal.run.RunEvent}s to the {@link
 * dev.rehearsal.run.Journal} ({@code events.ndjson}) and requests to the {@link dev.rehearsal.run.RequestLog} ({@code requests.bin}). A
 * {@link dev.rehearsal.run.RunRecord} is nothing but those files folded together (and what the {@link dev.rehearsal.run.LedgerFile} holds, where there is one), so that {@code harness report} judges a finished run
 * from disk exactly as {@code harness rehearse} judged it, and a killed run still renders what it saw.
 *
 * <p>Times are nanoseconds since the run's origin on the machine's monotonic clock ({@code System.nanoTime}, which processes of one machine
 * share); the wall clock appears once, in {@link dev.rehearsal.run.RunEvent.RunStarted}.
 */
@NullMarked
package dev.rehearsal.run;

import org.jspecify.annotations.NullMarked;
