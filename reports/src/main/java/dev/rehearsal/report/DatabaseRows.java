package dev.rehearsal.report;

import dev.rehearsal.run.FaultRun;
import dev.rehearsal.run.RunEvent.DatabaseMigrated;
import dev.rehearsal.run.RunEvent.DatabaseSchema;
import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.DatabaseVerdict;
import dev.rehearsal.verdict.Quantities;
import dev.rehearsal.verdict.StatementImpact;
import dev.rehearsal.verdict.Timings;
import dev.rehearsal.verdict.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the migration did on each of several databases, as rows of text. */
final class DatabaseRows {
    private static final String NOTHING = StatementRows.NOTHING;
    private static final int FINGERPRINT_CHARACTERS = 8;

    private DatabaseRows() {}

    /** Empty where there is one. */
    static List<PageView.Database> of(Verdict verdict, TimeAxis axis) {
        return verdict.databases().stream().map(database -> row(database, axis)).toList();
    }

    /** Such as {@code wave 2, migrated in 1.20 s, passed; p99 2.1 ms (baseline 1.9 ms); 12 requests waited, worst response 31 ms; blocker of 3.00 s; schema 1f3a5c70}. */
    static String line(DatabaseVerdict database) {
        StringBuilder line = new StringBuilder("wave ")
                .append(database.database().wave())
                .append(", ")
                .append(database.state().word());
        database.durationNanos()
                .ifPresent(nanos -> line.append(database.state() == DatabaseVerdict.State.FAILED ? " after " : " in ")
                        .append(Quantities.duration(nanos)));
        line.append(", ")
                .append(database.judged().isPresent() ? database.status().word() : "not judged");
        p99(database, Stage.MIGRATION)
                .ifPresent(during -> line.append("; p99 ")
                        .append(during)
                        .append(p99(database, Stage.BASELINE)
                                .map(before -> " (baseline " + before + ")")
                                .orElse("")));
        long victims = victims(database);
        if (victims > 0) {
            line.append("; ")
                    .append(Quantities.count(victims))
                    .append(victims == 1 ? " request" : " requests")
                    .append(" waited, worst response ")
                    .append(Quantities.duration(worst(database)));
        }
        String faults = faults(database);
        return line.append(faults.isEmpty() ? "" : "; " + faults)
                .append("; schema ")
                .append(schema(database))
                .toString();
    }

    /** Such as {@code blocker of 5.00 s}: what befell it. */
    private static String faults(DatabaseVerdict database) {
        return database.judged().stream()
                .flatMap(there -> there.run().faults().stream())
                .filter(FaultRun::happened)
                .map(fault -> fault.kind() + " of " + Quantities.duration(fault.endNanos() - fault.startNanos()))
                .collect(Collectors.joining(", "));
    }

    private static PageView.Database row(DatabaseVerdict database, TimeAxis axis) {
        Optional<DatabaseMigrated> migrated =
                database.database().migration().filter(passage -> passage.status() != Status.SKIPPED);
        long victims = victims(database);
        return new PageView.Database(
                "database " + database.number(),
                database.judged()
                        .filter(there -> database.number() > 1)
                        .map(there -> "databases/" + database.number() + "/report.html"),
                String.valueOf(database.database().wave()),
                database.state().word(),
                database.judged().isPresent() ? database.status().word() : NOTHING,
                migrated.map(passage -> axis.clock(passage.startNanos())).orElse(NOTHING),
                database.durationNanos().map(Quantities::duration).orElse(NOTHING),
                p99(database, Stage.BASELINE).orElse(NOTHING),
                p99(database, Stage.MIGRATION).orElse(NOTHING),
                victims == 0 ? NOTHING : Quantities.count(victims),
                victims == 0 ? NOTHING : Quantities.duration(worst(database)),
                held(database),
                schema(database));
    }

    /** Of all operations together, or where too few requests carry it, the slowest of them; empty without any. */
    private static Optional<String> p99(DatabaseVerdict database, Stage stage) {
        return database.judged().stream()
                .flatMap(there -> there.verdict().stages().stream())
                .filter(statistics -> statistics.stage() == stage)
                .map(statistics -> statistics.overall().response())
                .filter(response -> response.count() > 0)
                .map(response -> response.count() >= Timings.requestsNeeded(99)
                        ? Quantities.duration(response.percentileNanos(99))
                        : "at most " + Quantities.duration(response.maxNanos()))
                .findFirst();
    }

    private static List<StatementImpact> impacts(DatabaseVerdict database) {
        return database.judged().stream()
                .flatMap(there -> there.verdict().impacts().stream())
                .filter(impact -> impact.step().phase() == Phase.MIGRATION)
                .toList();
    }

    private static long victims(DatabaseVerdict database) {
        return impacts(database).stream().mapToLong(StatementImpact::requests).sum();
    }

    private static long worst(DatabaseVerdict database) {
        return impacts(database).stream()
                .mapToLong(StatementImpact::maxResponseNanos)
                .max()
                .orElse(0);
    }

    private static String held(DatabaseVerdict database) {
        return impacts(database).stream()
                .flatMap(impact -> impact.statement().locks().stream())
                .filter(lock -> !lock.ownRelation())
                .max(LockStrength.WEAKER_FIRST)
                .map(DatabaseRows::held)
                .orElse(NOTHING);
    }

    private static String held(LockHeld lock) {
        return lock.mode() + " on " + lock.relation() + ", " + Quantities.duration(lock.heldNanos()) + " ± "
                + Quantities.duration(lock.errorNanos());
    }

    private static String schema(DatabaseVerdict database) {
        return database.database()
                .schema()
                .map(DatabaseSchema::sha256)
                .map(sha256 -> sha256.substring(0, Math.min(FINGERPRINT_CHARACTERS, sha256.length())))
                .orElse(NOTHING);
    }
}
