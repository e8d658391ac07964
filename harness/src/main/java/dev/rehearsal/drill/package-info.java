/**
 * Tries out what a timeline cannot show: the migration a second time, and whatever else the scenario lists under {@code drills}.
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
