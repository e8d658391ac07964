/**
 * Prepares: synthetic tables at production scale, built once and cloned for every run.
 */
@NullMarked
package dev.rehearsal.dataset;

import org.jspecify.annotations.NullMarked;
