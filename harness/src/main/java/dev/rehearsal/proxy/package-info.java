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
 * <p>Where it differs from Toxiproxy 2.12, on purpose: an end of stream is passed on as a half-close and not as a close of both ways; {@code
 * reset_peer} resets connections that were open when it was added, too; {@code slow_close}, {@code slicer} and {@code limit_data} are not
 * there.
 *
 * <p>A leaf: JDK and Jackson only, nothing of the harness.
 */
@NullMarked
package dev.rehearsal.proxy;

import org.jspecify.annotations.NullMarked;
