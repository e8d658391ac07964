/**
 * The whole flow of a rehearsal on one screen: {@link dev.rehearsal.rehearsal.Rehearsal}.
 *
 * <p>It knows every doer and puts them in order; they do not know each other. What happened is only in the run directory: judging reads it
 * from there, also when the run has just ended.
 */
@NullMarked
package dev.rehearsal.rehearsal;

import org.jspecify.annotations.NullMarked;
