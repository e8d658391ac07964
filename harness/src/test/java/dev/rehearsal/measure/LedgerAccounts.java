package dev.rehearsal.measure;

import dev.rehearsal.run.LedgerEntries;
import dev.rehearsal.run.RequestLog;
import dev.rehearsal.run.Requests;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.verdict.Judge;
import dev.rehearsal.verdict.LedgerAccount;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The ledger's account of a load that no rehearsal ran. */
public final class LedgerAccounts {
    private LedgerAccounts() {}

    /** As {@code harness report} has it: from what is on the disk, and what was journaled. */
    public static LedgerAccount in(Path directory, List<RunEvent> events) throws IOException {
        List<RunEvent> all = new ArrayList<>();
        all.add(new RunEvent.RunStarted(
                0,
                Instant.EPOCH,
                "test",
                "ledger",
                "",
                "scenario.yaml",
                7,
                "constant",
                List.of(),
                List.of(),
                List.of("harness")));
        all.addAll(events);
        RunRecord run = RunRecord.of(
                all,
                Requests.of(RequestLog.open(directory.resolve("requests.bin"))),
                LedgerEntries.in(directory.resolve("ledger.bin")));
        return Judge.judge(run).ledger().orElseThrow();
    }
}
