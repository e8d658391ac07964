package dev.rehearsal.verdict;

import dev.rehearsal.run.LedgerKey;
import dev.rehearsal.run.RequestLog.OperationKey;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RunEvent.LedgerRead;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.verdict.LedgerAccount.Loss;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * Holds every request beside the entries that were found.
 *
 * <pre>
 *                      there                     not there
 * acknowledged         as it should be           lost
 * unknown              may be                    may be
 * refused              cannot be: doubt          as it should be
 * </pre>
 *
 * What was acknowledged before a reading began has to be in that reading, and in every later one. A request that was tried several times is there
 * if any attempt is, and is there twice if two are. One pass over the requests; the entries of each reading are in memory, eight bytes each.
 */
final class LedgerAudit {
    /** As many as a person reads. */
    private static final int LOSSES_KEPT = 20;

    private final RunRecord run;
    private final List<OperationKey> operations;
    private final List<Reading> readings = new ArrayList<>();
    private final PriorityQueue<Loss> losses = new PriorityQueue<>(
            Comparator.comparingLong(Loss::acknowledgedNanos).reversed());
    private Optional<String> doubt = Optional.empty();
    private long acknowledged;
    private long lost;
    private long unknown;
    private long unknownPresent;
    private long cancelledWaits;
    private long refused;
    private long refusedPresent;
    private long duplicated;
    private long attempts;
    private long matched;

    private static final class Reading {
        private final LedgerRead event;
        private final long[] keys;

        Reading(LedgerRead event, long[] keys) {
            this.event = event;
            this.keys = keys;
        }

        boolean has(long key) {
            return Arrays.binarySearch(keys, key) >= 0;
        }

        int count(long key) {
            int found = Arrays.binarySearch(keys, key);
            if (found < 0) {
                return 0;
            }
            int from = found;
            while (from > 0 && keys[from - 1] == key) {
                from--;
            }
            int to = found;
            while (to < keys.length - 1 && keys[to + 1] == key) {
                to++;
            }
            return to - from + 1;
        }
    }

    private LedgerAudit(RunRecord run) {
        this.run = run;
        this.operations = run.requests().operations();
    }

    /** Empty if no operation leaves entries. */
    static Optional<LedgerAccount> of(RunRecord run) {
        return run.requests().operations().stream().anyMatch(OperationKey::ledger)
                ? Optional.of(new LedgerAudit(run).account())
                : Optional.empty();
    }

    private LedgerAccount account() {
        read();
        Optional<Reading> last =
                readings.stream().filter(reading -> reading.event.last()).findFirst();
        if (last.isEmpty()) {
            doubt("The ledger was not read back at the end of the run, so that nobody knows what of it is there.");
        }
        run.requests().forEach(request -> {
            if (operations.get(request.operation()).ledger()) {
                add(request, last);
            }
        });
        long strangers = last.map(reading -> reading.keys.length - matched).orElse(0L);
        if (run.load().isEmpty()) {
            doubt("The load did not come to its end, so that writes may have been acknowledged that nobody recorded.");
        } else if (strangers > 0) {
            doubt(Wording.count(strangers, "entry", "entries")
                    + " of the ledger belong to no request: something else wrote to it. Run it again.");
        }
        if (refusedPresent > 0) {
            doubt(Wording.count(refusedPresent, "write", "writes")
                    + " that the server had refused are in the ledger, which is a defect. Please report it.");
        }
        return new LedgerAccount(
                operations.stream()
                        .filter(OperationKey::ledger)
                        .map(key -> Wording.operation(run, key.service(), key.operation()))
                        .distinct()
                        .toList(),
                acknowledged,
                lost,
                unknown,
                unknownPresent,
                cancelledWaits,
                refused,
                refusedPresent,
                duplicated,
                attempts,
                strangers,
                losses.stream()
                        .sorted(Comparator.comparingLong(Loss::acknowledgedNanos))
                        .toList(),
                run.ledgerReads(),
                doubt);
    }

    private void read() {
        for (LedgerRead event : run.ledgerReads()) {
            event.failure()
                    .ifPresent(why -> doubt("The ledger could not be read back " + event.occasion() + ": " + why));
            if (event.section().isPresent()) {
                try {
                    readings.add(new Reading(
                            event, run.ledger().section(event.section().getAsInt())));
                } catch (UncheckedIOException e) {
                    doubt("What was read of the ledger " + event.occasion() + " is not there any more: "
                            + e.getCause().getMessage() + ".");
                }
            }
        }
    }

    /** The first reason counts: others follow from it. */
    private void doubt(String why) {
        if (doubt.isEmpty()) {
            doubt = Optional.of(why);
        }
    }

    private void add(RequestRecord request, Optional<Reading> last) {
        attempts += request.attempts().count();
        int present = last.map(reading -> present(request, reading)).orElse(0);
        matched += present;
        duplicated += Math.max(0, present - 1);
        refusedPresent += refusedYetPresent(request);
        if (request.acknowledged()) {
            acknowledged++;
            missedBy(request).ifPresent(reading -> lost(request, reading));
        } else if (request.attempts().unknown() != 0) {
            unknown++;
            unknownPresent += present > 0 ? 1 : 0;
            cancelledWaits += request.failed() ? 0 : 1;
        } else {
            refused++;
        }
    }

    private static long key(RequestRecord request, int attempt) {
        return LedgerKey.of(request.operation(), request.attempts().arrival(), attempt);
    }

    /** How many entries it has. */
    private static int present(RequestRecord request, Reading reading) {
        int present = 0;
        for (int attempt = 1; attempt <= request.attempts().count(); attempt++) {
            present += reading.count(key(request, attempt));
        }
        return present;
    }

    private long refusedYetPresent(RequestRecord request) {
        long found = 0;
        for (int attempt = 1; attempt <= request.attempts().count(); attempt++) {
            boolean committed =
                    request.acknowledged() && attempt == request.attempts().count();
            if (!committed && !request.attempts().isUnknown(attempt)) {
                long key = key(request, attempt);
                found += readings.stream().anyMatch(reading -> reading.has(key)) ? 1 : 0;
            }
        }
        return found;
    }

    /** The first reading that began after its acknowledgement and does not have it. */
    private Optional<Reading> missedBy(RequestRecord request) {
        return readings.stream()
                .filter(reading -> reading.event.begunNanos() >= request.t3Nanos())
                .filter(reading -> present(request, reading) == 0)
                .findFirst();
    }

    private void lost(RequestRecord request, Reading reading) {
        lost++;
        OperationKey operation = operations.get(request.operation());
        losses.add(new Loss(
                operation.service(),
                operation.operation(),
                request.attempts().arrival(),
                request.t3Nanos(),
                reading.event.occasion()));
        if (losses.size() > LOSSES_KEPT) {
            losses.remove();
        }
    }
}
