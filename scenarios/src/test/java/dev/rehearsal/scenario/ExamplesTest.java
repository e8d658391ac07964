package dev.rehearsal.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples that are shipped say what they mean. */
class ExamplesTest {
    private static final Path EXAMPLES = Path.of(System.getProperty("rehearsal.home"), "scenarios", "examples");

    static Stream<Path> examples() throws IOException {
        try (Stream<Path> folders = Files.list(EXAMPLES)) {
            List<Path> files = folders.map(folder -> folder.resolve("scenario.yaml"))
                    .sorted()
                    .toList();
            return files.stream();
        }
    }

    @Test
    void thereAreExamples() throws IOException {
        assertThat(examples()).hasSizeGreaterThanOrEqualTo(8);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void exampleHasNoProblem(Path file) throws Exception {
        Scenario scenario = ScenarioLoader.load(file, Map.of());

        assertThat(file.getParent().getFileName().toString()).endsWith(scenario.name());
    }
}
