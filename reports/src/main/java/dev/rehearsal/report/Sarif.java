package dev.rehearsal.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.rehearsal.report.Check.Level;
import dev.rehearsal.report.Rules.Rule;
import dev.rehearsal.run.RunEvent.Outcome;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.scenario.SourceLocation;
import dev.rehearsal.verdict.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code sarif.json}: SARIF 2.1.0, what GitHub's code scanning and editors read. One result for everything that did not pass, at the line of the
 * statement that did it; a failed one is an error, an inconclusive one a warning, what a drill tells unasked a note.
 */
public final class Sarif {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_ABSENT))
            .build();

    private Sarif() {}

    private record Log(@JsonProperty("$schema") String schema, String version, List<Run> runs) {}

    private record Run(
            Tool tool,
            AutomationDetails automationDetails,
            List<Invocation> invocations,
            String columnKind,
            List<Result> results,
            Map<String, Object> properties) {}

    private record Tool(Driver driver) {}

    private record Driver(String name, String version, List<ReportingDescriptor> rules) {}

    private record ReportingDescriptor(
            String id, String name, Text shortDescription, Text fullDescription, Text help, Optional<String> helpUri) {}

    private record Text(String text, Optional<String> markdown) {
        Text(String text) {
            this(text, Optional.empty());
        }
    }

    private record AutomationDetails(String id) {}

    private record Invocation(
            boolean executionSuccessful, String startTimeUtc, List<Notification> toolExecutionNotifications) {}

    private record Notification(String level, Text message) {}

    private record Result(
            String ruleId,
            OptionalInt ruleIndex,
            String level,
            Text message,
            List<Location> locations,
            List<Location> relatedLocations,
            Map<String, String> partialFingerprints,
            Properties properties) {}

    /** Numbers as in {@code result.json}. */
    private record Properties(
            String status, String subject, OptionalDouble observed, OptionalDouble limit, String unit) {}

    private record Location(Optional<Text> message, PhysicalLocation physicalLocation) {}

    private record PhysicalLocation(ArtifactLocation artifactLocation, Region region) {}

    private record ArtifactLocation(String uri) {}

    private record Region(int startLine, int startColumn) {}

    /**
     * With its last line's end.
     *
     * @param documentation what explains the rules: the address that a rule's word in lower case is put behind; empty if there is none
     */
    public static String render(RunRecord run, Verdict verdict, Optional<String> documentation) {
        List<Check> checks = Check.of(run, verdict);
        Log log = new Log(
                "https://json.schemastore.org/sarif-2.1.0.json",
                "2.1.0",
                List.of(new Run(
                        new Tool(new Driver(
                                "harness",
                                run.started().harnessVersion(),
                                Rules.all().stream()
                                        .map(rule -> descriptor(rule, documentation))
                                        .toList())),
                        new AutomationDetails("rehearsal/"
                                + PlainText.forTerminal(run.started().scenario()) + "/"),
                        List.of(new Invocation(
                                run.end()
                                        .filter(end -> end.outcome() == Outcome.COMPLETED)
                                        .isPresent(),
                                run.started().wallClock().toString(),
                                verdict.validity().reasons().stream()
                                        .map(reason -> new Notification("warning", text(reason)))
                                        .toList())),
                        "unicodeCodePoints",
                        checks.stream()
                                .filter(check -> check.level() != Level.PASSED)
                                .map(check -> result(run, check))
                                .toList(),
                        Map.of(
                                "verdict", verdict.status().word(),
                                "passed", Check.count(checks, Level.PASSED),
                                "failed", Check.count(checks, Level.FAILED),
                                "inconclusive", Check.count(checks, Level.INCONCLUSIVE)))));
        return MAPPER.writeValueAsString(log) + "\n";
    }

    private static ReportingDescriptor descriptor(Rule rule, Optional<String> documentation) {
        return new ReportingDescriptor(
                rule.id(),
                rule.id(),
                new Text(rule.title()),
                new Text(rule.meaning()),
                new Text(
                        rule.meaning() + " " + rule.remedy(),
                        Optional.of("**" + rule.title() + "**\n\n" + rule.meaning() + "\n\n" + rule.remedy())),
                documentation.map(address -> address + rule.id().toLowerCase(java.util.Locale.ROOT)));
    }

    private static Result result(RunRecord run, Check check) {
        return new Result(
                check.rule(),
                Rules.index(check.rule()).map(OptionalInt::of).orElse(OptionalInt.empty()),
                switch (check.level()) {
                    case FAILED -> "error";
                    case INCONCLUSIVE -> "warning";
                    case TOLD -> "note";
                    case PASSED -> "none";
                },
                text(check.message()),
                List.of(location(check.place(), Optional.empty())),
                check.asked().stream()
                        .map(asked -> location(asked, Optional.of(new Text("The scenario asks for it here."))))
                        .toList(),
                Map.of("rehearsalCheck/v1", check.fingerprint(run)),
                new Properties(check.level().word(), check.subject(), check.observed(), check.limit(), check.unit()));
    }

    private static Text text(String sentence) {
        return new Text(PlainText.forSarif(sentence));
    }

    private static Location location(SourceLocation place, Optional<Text> message) {
        return new Location(
                message,
                new PhysicalLocation(
                        new ArtifactLocation(FileReference.uri(place.file())),
                        new Region(Math.max(1, place.line()), Math.max(1, place.column()))));
    }
}
