/**
 * Tries out what a timeline cannot show: the migration a second time, and whatever else the scenario lists under {@code drills}.
 *
 * <p>A scenario that lists none has those that apply and take a few times the migration's own time: {@code rerun}; {@code rollback}, where there is a way
 * back; {@code compatibility}, where a service has versions; {@code drift}, where there are several databases. {@code crash} and {@code failover} are done for
 * who asks, in the list or by an objective: each runs the migration about four times for each of its steps, and nobody shall wait half an hour for what he
 * did not ask. What will be drilled, and how often that runs the migration, is said before the first stage begins. Such drills tell and decide nothing: who
 * never runs a migration twice need not hear that it fails for it.
 *
 * <p>In the flow it comes after the timeline, when the load has ended and nothing is measured any more. Each drill works on servers of its own over fresh
 * clones of the snapshot, one after the other, and deletes them. The steps run as they do in the timeline, by the same
 * {@link dev.rehearsal.migration.MigrationRunner}, but with nobody's traffic in the way, unless a drill says that there is some.
 *
 * <p>Drills see and do not judge: what they saw is in the journal, and {@code dev.rehearsal.verdict} makes findings of it. A drill that cannot be done, or
 * whose server breaks, says so there; it never breaks the run, whose measurements are complete by then.
 */
@NullMarked
package dev.rehearsal.drill;

import org.jspecify.annotations.NullMarked;
