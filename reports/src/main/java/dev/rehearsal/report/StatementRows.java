package dev.rehearsal.report;

import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.Rewrite;
import dev.rehearsal.run.RunEvent.Scan;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.run.StatementRun;
import dev.rehearsal.run.StepRun;
import dev.rehearsal.verdict.InFront;
import dev.rehearsal.verdict.Quantities;
import dev.rehearsal.verdict.SessionVictims;
import dev.rehearsal.verdict.StatementImpact;
import dev.rehearsal.verdict.Verdict;
import dev.rehearsal.verdict.Victims;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The statements and the queues behind them, as rows of text. */
final class StatementRows {
    static final String NOTHING = "–";

    private final Verdict verdict;
    private final TimeAxis axis;

    StatementRows(Verdict verdict, TimeAxis axis) {
        this.verdict = verdict;
        this.axis = axis;
    }

    List<PageView.Statement> statements() {
        List<PageView.Statement> rows = new ArrayList<>();
        for (StatementImpact impact : verdict.impacts()) {
            rows.add(row(rows.size(), impact));
        }
        return rows;
    }

    private PageView.Statement row(int index, StatementImpact impact) {
        StatementRun statement = impact.statement();
        Optional<LockHeld> strongest =
                statement.locks().stream().filter(l -> !l.ownRelation()).max(LockStrength.WEAKER_FIRST);
        return new PageView.Statement(
                index,
                impact.step().name(),
                impact.step().phase().name().toLowerCase(Locale.ROOT),
                statement.sql().strip(),
                statement.last().location().toString(),
                statement.status().name().toLowerCase(Locale.ROOT),
                trouble(statement),
                statement.attempts() > 1 ? statement.attempts() + " tries" : "",
                Quantities.duration(statement.durationNanos()),
                positive(statement.waitedNanos()),
                strongest.map(l -> l.mode() + " on " + l.relation()).orElse(NOTHING),
                strongest.map(l -> LockStrength.blocks(l.mode(), false)).orElse("none"),
                strongest.map(StatementRows::held).orElse(NOTHING),
                joined(statement.rewrites().stream().map(StatementRows::rewrite)),
                joined(statement.scans().stream().map(StatementRows::scan)),
                statement.walBytes().isPresent()
                        ? Quantities.bytes(statement.walBytes().getAsLong())
                        : NOTHING,
                felt(impact),
                positive(impact.maxResponseNanos()),
                victims(impact),
                statement.locks().stream()
                        .sorted(LockStrength.WEAKER_FIRST.reversed())
                        .map(StatementRows::lock)
                        .toList(),
                axis.millis(statement.tries().getFirst().sentNanos()),
                axis.millis(statement.last().transactionEndedNanos()));
    }

    private static String felt(StatementImpact impact) {
        if (impact.requests() > 0 || impact.sessionWaits() == 0) {
            return impact.requests() == 0 ? NOTHING : Quantities.count(impact.requests());
        }
        return Quantities.count(impact.sessionWaits()) + " waits of sessions";
    }

    private static String trouble(StatementRun statement) {
        if (statement.status() == Status.SUCCEEDED) {
            return "";
        }
        String state = statement.last().sqlState().map(s -> s + " ").orElse("");
        return state
                + statement.last().message().orElse(statement.status() == Status.TIMED_OUT ? "time limit" : "failed");
    }

    private static String held(LockHeld lock) {
        return Quantities.duration(lock.heldNanos()) + " ± " + Quantities.duration(lock.errorNanos());
    }

    private static String rewrite(Rewrite rewrite) {
        return rewrite.relation() + " (" + rewrite.reason() + ")" + (rewrite.ownRelation() ? ", which it made" : "");
    }

    private static String scan(Scan scan) {
        return scan.relation() + ", " + Quantities.count(scan.rows()) + " rows";
    }

    private static String joined(Stream<String> parts) {
        String all = parts.collect(Collectors.joining("; "));
        return all.isEmpty() ? NOTHING : all;
    }

    private static String positive(long nanos) {
        return nanos == 0 ? NOTHING : Quantities.duration(nanos);
    }

    private static PageView.Lock lock(LockHeld lock) {
        return new PageView.Lock(
                lock.mode(), lock.relation(), positive(lock.waitedNanos()), held(lock), lock.ownRelation());
    }

    private static List<PageView.Victim> victims(StatementImpact impact) {
        return Stream.of(
                        impact.victims().stream().map(v -> victim(v, "")),
                        impact.poolVictims().stream().map(v -> victim(v, ", for a connection of the full pool")),
                        impact.sessionVictims().stream().map(StatementRows::sessions))
                .flatMap(rows -> rows)
                .toList();
    }

    /** Of requests nothing is known here. */
    private static PageView.Victim sessions(SessionVictims victims) {
        return new PageView.Victim(
                victims.service() + ", waits of its sessions by the server's log",
                Quantities.count(victims.waits()),
                NOTHING,
                Quantities.duration(victims.maxWaitNanos()),
                Quantities.duration(victims.totalWaitNanos()),
                NOTHING);
    }

    /** Such as {@code 12 (57014 × 9, poolTimeout × 3)}. */
    private static String failed(Victims victims) {
        return Quantities.count(victims.failed())
                + (victims.errors().isEmpty()
                        ? ""
                        : victims.errors().entrySet().stream()
                                .map(error -> error.getKey() + " × " + Quantities.count(error.getValue()))
                                .collect(Collectors.joining(", ", " (", ")")));
    }

    private static PageView.Victim victim(Victims victims, String where) {
        return new PageView.Victim(
                victims.service() + " " + victims.operation() + where,
                Quantities.count(victims.requests()),
                failed(victims),
                Quantities.duration(victims.maxWaitNanos()),
                Quantities.duration(victims.totalWaitNanos()),
                Quantities.duration(victims.maxResponseNanos()));
    }

    /** Victims, then the statement, then who stood in front of it: only where somebody waited for somebody who waited. */
    List<PageView.Chain> chains() {
        return verdict.impacts().stream()
                .filter(impact -> !impact.inFront().isEmpty())
                .map(StatementRows::chain)
                .toList();
    }

    private static PageView.Chain chain(StatementImpact impact) {
        List<String> links = new ArrayList<>();
        if (impact.requests() > 0) {
            links.add(Quantities.count(impact.requests()) + (impact.requests() == 1 ? " request" : " requests") + " of "
                    + Stream.concat(impact.victims().stream(), impact.poolVictims().stream())
                            .map(Victims::operation)
                            .distinct()
                            .collect(Collectors.joining(", ")));
        }
        links.add(describe(impact.step(), impact.statement()));
        links.add(impact.inFront().stream().map(StatementRows::inFront).collect(Collectors.joining(" and ")));
        return new PageView.Chain(links);
    }

    private static String describe(StepRun step, StatementRun statement) {
        String sql = statement.sql().strip().replaceAll("\\s+", " ");
        return "“" + step.name() + "”: " + (sql.length() <= 90 ? sql : sql.substring(0, 89) + "…");
    }

    private static String inFront(InFront inFront) {
        return inFront.name() + " (session " + inFront.pid() + "), for " + Quantities.duration(inFront.blockedNanos());
    }
}
