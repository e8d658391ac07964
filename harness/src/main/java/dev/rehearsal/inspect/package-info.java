/**
 * The static view: what a migration touches and which hazards it has, known before anything is rehearsed.
 *
 * <p>In the flow it stands before the timeline, and decides nothing. Three sources, in the order in which they are believed: what a server of the same version
 * does with the statement on an <em>empty</em> copy of the schema (its locks, rewrites, rebuilt indexes, refusals: all of them without a row, so without
 * waiting); what its catalogs say of the things that are touched; and the statement's text. Example: whether {@code alter column … set not null} scans is read
 * from the catalog before and after it on the copy, and not from its words. What cannot be known so, such as how long it takes and who waits, is what the
 * rehearsal is for: the report holds both beside each other. Nothing sleeps on the copy, and what does not end in some seconds is taken back and called unknown.
 *
 * <p>Guarantee: the copy is the only thing that is changed, and a statement that nobody understands is said to be one.
 */
@NullMarked
package dev.rehearsal.inspect;

import org.jspecify.annotations.NullMarked;
