/**
 * The language: what a scenario file says, as records.
 *
 * <p>First in the flow. {@link dev.rehearsal.scenario.ScenarioLoader} reads a file and either returns a complete, checked {@link
 * dev.rehearsal.scenario.Scenario} or throws {@link dev.rehearsal.scenario.InvalidScenarioException} with every problem found, each with its
 * place. Nothing behind this package checks user input again, and nothing in it talks to a database.
 *
 * <p>Guarantee: every record is immutable, holds no null, and was checked with the names that the file uses.
 */
@NullMarked
package dev.rehearsal.scenario;

import org.jspecify.annotations.NullMarked;
