/**
 * Telling: what a judged run looks like to whoever has to decide about it.
 *
 * <p>Nothing here measures or judges. A report is a function of a {@link dev.rehearsal.run.RunRecord} and of its verdict, so that {@code
 * harness report} draws a finished run again, from disk, exactly as the rehearsal drew it. Writers return text or write to what they are
 * given; they never print.
 *
 * <p>{@link dev.rehearsal.report.Html} keeps two things apart: words and tables are rendered here, by a template, and can be read with
 * scripts off; only the charts are drawn in the browser, from {@link dev.rehearsal.report.ReportData}, which the page carries as JSON.
 */
@NullMarked
package dev.rehearsal.report;

import org.jspecify.annotations.NullMarked;
