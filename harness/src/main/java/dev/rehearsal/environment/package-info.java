/**
 * Servers, and what stands in front of them: the part of the flow between a cloned data directory and a JDBC URL.
 *
 * <p>A rehearsal's numbers are only worth something on a server that does what production's does, so servers run with durability as the
 * server's defaults have it, never as a test library sets it. {@link dev.rehearsal.environment.RuntimeChooser} picks where: {@link
 * dev.rehearsal.environment.LocalRuntime} starts PostgreSQL's own programs, {@link dev.rehearsal.environment.ContainerRuntime} an image. Each
 * makes an {@link dev.rehearsal.environment.Environment} of a data directory, with the fault proxy in the path of the application and of the
 * migration, and a direct way for observers; {@code EnvironmentStart} is what they have in common.
 *
 * <p>Replicas are clones of the primary's data beside it ({@code ServersStart}), and {@code Topology} knows who is the primary and how another
 * becomes it. Two limits: a replica that had got more than the one that is promoted cannot follow it, which its lag then shows; and the containers of a
 * runtime share one Toxiproxy, so that of its environments one is up at a time.
 *
 * <p>Guarantee: nothing started here outlives its {@code close()}, also when a start fails half-way. When the harness itself is killed the
 * kernel ends its servers (a parent-death signal), and what that misses the next run's {@link dev.rehearsal.environment.Sweeper} ends: every
 * started thing is written down in the {@link dev.rehearsal.environment.RunningRegistry} before it runs, and what is in a container engine carries
 * its owner as labels.
 */
@NullMarked
package dev.rehearsal.environment;

import org.jspecify.annotations.NullMarked;
