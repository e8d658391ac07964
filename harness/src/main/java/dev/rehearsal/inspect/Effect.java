package dev.rehearsal.inspect;

import dev.rehearsal.run.RunEvent.ExpectedLock;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What one statement did to the empty copy.
 *
 * @param before the catalogs before it
 * @param locks the strongest on each relation that it took anew; empty also where that could not be seen
 * @param locksSeen whether they could: not of statements that end their transactions themselves
 * @param rewritten tables that got a new file
 * @param indexed tables that were there, of which an index was built
 * @param checked tables that were there, of which a valid check is new
 * @param referring tables that were there, of which a valid foreign key is new
 * @param validated tables of which a constraint became valid
 * @param madeNotNull {@code table.column} of those that were there and may hold no null any more
 * @param refusal empty if the server did it, or had not ended when it had to
 * @param ended whether the server came to an end with it; what did not end was taken back
 */
record Effect(
        Catalog before,
        List<ExpectedLock> locks,
        boolean locksSeen,
        Set<String> rewritten,
        Set<String> indexed,
        Set<String> checked,
        Set<String> referring,
        Set<String> validated,
        Set<String> madeNotNull,
        Optional<Refusal> refusal,
        boolean ended) {

    /** @param sqlState such as {@code 42703} */
    record Refusal(String sqlState, String message) {}

    /** Whether all of it can be seen in the copy. */
    boolean done() {
        return ended && refusal.isEmpty();
    }
}
