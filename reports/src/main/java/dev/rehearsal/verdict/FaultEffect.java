package dev.rehearsal.verdict;

import dev.rehearsal.run.FaultRun;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RunRecord;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the application felt of a fault that took its server away, by its own requests.
 *
 * @param fault its index
 * @param outages the longest of each operation that overlaps the fault, in the order of the operations
 * @param errors of requests that failed between the fault's begin and the end of those outages, by SQLState or what stands for it
 * @param connectionsLost sessions that broke under one of those requests; those that broke while they were idle are not among them
 */
public record FaultEffect(int fault, List<Outage> outages, SortedMap<String, Long> errors, long connectionsLost) {
    private static final int ERRORS_SHOWN = 4;

    public FaultEffect {
        outages = List.copyOf(outages);
        errors = Collections.unmodifiableSortedMap(new TreeMap<>(errors));
    }

    /** Of a fault that took the server away; else empty. Reads the requests twice. */
    static Optional<FaultEffect> of(FaultRun fault, RunRecord run) {
        if (!fault.tookTheServerAway()) {
            return Optional.empty();
        }
        List<Outage> outages = OutageFinder.longest(run, fault.startNanos(), fault.endNanos());
        long over = Math.max(
                fault.endNanos(),
                outages.stream().mapToLong(Outage::endNanos).max().orElse(fault.endNanos()));
        SortedMap<String, Long> errors = new TreeMap<>();
        Set<Integer> broken = new HashSet<>();
        run.requests().forEach(request -> {
            long end = request.t3Nanos() == RequestRecord.NEVER ? run.timelineEndNanos() : request.t3Nanos();
            if (request.failed() && end >= fault.startNanos() && request.t0Nanos() <= over) {
                errors.merge(OperationStatistics.errorKey(request), 1L, Long::sum);
                if (request.backendPid() != 0 && isLostConnection(request.sqlState())) {
                    broken.add(request.backendPid());
                }
            }
        });
        return Optional.of(new FaultEffect(fault.index(), outages, errors, broken.size()));
    }

    /** Class 08, and what a server says to sessions that it ends: 57P01 to 57P03. */
    private static boolean isLostConnection(String sqlState) {
        return sqlState.startsWith("08") || sqlState.startsWith("57P0");
    }

    /** Of the longest outage; 0 if nobody asked for anything. */
    public long longestNanos() {
        return outages.stream().mapToLong(Outage::durationNanos).max().orElse(0);
    }

    /** A sentence: the longest outage and whose, the failures, the connections. */
    public String sentence() {
        String felt = outages.stream()
                .max(Comparator.comparingLong(Outage::durationNanos))
                .map(worst -> "No " + worst.operation() + " succeeded for " + Quantities.duration(worst.durationNanos())
                        + (worst.firstSuccessNanos().isPresent() ? "" : ", to the end of the run")
                        + (outages.size() > 1 ? each() : ""))
                .orElse("Nobody asked for anything meanwhile");
        return felt + "; " + failures() + ".";
    }

    private String each() {
        long least = outages.stream().mapToLong(Outage::durationNanos).min().orElseThrow();
        return ", none of the " + outages.size() + " operations for at least " + Quantities.duration(least);
    }

    private String failures() {
        long failed = errors.values().stream().mapToLong(Long::longValue).sum();
        if (failed == 0) {
            return "no request failed";
        }
        return Wording.count(failed, "request", "requests") + " failed ("
                + errors.entrySet().stream()
                        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                        .limit(ERRORS_SHOWN)
                        .map(error -> error.getKey() + " × " + Quantities.count(error.getValue()))
                        .collect(Collectors.joining(", "))
                + "), "
                + (connectionsLost == 0
                        ? "no connection was lost"
                        : Wording.count(connectionsLost, "connection was lost", "connections were lost") + " in use");
    }
}
