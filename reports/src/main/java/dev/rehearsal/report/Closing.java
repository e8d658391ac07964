package dev.rehearsal.report;

import dev.rehearsal.run.FaultRun;
import dev.rehearsal.run.RunEvent.InjectorClock;
import dev.rehearsal.run.RunEvent.InjectorEnded;
import dev.rehearsal.run.RunEvent.InstrumentLimited;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.DrillResult;
import dev.rehearsal.verdict.FaultEffect;
import dev.rehearsal.verdict.LedgerAccount;
import dev.rehearsal.verdict.Quantities;
import dev.rehearsal.verdict.ReplicaLag;
import dev.rehearsal.verdict.RollbackResult;
import dev.rehearsal.verdict.Validity;
import dev.rehearsal.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What stands after the numbers in terminal and Markdown: the way back, and how good the instruments were. */
final class Closing {
    private Closing() {}

    /** Such as {@code of 2.00 s: No place-order succeeded for 2.31 s; 12 requests failed (57P02 × 12), 12 connections were lost in use.} */
    static String fault(FaultRun fault, FaultEffect felt) {
        return "of " + Quantities.duration(fault.endNanos() - fault.startNanos()) + ": " + felt.sentence();
    }

    /** Such as {@code migration: replica-1 1.20 s ± 50 ms (3.4 MB)}, for each stage from the baseline on; empty without replicas. */
    static List<String> replicaLag(RunRecord run) {
        return run.stages().stream()
                .filter(stage -> stage.stage() != Stage.WARMUP)
                .flatMap(stage -> {
                    String replicas = ReplicaLag.between(run, stage.startNanos(), stage.endNanos()).stream()
                            .map(ReplicaLag::words)
                            .collect(Collectors.joining(", "));
                    return replicas.isEmpty()
                            ? Stream.of()
                            : Stream.of(stage.stage().word() + ": " + replicas);
                })
                .toList();
    }

    /** Such as {@code all 1,234 acknowledged writes are there; none of unknown outcome; none twice}. */
    static String ledger(LedgerAccount account) {
        return account.words() + account.doubt().map(why -> ". " + why).orElse("");
    }

    /** Such as {@code succeeded in 1.1 s under load; schema identical}. */
    static String rollback(RollbackResult rollback) {
        if (rollback.status() == RollbackResult.Status.NOT_RUN) {
            return "not run";
        }
        return rollback.status().word() + " in " + Quantities.duration(rollback.durationNanos()) + " under load"
                + rollback.schemaRestored()
                        .map(same -> same ? "; schema identical" : "; schema differs: " + rollback.differencesShown())
                        .orElse("")
                + rollback.failure().map(failure -> ". " + failure).orElse("");
    }

    /** Such as {@code rerun passed: Every step succeeded a second time, and nothing changed.} */
    static String drill(DrillResult drill) {
        return drill.run().name() + " " + drill.status().word() + ": " + drill.summary();
    }

    /** Such as {@code generator lag p99 0.3 ms, longest pause 4.0 ms, baseline drift 2.0 %: good enough for these limits}. */
    static String instruments(RunRecord run, Verdict verdict) {
        Validity validity = verdict.validity();
        List<String> parts = new ArrayList<>();
        if (validity.scheduleLagP99Millis().isPresent()) {
            parts.add("generator lag p99 "
                    + millis(validity.scheduleLagP99Millis().getAsDouble()));
        }
        parts.add(
                validity.generatorPauseMaxMillis() == 0
                        ? "no pause"
                        : "longest pause " + millis(validity.generatorPauseMaxMillis()));
        if (validity.baselineDriftPercent().isPresent()) {
            parts.add("baseline drift "
                    + Quantities.percent(validity.baselineDriftPercent().getAsDouble() / 100));
        }
        injectors(run).ifPresent(parts::add);
        return String.join(", ", parts)
                + (validity.valid() ? ": good enough for these limits" : ": not good enough, see above");
    }

    /** Such as {@code 3 injectors, clocks aligned to ± 0.12 ms}; empty where one process of the harness's own made the load. */
    private static Optional<String> injectors(RunRecord run) {
        if (run.injectors().isEmpty()) {
            return Optional.empty();
        }
        int count = run.injectors().size();
        OptionalLong error = run.injectors().stream()
                .flatMap(injector -> injector.clock().stream())
                .mapToLong(InjectorClock::errorNanos)
                .max();
        return Optional.of((count == 1 ? "one injector elsewhere" : count + " injectors")
                + (error.isPresent()
                        ? ", clocks aligned to ± " + Quantities.duration(error.getAsLong())
                        : " on one clock"));
    }

    /** What an injector was and made: a sentence without its end. */
    static String injector(InjectorEnded injector) {
        return injector.place() + ": " + Quantities.count(injector.recorded()) + " of "
                + Quantities.count(injector.planned()) + " planned arrivals; "
                + injector.clock()
                        .map(clock -> "its clock was aligned to ± " + Quantities.duration(clock.errorNanos())
                                + " (to ± " + Quantities.duration(clock.before().errorNanos())
                                + " at the start; until the end it "
                                + (clock.driftNanos() < 0 ? "lost " : "gained ")
                                + Quantities.duration(Math.abs(clock.driftNanos())) + " ± "
                                + Quantities.duration(clock.before().errorNanos()
                                        + clock.after().errorNanos())
                                + ")")
                        .orElse("on the harness’s clock");
    }

    /** What an instrument had to do without: sentences. */
    static String limitation(InstrumentLimited limited) {
        return limited.reason() + " " + limited.consequence()
                + (limited.blindNanos().isPresent()
                        ? " What is shorter than "
                                + Quantities.duration(limited.blindNanos().getAsLong()) + " may be missed."
                        : "");
    }

    private static String millis(double millis) {
        return Quantities.duration(Math.round(millis * 1e6));
    }

    /** Such as {@code 4 passed, 3 failed, 0 inconclusive}. */
    static String counts(Verdict verdict) {
        return verdict.count(Verdict.Status.PASSED) + " passed, " + verdict.count(Verdict.Status.FAILED) + " failed, "
                + verdict.count(Verdict.Status.INCONCLUSIVE) + " inconclusive";
    }
}
