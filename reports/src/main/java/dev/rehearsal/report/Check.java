package dev.rehearsal.report;

import dev.rehearsal.run.RunEvent.Sight;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.scenario.SourceLocation;
import dev.rehearsal.verdict.DrillResult;
import dev.rehearsal.verdict.Finding;
import dev.rehearsal.verdict.Verdict;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One thing that a build server can show: what JUnit XML, SARIF, Code Quality and annotations all say, each in its own words. They are made of
 * the same list, so that they cannot disagree.
 *
 * @param rule the finding's objective; {@code validity} for a run that was not good enough, or had nothing to judge
 * @param subject what is judged, a phrase
 * @param message sentences
 * @param place where a reviewer's eye should go: the statement that did it, else where the scenario asks for it
 * @param asked where the scenario asks for it; empty if that is the place
 * @param observed in {@code unit}; empty if nothing could be observed
 * @param limit in {@code unit}; empty where there is none
 * @param occurrence from 0: a scenario may ask the same twice
 */
record Check(
        String rule,
        Level level,
        String subject,
        String message,
        SourceLocation place,
        Optional<SourceLocation> asked,
        OptionalDouble observed,
        OptionalDouble limit,
        String unit,
        int occurrence) {
    static final String VALIDITY = "validity";

    enum Level {
        PASSED,
        FAILED,
        INCONCLUSIVE,
        /** Of a drill that decides nothing, because nobody asked for it: what it found is told, and breaks no build. */
        TOLD;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** In the order of the findings; validity first, drills that decide nothing last. */
    static List<Check> of(RunRecord run, Verdict verdict) {
        List<Check> checks = new ArrayList<>();
        if (verdict.findings().isEmpty() || !verdict.validity().valid()) {
            checks.add(validity(run, verdict));
        }
        verdict.findings().forEach(finding -> checks.add(of(finding)));
        verdict.drills().stream()
                .filter(drill -> !drill.decides())
                .map(Check::told)
                .forEach(checks::add);
        return numbered(checks);
    }

    private static List<Check> numbered(List<Check> checks) {
        Map<String, Integer> seen = new HashMap<>();
        return checks.stream()
                .map(check -> check.occurring(seen.merge(check.rule() + "\n" + check.subject(), 1, Integer::sum) - 1))
                .toList();
    }

    private Check occurring(int times) {
        return new Check(rule, level, subject, message, place, asked, observed, limit, unit, times);
    }

    /** Those that a reviewer has to see: all but the passed. */
    static List<Check> notPassed(RunRecord run, Verdict verdict) {
        return of(run, verdict).stream()
                .filter(check -> check.level() != Level.PASSED)
                .toList();
    }

    static long count(List<Check> checks, Level level) {
        return checks.stream().filter(check -> check.level() == level).count();
    }

    private static Check validity(RunRecord run, Verdict verdict) {
        String reasons = verdict.validity().valid()
                ? "No objective was judged."
                : String.join(" ", verdict.validity().reasons());
        return new Check(
                VALIDITY,
                Level.INCONCLUSIVE,
                "validity of the run",
                reasons,
                new SourceLocation(run.started().scenarioFile(), 1, 1),
                Optional.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                "",
                0);
    }

    private static Check of(Finding finding) {
        return new Check(
                finding.objective(),
                switch (finding.status()) {
                    case PASSED -> Level.PASSED;
                    case FAILED -> Level.FAILED;
                    case INCONCLUSIVE -> Level.INCONCLUSIVE;
                },
                finding.subject(),
                finding.message().isEmpty() ? finding.subject() : finding.message(),
                finding.cause().orElse(finding.source()),
                finding.cause().filter(cause -> !cause.equals(finding.source())).map(cause -> finding.source()),
                finding.observed(),
                finding.limit(),
                finding.unit(),
                0);
    }

    private static Check told(DrillResult drill) {
        SourceLocation place = drill.seen().stream()
                .filter(seen -> seen.sight() == Sight.BROKEN)
                .flatMap(seen -> seen.location().stream())
                .findFirst()
                .orElse(drill.run().location());
        return new Check(
                "drill",
                drill.status() == Verdict.Status.PASSED ? Level.PASSED : Level.TOLD,
                "drill " + drill.run().name(),
                drill.summary(),
                place,
                Optional.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                "",
                0);
    }

    /**
     * The same for the same check of the same scenario, whatever was observed and wherever the text has moved to: by it a build server knows again what
     * it has shown before.
     */
    String fingerprint(RunRecord run) {
        String identity = run.started().scenario() + "\n" + rule + "\n" + subject + "\n" + occurrence;
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(identity.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
