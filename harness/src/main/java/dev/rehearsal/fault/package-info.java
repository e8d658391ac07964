/**
 * Breaks things on purpose, on cue: the network through the fault proxies of servers and of the links between them, the servers themselves, who of them
 * is the primary, and long transactions of somebody else's.
 *
 * <p>The timeline tells a {@link dev.rehearsal.fault.FaultInjector} which stages and steps begin and end; it starts and ends the scenario's
 * faults by that, and writes into the journal what was really done and for how long. The only door to Toxiproxy's client: it drives the
 * built-in proxy and a real Toxiproxy alike. How a server's processes are stopped or killed is its runtime's; here is only when
 * ({@link dev.rehearsal.fault.ServerSwitches}). Locks and phases that are cues are looked for ({@link dev.rehearsal.fault.ServerPoll}), and
 * what is over within milliseconds may not be seen. A commit that is a cue is not held up: it may be answered first, which is said.
 *
 * <p>Guarantee: a fault that began is ended and a fault that never began is named with the reason, at the latest by {@code close()}, after
 * which the proxy is as it was. A fault that could not be injected, or not be removed, makes the run inconclusive.
 */
@NullMarked
package dev.rehearsal.fault;

import org.jspecify.annotations.NullMarked;
