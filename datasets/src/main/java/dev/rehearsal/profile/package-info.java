/**
 * Writes a dataset and a workload from what a live server knows about itself: its catalogs and its statistics, never a row of a user's table.
 *
 * <pre>
 *   catalogs ─────────────────> schema.sql
 *   pg_statistic, pg_class ───> dataset.yaml   (generators that give the same statistics; texts masked)
 *                          └──> statistics.json (the figures alone, to compare a build with)
 *   pg_stat_statements ───────> scenario.yaml  (operations, weights, rate; what cannot be replayed, with the reason)
 * </pre>
 *
 * <p>Guarantees. The session is read-only and asks system catalogs alone; statements of the workload are parsed by the server, neither planned nor
 * run, because planning may look at an index. A text that stands in no literal of the schema leaves the server only if the user says so. A
 * password is in no message, no file and no exception.
 */
@NullMarked
package dev.rehearsal.profile;

import org.jspecify.annotations.NullMarked;
