package dev.rehearsal.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.rehearsal.documentation.Manual;
import dev.rehearsal.documentation.MarkdownPage;
import dev.rehearsal.run.Requests;
import dev.rehearsal.run.RunDirectory;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.verdict.Judge;
import dev.rehearsal.verdict.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** What build servers read: each file follows its format, and all of them say the same as {@code result.json}. */
class BuildServerFilesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HOSTILE =
            "a\u001b[31m|`<b>&\"'%0A\r\n::error::owned, x: y ##[error]z [l](http://x) {0} ]]> \u202e\u0000";

    /** A run, judged, and what every writer makes of it. */
    private record Told(String name, RunRecord run, Verdict verdict) {
        static Told of(String name, List<RunEvent> events, SyntheticRun run) {
            RunRecord record = RunRecord.of(events, Requests.of(SyntheticRun.OPERATIONS, run.requests()));
            return new Told(name, record, Judge.judge(record));
        }

        JsonNode sarif() {
            return JSON.readTree(sarifText());
        }

        String sarifText() {
            return Sarif.render(run, verdict, Optional.of("file:///opt/harness/reports/README.md#"));
        }

        JsonNode codeQuality() {
            return JSON.readTree(CodeQuality.render(run, verdict));
        }

        Element junit() {
            try {
                return DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new InputSource(new StringReader(JUnitXml.render(run, verdict))))
                        .getDocumentElement();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        JsonNode result() {
            return JSON.readTree(Json.render(run, verdict));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Told> runs() {
        SyntheticRun stalled = SyntheticRun.stalled();
        List<RunEvent> killed = stalled.events().stream()
                .filter(event -> !(event instanceof RunEvent.RunEnded))
                .toList();
        SyntheticRun hostile = SyntheticRun.withTexts(HOSTILE, "select '" + HOSTILE + "'");
        return Stream.of(
                Told.of("failed", stalled.events(), stalled),
                Told.of("killed", killed, stalled),
                Told.of("hostile", hostile.events(), hostile),
                Told.of("nothing", List.of(stalled.events().getFirst()), stalled));
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    // ---- formats ----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("runs")
    void sarifFollowsTheSchemaOfVersion210(Told told) throws IOException {
        try (InputStream schema =
                Objects.requireNonNull(getClass().getResourceAsStream("/schema/sarif-schema-2.1.0.json"))) {
            List<Error> errors = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                    .getSchema(schema)
                    .validate(
                            told.sarifText(),
                            InputFormat.JSON,
                            execution -> execution.executionConfig(config -> config.formatAssertionsEnabled(true)));

            assertThat(errors).isEmpty();
        }
    }

    @Test
    void sarifSchemaRefusesWhatIsNotSarif() throws IOException {
        String wrong = runs().findFirst()
                .orElseThrow()
                .sarifText()
                .replace("\"error\"", "\"dreadful\"")
                .replaceFirst("\"startLine\" : \\d+", "\"startLine\" : 0");

        try (InputStream schema =
                Objects.requireNonNull(getClass().getResourceAsStream("/schema/sarif-schema-2.1.0.json"))) {
            assertThat(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                            .getSchema(schema)
                            .validate(wrong, InputFormat.JSON))
                    .extracting(Error::getKeyword)
                    .contains("enum", "minimum");
        }
    }

    /** The structure that Surefire's schema 3.0 publishes: attributes (those in capitals are required), and children in their order. */
    private static final Map<String, List<String>> ATTRIBUTES = Map.of(
            "testsuite", List.of("version", "NAME", "time", "TESTS", "ERRORS", "SKIPPED", "FAILURES", "group"),
            "properties", List.of(),
            "property", List.of("NAME", "VALUE"),
            "testcase", List.of("NAME", "classname", "group", "TIME"),
            "failure", List.of("message", "TYPE"),
            "error", List.of("message", "TYPE"),
            "skipped", List.of("message"),
            "system-out", List.of(),
            "system-err", List.of());

    private static final Map<String, String> CHILDREN = Map.of(
            "testsuite", "(properties )*(testcase )*",
            "properties", "(property )*",
            "testcase", "(failure )*(skipped )?(error )?(system-out )?(system-err )?");

    private static final Pattern SUREFIRE_TIME =
            Pattern.compile("(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\\.[0-9]{0,3})?");

    private static void followsSurefire(Element element) {
        List<String> allowed = ATTRIBUTES.get(element.getTagName());
        assertThat(allowed).as("element %s", element.getTagName()).isNotNull();
        Set<String> given = new TreeSet<>();
        for (int i = 0; i < element.getAttributes().getLength(); i++) {
            given.add(element.getAttributes().item(i).getNodeName());
        }
        assertThat(allowed.stream().map(name -> name.toLowerCase(Locale.ROOT))).containsAll(given);
        assertThat(given)
                .containsAll(allowed.stream()
                        .filter(name -> Character.isUpperCase(name.charAt(0)))
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .toList());
        if (given.contains("time")) {
            assertThat(element.getAttribute("time")).matches(SUREFIRE_TIME);
        }
        StringBuilder children = new StringBuilder();
        for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element inner) {
                children.append(inner.getTagName()).append(' ');
                followsSurefire(inner);
            }
        }
        assertThat(children.toString()).matches(CHILDREN.getOrDefault(element.getTagName(), ""));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void junitXmlHasTheStructureOfSurefire(Told told) {
        Element suite = told.junit();

        assertThat(suite.getTagName()).isEqualTo("testsuite");
        followsSurefire(suite);
    }

    /** GitLab's documentation lists these fields; it publishes no schema of its own for them. */
    @ParameterizedTest
    @MethodSource("runs")
    void codeQualityHasWhatGitLabReads(Told told) {
        JsonNode entries = told.codeQuality();

        assertThat(entries.isArray()).isTrue();
        for (JsonNode entry : entries) {
            assertThat(entry.propertyNames())
                    .containsExactlyInAnyOrder("description", "check_name", "fingerprint", "severity", "location");
            assertThat(entry.get("description").asString()).isNotBlank();
            assertThat(entry.get("fingerprint").asString()).matches("[0-9a-f]{64}");
            assertThat(entry.get("severity").asString()).isIn("info", "minor", "major", "critical", "blocker");
            assertThat(entry.get("location").get("path").asString())
                    .isNotBlank()
                    .doesNotStartWith("./");
            assertThat(entry.get("location").get("lines").get("begin").asInt()).isPositive();
        }
        assertThat(stream(entries).map(entry -> entry.get("fingerprint").asString()))
                .doesNotHaveDuplicates();
    }

    // ---- one truth --------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("runs")
    void allOfThemAgreeNumberForNumber(Told told) {
        JsonNode result = told.result();
        Map<String, Integer> counts = new TreeMap<>(Map.of("passed", 0, "failed", 0, "inconclusive", 0));
        List<String> expected = new ArrayList<>();
        if (result.get("findings").isEmpty()
                || result.get("validity").get("status").asString().equals("invalid")) {
            counts.merge("inconclusive", 1, Integer::sum);
            expected.add("inconclusive validity of the run null null");
        }
        for (JsonNode finding : result.get("findings")) {
            String status = finding.get("status").asString();
            counts.merge(status, 1, Integer::sum);
            if (!status.equals("passed")) {
                expected.add(status + " " + finding.get("subject").asString() + " " + finding.get("observed") + " "
                        + finding.get("limit"));
            }
        }

        JsonNode run = told.sarif().get("runs").get(0);
        assertThat(stream(run.get("results")).map(one -> {
                    JsonNode properties = one.get("properties");
                    return properties.get("status").asString() + " "
                            + properties.get("subject").asString() + " "
                            + Optional.ofNullable(properties.get("observed"))
                                    .map(JsonNode::toString)
                                    .orElse("null") + " "
                            + Optional.ofNullable(properties.get("limit"))
                                    .map(JsonNode::toString)
                                    .orElse("null");
                }))
                .isEqualTo(expected);
        assertThat(run.get("properties").get("verdict")).isEqualTo(result.get("verdict"));
        counts.forEach((status, count) ->
                assertThat(run.get("properties").get(status).asInt()).isEqualTo(count));

        Element suite = told.junit();
        assertThat(suite.getAttribute("failures")).isEqualTo(String.valueOf(counts.get("failed")));
        assertThat(suite.getAttribute("errors")).isEqualTo(String.valueOf(counts.get("inconclusive")));
        assertThat(suite.getAttribute("tests"))
                .isEqualTo(String.valueOf(
                        counts.values().stream().mapToInt(Integer::intValue).sum()));

        assertThat(told.codeQuality()).hasSize(expected.size());
        assertThat(Annotations.of(told.run(), told.verdict())).hasSize(expected.size());
        String markdown = Markdown.render(told.run(), told.verdict());
        assertThat(markdown).contains(": " + result.get("verdict").asString());
        told.verdict()
                .findings()
                .forEach(finding -> assertThat(markdown)
                        .contains("| " + finding.status().word() + " | "
                                + PlainText.forMarkdown(finding.shownObserved()) + " | "));
    }

    @Test
    void pointsAtTheStatementThatDidIt() {
        Told told = runs().findFirst().orElseThrow();
        JsonNode hold = stream(told.sarif().get("runs").get(0).get("results"))
                .filter(result -> result.get("ruleId").asString().equals("lockHold"))
                .findFirst()
                .orElseThrow();

        JsonNode place = hold.get("locations").get(0).get("physicalLocation");
        assertThat(place.get("artifactLocation").get("uri").asString()).isEqualTo("scenarios/examples/tokens/0042.sql");
        assertThat(place.get("region").get("startLine").asInt()).isEqualTo(3);
        assertThat(hold.get("relatedLocations")
                        .get(0)
                        .get("physicalLocation")
                        .get("artifactLocation")
                        .get("uri")
                        .asString())
                .isEqualTo(SyntheticRun.PLACE.file());
        assertThat(stream(told.codeQuality())
                        .map(entry -> entry.get("location").get("path").asString()))
                .containsOnly("scenarios/examples/tokens/0042.sql");
        assertThat(Annotations.of(told.run(), told.verdict()))
                .contains(
                        "::error file=scenarios/examples/tokens/0042.sql,line=3,col=1,title=AccessExclusive held on orders::"
                                + "`alter table orders add column token uuid not null default gen_random_uuid()` held AccessExclusive"
                                + " on orders for 8.00 s ± 0.5 ms; the limit is 100 ms.");
    }

    @Test
    void everyRuleIsExplainedInTheManual() throws IOException {
        String manual = Files.readString(
                Path.of(System.getProperty("rehearsal.home")).resolve("reports").resolve("README.md"));

        for (Rules.Rule rule : Rules.all()) {
            assertThat(manual).contains("### " + rule.id() + "\n\n" + rule.meaning() + " " + rule.remedy() + "\n");
        }
    }

    @Test
    void everyRuleHasItsAddressInTheRepositoryAndInAnArchive(@TempDir Path home) throws IOException {
        assertThat(Reports.explanations(home)).isEmpty();

        Manual manual = Manual.read(Path.of(System.getProperty("rehearsal.home")));
        Path oneFile = Files.writeString(home.resolve("documentation.html"), manual.html());
        assertThat(Reports.explanations(home)).contains(oneFile.toUri() + "#reports/");
        String html = Files.readString(oneFile);
        List<String> headings = manual.pages().stream()
                .filter(page -> page.path().equals("reports/README.md"))
                .flatMap(page -> page.sections().stream())
                .map(MarkdownPage.Section::anchor)
                .toList();
        for (Rules.Rule rule : Rules.all()) {
            String anchor = rule.id().toLowerCase(Locale.ROOT);
            assertThat(html).contains(" id=\"reports/" + anchor + "\"");
            assertThat(headings).contains(anchor);
        }

        Path page =
                Files.createFile(Files.createDirectory(home.resolve("reports")).resolve("README.md"));
        assertThat(Reports.explanations(home)).contains(page.toUri() + "#");
    }

    @Test
    void everyKindOfFindingThatTheSchemaKnowsHasARule() throws IOException {
        try (InputStream schema = Objects.requireNonNull(Json.class.getResourceAsStream("result.schema.json"))) {
            JsonNode objective = JSON.readTree(schema)
                    .get("$defs")
                    .get("finding")
                    .get("properties")
                    .get("objective")
                    .get("enum");

            assertThat(stream(objective).map(JsonNode::asString))
                    .allSatisfy(id -> assertThat(Rules.index(id)).isPresent());
        }
    }

    // ---- foreign text -----------------------------------------------------------------------------------------------

    @Test
    void aHostileTextIsNoCommandOfTheRunner() {
        Told hostile =
                runs().filter(told -> told.name().equals("hostile")).findFirst().orElseThrow();
        Pattern command = Pattern.compile(
                "::(error|warning|notice) file=([^,:]+),line=\\d+,col=\\d+,title=([^,:]*)::(.*)", Pattern.DOTALL);

        for (String annotation : Annotations.of(hostile.run(), hostile.verdict())) {
            Matcher matcher = command.matcher(annotation);
            assertThat(matcher.matches()).as(annotation).isTrue();
            assertThat(annotation.chars().filter(Character::isISOControl)).isEmpty();
            assertThat(matcher.group(4)).doesNotContain("%0A", "%0D");
        }
        assertThat(Annotations.of(hostile.run(), hostile.verdict())).anyMatch(text -> text.contains("%250A"));
    }

    @Test
    void aHostileTextIsNoLinkAndNoPlaceholderOfSarif() {
        Told hostile =
                runs().filter(told -> told.name().equals("hostile")).findFirst().orElseThrow();

        List<String> texts = stream(hostile.sarif().get("runs").get(0).get("results"))
                .map(result -> result.get("message").get("text").asString())
                .toList();

        assertThat(texts).anyMatch(text -> text.contains("\\[l\\](http://x) {{0}}"));
        assertThat(texts)
                .noneMatch(text ->
                        Pattern.compile("(?<!\\\\)[\\[\\]]").matcher(text).find());
        assertThat(texts).noneMatch(text -> text.chars().anyMatch(c -> Character.isISOControl(c) || c == 0x202e));
    }

    @Test
    void aHostileTextIsHarmlessToGitLab() {
        Told hostile =
                runs().filter(told -> told.name().equals("hostile")).findFirst().orElseThrow();

        assertThat(stream(hostile.codeQuality())
                        .map(entry -> entry.get("description").asString()))
                .noneMatch(text -> text.chars().anyMatch(c -> Character.isISOControl(c) || c == 0x202e));
    }

    // ---- files ------------------------------------------------------------------------------------------------------

    static Stream<List<String>> references() {
        return Stream.of(
                List.of("db/0042.sql", "db/0042.sql"),
                List.of("./db/0042.sql", "db/0042.sql"),
                List.of("db/add token.sql", "db/add%20token.sql"),
                List.of("db/50%.sql", "db/50%25.sql"),
                List.of("dß/ü.sql", "d%C3%9F/%C3%BC.sql"),
                List.of("a:b.sql", "./a:b.sql"),
                List.of("/srv/db/0042.sql", "file:///srv/db/0042.sql"),
                List.of("C:\\db\\0042.sql", "file:///C:/db/0042.sql"));
    }

    @ParameterizedTest
    @MethodSource("references")
    void refersToFilesAsUris(List<String> reference) {
        assertThat(FileReference.uri(reference.get(0))).isEqualTo(reference.get(1));
    }

    @Test
    void summaryStaysShortWhateverTheNumberOfObjectives(@TempDir Path folder) throws IOException {
        SyntheticRun stalled = SyntheticRun.stalled();
        RunEvent.RunStarted started = (RunEvent.RunStarted) stalled.events().getFirst();
        List<RunEvent> events = new ArrayList<>(stalled.events());
        events.set(
                0,
                new RunEvent.RunStarted(
                        started.atNanos(),
                        started.wallClock(),
                        started.harnessVersion(),
                        started.scenario(),
                        started.description(),
                        started.scenarioFile(),
                        started.seed(),
                        started.arrivals(),
                        started.services(),
                        Stream.generate(() -> started.objectives().stream())
                                .limit(300)
                                .flatMap(all -> all)
                                .toList(),
                        started.command()));
        Told told = Told.of("many", events, stalled);

        String markdown = Markdown.render(told.run(), told.verdict());

        assertThat(told.verdict().findings()).hasSizeGreaterThan(2000);
        assertThat(markdown)
                .hasSizeLessThan(10_000)
                .contains("more, in the report")
                .contains("```\nbaseline ▃");
        assertThat(RunDirectory.at(folder.resolve("run")).sarif()).hasFileName("sarif.json");
    }
}
