/**
 * Prepares: synthetic tables at production scale, built once and cloned for every run.
 *
 * <p>Second in the flow: {@link dev.rehearsal.dataset.SnapshotStore} turns {@link dev.rehearsal.scenario.StartingData} and a seed into a {@link
 * dev.rehearsal.dataset.Snapshot}, and a {@link dev.rehearsal.dataset.Cloner} makes a data directory of it that a rehearsal may ruin.
 *
 * <pre>
 *   definition + seed ─ fingerprint ─> in the cache?  ─ yes ──────────────────────────────┐
 *                                         │ no                                            v
 *   new cluster ─> tables ─> rows by binary COPY ─> freeze ─> keys, indexes, … ─> stop ─> snapshot ─ clone ─> run
 * </pre>
 *
 * <p>A dump takes the same way, with its own statements in place of tables, rows and keys: {@code RestoreRecipe}.
 *
 * <p>Guarantees. A row is a pure function of (seed, table, column, row number): any slice can be made alone, in parallel, again, also by a process that has only the {@link dev.rehearsal.dataset.RowPlan}. A directory that has a
 * snapshot's name is whole, whatever was killed while it was made. A clone starts as a database that has been in use: analysed, frozen, with hint
 * bits set and log segments at hand, so that the first requests of a rehearsal do not pay for what production has long paid.
 *
 * <p>Clones are made by the first way that works: reflink ({@code FICLONE}), which shares blocks until one side writes; {@code copy_file_range} in a few
 * threads; a plain copy. PostgreSQL 18's {@code file_copy_method = clone} is not among them. It makes {@code create database … strategy file_copy} and
 * {@code set tablespace} use the same {@code copy_file_range} within a cluster that runs; a rehearsal needs a second cluster, with a log, settings and
 * transactions of its own, and whatever crashes in one must not be the other's.
 *
 * <p>Servers come from elsewhere, through {@link dev.rehearsal.dataset.ServerLauncher}: this package knows SQL and files, not processes.
 */
@NullMarked
package dev.rehearsal.dataset;

import org.jspecify.annotations.NullMarked;
