/**
 * A TCP proxy that breaks connections on purpose, speaking Toxiproxy's HTTP API and toxics: whatever drives Toxiproxy drives this.
 *
 * <p>It stands in the path of the application and of the migration, so what it adds to each request is added to every number of the run. So
 * it is one thread over one selector: a byte that arrives is written on by the thread that read it, with no hand-over, no copy and no
 * allocation while no toxic is set. That thread owns all state; the HTTP API hands it commands and waits for them, so when an API call
 * returns, every connection feels its effect.
 *
 * <pre>
 * client ══ Connection ══ upstream
 *              ├─ Link upstream    client   ─> stage ─> stage ─> server      one stage a toxic of that stream, in the order they were added
 *              └─ Link downstream  server   ─> stage ─> client
 * </pre>
 *
 * <p>Whatever is random, which connections a toxicity below 1 affects, jitter, where a slicer cuts, follows from the server's seed, the proxy's
 * name, the connection's number and the toxic's name, and not from what other connections do. What waits inside is bounded: 64 kB and one
 * read a connection and way, 8 MB where bytes are only delayed, and no such privilege once 64 MB wait altogether.
 *
 * <p>One suite of tests runs against this server and against Toxiproxy 2.12. Where they differ on purpose, {@code DifferencesFromToxiproxyTest}
 * asserts both sides:
 *
 * <ol>
 *   <li>An end of stream is passed on as a half-close, so answers still arrive; Toxiproxy closes both ways.
 *   <li>{@code reset_peer} resets connections that were open when it was added, too; Toxiproxy closes those.
 *   <li>Removing a {@code reset_peer} whose timeout runs resets at once; Toxiproxy's API waits for the timeout.
 *   <li>A toxic that is added or removed does not disturb the one before it. Toxiproxy interrupts that one, which lets go of the bytes in its
 *       hands and draws its toxicity again.
 *   <li>Toxicity, jitter and slices follow from the seed. Toxiproxy has a {@code -seed}, and no use for it.
 *   <li>A toxic's {@code stream} is told in small letters, whatever it was asked for in.
 *   <li>The reason behind {@code bad request body: } is in our own words; {@code version} is that of Toxiproxy that this was written for;
 *       Toxiproxy lets a {@code Logger} slip into every proxy that it tells of.
 * </ol>
 *
 * <p>And one that no test shows, because it ends Toxiproxy, by a stack of a gigabyte: a {@code slicer} whose {@code average_size} is 0, the default,
 * cuts into single bytes here.
 *
 * <p>A leaf: JDK and Jackson only, nothing of the harness.
 */
@NullMarked
package dev.rehearsal.proxy;

import org.jspecify.annotations.NullMarked;
