package dev.rehearsal.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.scenario.yaml.YamlDocument;
import dev.rehearsal.scenario.yaml.YamlParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.Arguments;

/** What editors complete and underline, and what the loader takes, are the same language. */
class SchemaAgreementTest {
    private static final SchemaNet SCENARIO = SchemaNet.of("scenario.schema.json");
    private static final SchemaNet DATASET = SchemaNet.of("dataset.schema.json");
    private static final Path HOME = Path.of(System.getProperty("rehearsal.home"));

    /** What a schema cannot know: other parts of the file, other files, arithmetic, SQL. */
    private static final List<String> BEYOND_A_SCHEMA = List.of(
            "must be at most 1,000,000/s",
            "must be later than the one before",
            "must be at most 24h",
            "must be at most 45s",
            "must be at most 5m",
            "has no primary key",
            "must be at least 5ms",
            "must be from 1 to 1,000,000, got 1_000_001",
            "the most rows of a batch",
            "is not one piece of SQL",
            "does not end within the migration's timeLimit",
            "must be at least 250ms",
            "must be at least 1ms",
            "got 4001",
            "is doubled after each attempt",
            "the operation writes nothing",
            "no operation of the workload leaves",
            "must be whole milliseconds",
            "must be whole microseconds",
            "must be at most the delay",
            "must be less than averageSize",
            "must be from 128m",
            "is for containers",
            "must be 18, the version that comes with the harness",
            "is for the local runtime",
            " requests; ",
            "compares with the baseline",
            "no operation",
            "no service",
            "has no version",
            "already when this step begins",
            "no step is called",
            "neither the schema nor",
            "the environment has no replica",
            "there is no replica that",
            "never ends",
            "the dataset fills no",
            "the dataset has no",
            "has no column",
            "must have the smaller number first",
            "no statement uses",
            "is not among the parameters",
            "is a transaction already",
            "holds 2 statements",
            "cannot be in a transaction",
            "is a command of psql",
            "is a variable of psql",
            "nothing tries this out",
            "nothing uses them",
            "must be at most the count",
            "there is one database",
            "there is no database",
            "no service has a version",
            "is called add column");

    @TempDir
    private Path folder;

    @Test
    void schemaTakesTheExamples() throws Exception {
        for (Path file : ExamplesTest.examples().toList()) {
            assertThat(SCENARIO.refusals(tree(Files.readString(file))))
                    .as(file.toString())
                    .isEmpty();
        }
    }

    @Test
    void schemaTakesEverythingThatTheLoaderTakes() throws Exception {
        assertThat(SCENARIO.refusals(tree(ScenarioWriterTest.EVERYTHING))).isEmpty();
        assertThat(SCENARIO.refusals(tree(ScenarioLoaderTest.FULL))).isEmpty();
        assertThat(SCENARIO.refusals(tree(Written.MINIMAL))).isEmpty();
        assertThat(SCENARIO.refusals(tree(ScenarioLoaderTest.FULL.replace(
                        "rate: 100/s", "rate: { day: day.csv, compress: 96, from: 20:00 }"))))
                .isEmpty();
        Scenario resolved = Written.in(folder).load(Written.MINIMAL);
        assertThat(SCENARIO.refusals(tree(ScenarioWriter.write(resolved)))).isEmpty();
    }

    @Test
    void schemaRefusesWhatTheLoaderRefuses() {
        List<String> disagreements = new ArrayList<>();
        for (Arguments mistake : ScenarioLoaderTest.mistakes()) {
            Object[] parts = mistake.get();
            String text = ScenarioLoaderTest.FULL.replace((String) parts[0], (String) parts[1]);
            YamlDocument document = YamlParser.parse("scenario.yaml", text);
            boolean refused = !document.faults().isEmpty()
                    || !SCENARIO.refusals(document.root().orElseThrow()).isEmpty();
            List<?> problems = (List<?>) parts[2];
            boolean knowable = problems.stream()
                    .anyMatch(problem -> BEYOND_A_SCHEMA.stream().noneMatch(problem.toString()::contains));
            if (refused != knowable) {
                disagreements.add((refused ? "only the schema refuses " : "only the loader refuses ") + parts[1] + ": "
                        + problems);
            }
        }

        assertThat(String.join("\n", disagreements)).isEmpty();
    }

    @Test
    void schemaTakesTheDatasets() throws IOException {
        try (Stream<Path> folders = Files.list(HOME.resolve("datasets/catalog"))) {
            for (Path dataset : Stream.concat(folders, Stream.of(Written.TINY)).toList()) {
                String text = Files.readString(dataset.resolve("dataset.yaml"));
                assertThat(DATASET.refusals(tree(text))).as(dataset.toString()).isEmpty();
            }
        }
    }

    private static dev.rehearsal.scenario.yaml.YamlNode tree(String text) {
        return YamlParser.parse("text", text).root().orElseThrow();
    }
}
