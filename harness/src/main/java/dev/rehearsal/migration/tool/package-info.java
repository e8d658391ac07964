/**
 * Tools that carry out migrations: Flyway and Liquibase as libraries, any other as a command.
 *
 * <p>They are what a team runs in production, so history tables, checksums, locks and transactions are theirs. All that they are given is the way to the
 * server; what they do there is none of their own telling, but the server's ({@link dev.rehearsal.measure.ToolWatch}).
 *
 * <p>Guarantee: {@link dev.rehearsal.migration.tool.MigrationTool#run} comes back soon after its thread was interrupted and the sessions of the tool were
 * ended, and leaves no process behind.
 */
@NullMarked
package dev.rehearsal.migration.tool;

import org.jspecify.annotations.NullMarked;
