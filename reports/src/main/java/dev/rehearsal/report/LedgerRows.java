package dev.rehearsal.report;

import dev.rehearsal.verdict.LedgerAccount;
import dev.rehearsal.verdict.Quantities;
import java.util.List;
import java.util.stream.Collectors;

/** The account of the ledger, as a table of few rows. */
record LedgerRows(TimeAxis axis) {
    PageView.Ledger of(LedgerAccount account) {
        return new PageView.Ledger(
                account.sentence(),
                account.doubt().orElse(""),
                List.of(
                        new PageView.LedgerRow(
                                "acknowledged",
                                Quantities.count(account.acknowledged()),
                                Quantities.count(account.acknowledged() - account.lost()),
                                Quantities.count(account.lost()),
                                "the server said that they are committed: what is not there is lost"),
                        new PageView.LedgerRow(
                                "unknown",
                                Quantities.count(account.unknown()),
                                Quantities.count(account.unknownPresent()),
                                Quantities.count(account.unknownAbsent()),
                                "the connection broke, or a wait for a replica was cancelled, after the commit had"
                                        + " been sent: either is fine"),
                        new PageView.LedgerRow(
                                "refused",
                                Quantities.count(account.refused()),
                                Quantities.count(account.refusedPresent()),
                                Quantities.count(
                                        account.refused() - Math.min(account.refused(), account.refusedPresent())),
                                "never committed: none may be there"),
                        new PageView.LedgerRow(
                                "committed again",
                                Quantities.count(account.duplicated()),
                                Quantities.count(account.duplicated()),
                                "",
                                "by a retry of an attempt that had been committed after all")),
                account.losses().stream()
                        .map(loss -> loss.service() + " " + loss.operation() + ", arrival "
                                + Quantities.count(loss.arrival()) + ", acknowledged at "
                                + axis.clock(loss.acknowledgedNanos()) + ", missed when the ledger was read "
                                + loss.occasion())
                        .toList(),
                account.readings().isEmpty()
                        ? "never read back"
                        : "read back "
                                + account.readings().stream()
                                        .map(reading ->
                                                reading.occasion() + " (" + axis.clock(reading.begunNanos()) + ")")
                                        .collect(Collectors.joining(", ")));
    }
}
