package dev.rehearsal.verdict;

import dev.rehearsal.run.RunEvent.LedgerRead;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What became of the writes that leave entries in the ledger: {@code acknowledged + unknown + refused} are all of their requests.
 *
 * @param operations that leave entries, by name
 * @param acknowledged requests of which the server said that they are committed
 * @param lost of those, the ones that were not there when the ledger was read back later
 * @param unknown requests of which nobody can say whether they were committed: the connection broke after the commit had been sent, or the server
 *     gave up waiting for a replica and said so in a warning
 * @param unknownPresent of those, the ones that are there
 * @param cancelledWaits of those, the ones with the warning
 * @param refused requests of which the server, or that nothing was sent, says that they were not committed
 * @param refusedPresent attempts that were refused and are there all the same, which cannot be
 * @param duplicated entries beyond the first of a request: it was committed more than once
 * @param attempts of all these requests together
 * @param strangers entries of no request that was recorded
 * @param losses the first of those lost, in the order of their acknowledgement
 * @param readings each time that the ledger was read back, in order
 * @param doubt why the account is not complete, a sentence; empty if it is
 */
public record LedgerAccount(
        List<String> operations,
        long acknowledged,
        long lost,
        long unknown,
        long unknownPresent,
        long cancelledWaits,
        long refused,
        long refusedPresent,
        long duplicated,
        long attempts,
        long strangers,
        List<Loss> losses,
        List<LedgerRead> readings,
        Optional<String> doubt) {
    public LedgerAccount {
        operations = List.copyOf(operations);
        losses = List.copyOf(losses);
        readings = List.copyOf(readings);
    }

    /**
     * One write that was acknowledged, and was not there later.
     *
     * @param arrival its number within the service, from 0
     * @param occasion of the first reading that missed it
     */
    public record Loss(String service, String operation, long arrival, long acknowledgedNanos, String occasion) {}

    /** Whether every write was looked for, and the account adds up. */
    public boolean verified() {
        return doubt.isEmpty();
    }

    public long unknownAbsent() {
        return unknown - unknownPresent;
    }

    /** {@link #words} as a sentence of its own. */
    public String sentence() {
        String words = words();
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1) + ".";
    }

    /** Such as {@code all 1,234 acknowledged writes are there; 3 of unknown outcome, of which 2 are there; none twice}. */
    public String words() {
        String found = lost == 0
                ? (verified() ? "all " + Quantities.count(acknowledged) : Quantities.count(acknowledged))
                        + " acknowledged writes" + (verified() ? " are there" : ", not all of them looked for")
                : Quantities.count(lost) + " of " + Quantities.count(acknowledged) + " acknowledged writes are lost";
        String open = unknown == 0
                ? "none of unknown outcome"
                : Quantities.count(unknown) + " of unknown outcome, of which " + Quantities.count(unknownPresent)
                        + (unknownPresent == 1 ? " is there" : " are there");
        String twice = duplicated == 0 ? "none twice" : Quantities.count(duplicated) + " committed again by a retry";
        return found + "; " + open + "; " + twice;
    }
}
