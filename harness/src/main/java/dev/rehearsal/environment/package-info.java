/**
 * Servers, and what stands in front of them: the part of the flow between a cloned data directory and a JDBC URL.
 *
 * <p>A rehearsal's numbers are only worth something on a server that does what production's does, so servers are started from PostgreSQL's own
 * binaries with durability as the server's defaults have it, never through a test library that turns it off. {@link
 * dev.rehearsal.environment.LocalServers} starts and stops one server over one data directory; {@link
 * dev.rehearsal.environment.LocalRuntime} makes of it an {@link dev.rehearsal.environment.Environment}, with the fault proxy in the path of
 * the application and of the migration, and a direct way for observers.
 *
 * <p>Guarantee: nothing started here outlives its {@code close()}, also when a start fails half-way. When the harness itself is killed the
 * kernel ends its servers (a parent-death signal), and what that misses the next run's {@link dev.rehearsal.environment.Sweeper} ends: every
 * started thing is written down in the {@link dev.rehearsal.environment.RunningRegistry} before it runs.
 */
@NullMarked
package dev.rehearsal.environment;

import org.jspecify.annotations.NullMarked;
