package dev.rehearsal.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Scenarios written for a test, in a folder beside the tiny dataset. */
record Written(Path folder) {
    static final Path TINY = Path.of(
            System.getProperty("rehearsal.home"), "scenarios/src/test/resources/dev/rehearsal/scenario/datasets/tiny");

    /** What every scenario needs, apart from what is tested. */
    static final String MINIMAL = """
            name: minimal
            dataset:
              use: tiny
            migration:
              steps:
                - { name: add column, sql: alter table orders add column region text }
            """;

    private static final SchemaNet SCHEMA = SchemaNet.of("scenario.schema.json");

    static Written in(Path folder) {
        try {
            Path tiny = Files.createDirectories(folder.resolve("tiny"));
            for (String file : List.of("dataset.yaml", "schema.sql")) {
                Files.copy(TINY.resolve(file), tiny.resolve(file));
            }
            return new Written(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path file(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Scenario load(String text) throws InvalidScenarioException {
        return load(text, Map.of());
    }

    Scenario load(String text, Map<String, String> overrides) throws InvalidScenarioException {
        return ScenarioLoader.load(file("scenario.yaml", text), overrides);
    }

    /** Each problem as {@code file:line:column: path: message}, with the file's last name only. */
    List<String> problems(String text) {
        return problems(text, Map.of());
    }

    List<String> problems(String text, Map<String, String> overrides) {
        return problems(file("scenario.yaml", text), overrides);
    }

    static List<String> problems(Path file, Map<String, String> overrides) {
        try {
            ScenarioLoader.load(file, overrides);
            return List.of();
        } catch (InvalidScenarioException e) {
            return e.problems().stream().map(Written::line).toList();
        }
    }

    /**
     * Asserts that the loader finds just these problems.
     *
     * @param schemaKnows whether the schema, by which editors warn, refuses the scenario too
     * @param problems without the file's name
     */
    void assertRefused(String text, boolean schemaKnows, List<String> problems) {
        assertThat(problems(text))
                .isEqualTo(problems.stream()
                        .map(problem -> "scenario.yaml:" + problem)
                        .toList());
        assertThat(SCHEMA.refusals(text).isEmpty()).isEqualTo(!schemaKnows);
    }

    /** Asserts that a scenario which is written as it was understood is good to the schema and has the same workload; returns what was written. */
    String assertWrittenAsUnderstood(Scenario scenario) throws InvalidScenarioException {
        String text = ScenarioWriter.write(scenario);
        assertThat(SCHEMA.refusals(text)).isEmpty();
        assertThat(ScenarioLoader.load(file("again.yaml", text), Map.of()).workload())
                .isEqualTo(scenario.workload());
        return text;
    }

    static String line(Problem problem) {
        SourceLocation location = problem.location();
        String file = location.file().substring(location.file().lastIndexOf('/') + 1);
        String path = problem.path().isEmpty() ? "" : problem.path() + ": ";
        return file + ":" + location.line() + ":" + location.column() + ": " + path + problem.message();
    }
}
