/**
 * The command line: one class a command, and the only place that knows exit codes, prints, or ends the process.
 *
 * <p>Everything below this package writes to streams it is given, and reports failure by throwing.
 */
@NullMarked
package dev.rehearsal.cli;

import org.jspecify.annotations.NullMarked;
