package dev.rehearsal.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What this machine can run, looked at for real. */
class MachineInspectorTest {
    @TempDir
    private Path directory;

    @Test
    void withoutAnEngineOnlyTheLocalRuntimeRuns() throws InterruptedException {
        Path socket = directory.resolve("no.sock");

        MachineReport report =
                MachineInspector.inspect(directory.resolve("cache"), Map.of("DOCKER_HOST", "unix://" + socket));

        assertThat(report.local().runs()).isTrue();
        assertThat(report.containers().runs()).isFalse();
        assertThat(report.somethingRuns()).isTrue();
        assertThat(report.containers().checks()).singleElement().satisfies(check -> {
            assertThat(check).isInstanceOf(Check.Missing.class);
            assertThat(check.found()).contains(socket.toString()).doesNotEndWith(".");
            assertThat(((Check.Missing) check).remedy()).contains("--runtime local");
        });
    }

    @Test
    void anEngineOnAnotherMachineIsNotTheOneOfThis() throws InterruptedException {
        MachineReport report = MachineInspector.inspect(directory, Map.of("DOCKER_HOST", "tcp://staging.invalid:2376"));

        assertThat(report.containers().runs()).isFalse();
        assertThat(report.containers().checks())
                .singleElement()
                .satisfies(check -> assertThat(check.found()).contains("staging.invalid", "another machine"));
    }

    @Test
    void theCacheIsTriedAndLeftAsItWas() throws Exception {
        MachineReport report = MachineInspector.inspect(directory, Map.of("DOCKER_HOST", "unix:///no.sock"));

        String clones = found(report.machine(), "clones");
        assertThat(clones).matches("by reflink, at once|no reflink on .+, so data directories are copied; .+");
        assertThat(found(report.machine(), "cache"))
                .startsWith(directory + ": " + Files.getFileStore(directory).type() + ", ");
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left.map(path -> path.getFileName().toString()))
                    .doesNotContain("PG_VERSION")
                    .noneMatch(name -> name.startsWith(".doctor-") || name.startsWith(".reflink-"));
        }
    }

    @Test
    void aCacheThatIsAFileStandsInTheWayOfEverything() throws IOException, InterruptedException {
        Path file = Files.createFile(directory.resolve("file"));

        MachineReport report = MachineInspector.inspect(file, Map.of("DOCKER_HOST", "unix:///no.sock"));

        assertThat(report.somethingRuns()).isFalse();
        assertThat(report.machine())
                .filteredOn(check -> check instanceof Check.Missing)
                .extracting(Check::subject)
                .containsExactly("cache", "clones");
    }

    private static String found(List<Check> checks, String subject) {
        return checks.stream()
                .filter(check -> check.subject().equals(subject))
                .map(Check::found)
                .findFirst()
                .orElseThrow();
    }
}
