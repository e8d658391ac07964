package dev.rehearsal.report;

import dev.rehearsal.report.PageView.Cell;
import dev.rehearsal.run.FaultRun;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.Finding;
import dev.rehearsal.verdict.OperationStatistics;
import dev.rehearsal.verdict.Quantities;
import dev.rehearsal.verdict.RollbackResult;
import dev.rehearsal.verdict.StageStatistics;
import dev.rehearsal.verdict.Timings;
import dev.rehearsal.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes the words and figures of the page of a judged run. */
final class PageComposer {
    private static final String NOTHING = StatementRows.NOTHING;

    private final RunRecord run;
    private final Verdict verdict;
    private final TimeAxis axis;

    private PageComposer(RunRecord run, Verdict verdict) {
        this.run = run;
        this.verdict = verdict;
        this.axis = TimeAxis.of(run);
    }

    static PageView of(RunRecord run, Verdict verdict, ReportData data) {
        return new PageComposer(run, verdict).page(data);
    }

    private PageView page(ReportData data) {
        Circumstances circumstances = new Circumstances(run, verdict);
        StatementRows statements = new StatementRows(verdict, axis);
        return new PageView(
                run.started().scenario(),
                run.started().description(),
                judgement(),
                circumstances.context(),
                verdict.findings().stream()
                        .map(finding -> objective(finding, !statements.chains().isEmpty()))
                        .toList(),
                charts(data),
                statements.statements(),
                LintRows.of(run),
                verdict.stages().stream().map(PageComposer::stage).toList(),
                statements.chains(),
                rollback(),
                run.faults().stream().map(this::fault).toList(),
                DrillRows.of(verdict),
                DatabaseRows.of(verdict, axis),
                verdict.ledger().map(account -> new LedgerRows(axis).of(account)),
                Meanings.of(run, verdict),
                circumstances.dataset(),
                circumstances.environment(),
                circumstances.instruments(),
                circumstances.notes(),
                circumstances.reproduction(),
                Stream.of(Provenance.File.values()).map(this::kept).toList());
    }

    private PageView.Kept kept(Provenance.File file) {
        boolean there = switch (file) {
            case LEDGER -> verdict.ledger().isPresent();
            // Written when the environment is closed, which a killed run does not come to.
            case SERVER_LOG -> run.environment().isPresent() && run.end().isPresent();
            case EVENTS, REQUESTS, LATENCIES, RESULT -> true;
        };
        return new PageView.Kept(file.anchor(), file.path(), file.holds(), there);
    }

    private PageView.Judgement judgement() {
        Headline headline = Headline.of(run, verdict);
        return new PageView.Judgement(
                verdict.status().word(),
                headline.sentence(),
                headline.support(),
                verdict.story().subject().orElse(""),
                verdict.story().sentences().stream().map(Prose::of).toList(),
                verdict.story().saferWay().orElse(""),
                verdict.validity().reasons().stream()
                        .filter(reason -> !verdict.story().sentences().contains(reason))
                        .toList(),
                verdict.validity().valid() ? Optional.empty() : Meanings.ofFinding(Check.VALIDITY));
    }

    private PageView.Objective objective(Finding finding, boolean queues) {
        boolean ownReason = finding.status() == Verdict.Status.INCONCLUSIVE
                && verdict.validity().valid();
        return new PageView.Objective(
                finding.status().word(),
                finding.subject(),
                figure(finding.shownObserved()),
                evidence(finding.objective(), queues),
                figure(finding.shownLimit()),
                Prose.of(finding.message().isEmpty() ? finding.subject() : finding.message()),
                Prose.of(ownReason ? finding.message() : ""),
                finding.source().toString(),
                finding.status() == Verdict.Status.PASSED ? Optional.empty() : Meanings.ofFinding(finding.objective()));
    }

    /** The section that an objective was judged by, as far as the page has it. */
    private String evidence(String objective, boolean queues) {
        return switch (objective) {
            case "latency", "errors" -> "stages";
            case "outage", "fault" -> run.faults().isEmpty() ? "stages" : "faults";
            case "lockWait" -> queues ? "queues" : "statements";
            case "lostWrites" -> verdict.ledger().isPresent() ? "ledger" : "timeline";
            case "rollback" -> rollback().isPresent() ? "rollback" : "statements";
            case "rerun", "resumable", "compatible", "drill" ->
                DrillRows.of(verdict).isEmpty() ? "circumstances" : "drills";
            case "replicaLag" -> "timeline";
            case "databases" -> "databases";
            default -> "statements";
        };
    }

    /** A number stays with its unit; words may wrap. */
    private static String figure(String shown) {
        return shown.isEmpty() ? NOTHING : shown.length() <= 12 ? shown.replace(' ', '\u00a0') : shown;
    }

    private PageView.Charts charts(ReportData data) {
        return new PageView.Charts(
                run.stage(Stage.MIGRATION).isPresent()
                        ? "0:00 is the start of the migration."
                        : "0:00 is the start of the first stage; the run never came to its migration.",
                data.descriptions(),
                data.load().arrivalsPerSecond().stream().anyMatch(rate -> rate > 0),
                !data.locks().bars().isEmpty() || !data.locks().waits().isEmpty(),
                !data.replicas().isEmpty(),
                !data.server().samples().isEmpty(),
                !data.curves().isEmpty());
    }

    private static PageView.Stage stage(StageStatistics stage) {
        List<PageView.Operation> rows = new ArrayList<>();
        rows.add(operation(true, stage.stage().word(), stage.overall()));
        stage.operations().stream()
                .filter(o -> o.arrivals() > 0)
                .map(o -> operation(false, name(stage, o), o))
                .forEach(rows::add);
        return new PageView.Stage(
                stage.stage().word(), Quantities.clock(stage.span().durationNanos()), rows);
    }

    private static String name(StageStatistics stage, OperationStatistics operation) {
        String version = stage.operations().stream()
                                .filter(o -> o.arrivals() > 0)
                                .filter(o -> o.service().equals(operation.service())
                                        && o.operation().equals(operation.operation()))
                                .count()
                        > 1
                ? ", " + operation.version()
                : "";
        return operation.service() + " " + operation.operation() + version;
    }

    private static PageView.Operation operation(boolean whole, String name, OperationStatistics statistics) {
        long failed = statistics.failed() + statistics.timedOut();
        return new PageView.Operation(
                whole,
                name,
                Quantities.count(statistics.arrivals()),
                percentile(statistics, 50),
                percentile(statistics, 99),
                percentile(statistics, 100),
                failed == 0
                        ? "0"
                        : Quantities.count(failed) + " (" + Quantities.percent(statistics.failedFraction()) + ")",
                statistics.errors().entrySet().stream()
                        .map(e -> e.getKey() + ": " + Quantities.count(e.getValue()))
                        .collect(Collectors.joining(", ")));
    }

    private static Cell percentile(OperationStatistics statistics, double percentile) {
        long requests = statistics.response().count();
        long least = Timings.requestsNeeded(percentile);
        if (requests < least) {
            return new Cell(
                    NOTHING,
                    "only " + requests + (requests == 1 ? " request" : " requests") + ": this percentile needs "
                            + least);
        }
        return new Cell(
                Quantities.duration(
                        percentile == 100
                                ? statistics.response().maxNanos()
                                : statistics.response().percentileNanos(percentile)),
                "of " + Quantities.count(requests) + (requests == 1 ? " request" : " requests"));
    }

    private Optional<PageView.Rollback> rollback() {
        RollbackResult result = verdict.rollback();
        if (result.status() == RollbackResult.Status.NOT_RUN
                && run.stage(Stage.ROLLBACK).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new PageView.Rollback(
                switch (result.status()) {
                    case SUCCEEDED -> "The rollback succeeded";
                    case FAILED -> "The rollback failed";
                    case NOT_RUN -> "The rollback was not run";
                },
                result.status() == RollbackResult.Status.NOT_RUN ? "" : Quantities.duration(result.durationNanos()),
                result.schemaRestored()
                        .map(restored -> restored
                                ? "the schema is identical to the one before the migration"
                                : "the schema differs from the one before the migration:")
                        .orElse("the schema was not compared"),
                result.differences()));
    }

    private PageView.Fault fault(FaultRun fault) {
        return new PageView.Fault(
                fault.kind(),
                fault.description(),
                fault.happened() ? axis.clock(fault.startNanos()) : NOTHING,
                fault.happened() ? axis.clock(fault.endNanos()) : NOTHING,
                verdict.effect(fault.index())
                        .map(felt -> fault.effect() + " " + felt.sentence())
                        .orElse(fault.effect()));
    }
}
