package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Runs from disk, with no database: one that the first version recorded, whole, cut off and damaged. */
class RecordedRunsTest {
    /** A real run, a part of its requests; its files have the fields and the record format of the first version. */
    private static final Path FIRST_VERSION =
            HarnessRun.ROOT.resolve("reports/src/test/resources/dev/rehearsal/run/recorded-first");

    @TempDir
    private Path folder;

    private Path run = Path.of("");

    @BeforeEach
    void copy() throws IOException {
        run = Files.createDirectory(folder.resolve("run"));
        for (String file : List.of("events.ndjson", "requests.bin")) {
            Files.copy(FIRST_VERSION.resolve(file), run.resolve(file));
        }
    }

    private HarnessRun report() {
        HarnessRun told = HarnessRun.of("report", run.toString());
        return new HarnessRun(told.exitCode(), told.out(), told.err(), run);
    }

    @Test
    void judgesARunOfTheFirstVersion() {
        HarnessRun told = report();

        assertThat(told.exitCode()).as(told.told()).isEqualTo(ExitCode.FAILED.number);
        assertThat(told.failed())
                .containsExactly(
                        "lockHold AccessExclusive held on orders",
                        "lockWait longest lock wait of a request",
                        "rewrites no rewrites");
        JsonNode lock = HarnessRun.lock(told.statements().getFirst(), "orders", "AccessExclusive")
                .orElseThrow();
        assertThat(lock.get("heldMillis").asDouble()).isEqualTo(563.207);
        assertThat(run.resolve("report.html")).isNotEmptyFile();
        assertThat(run.resolve("sarif.json")).isNotEmptyFile();
    }

    @Test
    void rendersAKilledRunAsFarAsItCame() throws IOException {
        List<String> lines = Files.readAllLines(run.resolve("events.ndjson"));
        int migration = lines.indexOf(lines.stream()
                .filter(line -> line.contains("\"stageEnded\"") && line.contains("MIGRATION"))
                .findFirst()
                .orElseThrow());
        Files.writeString(
                run.resolve("events.ndjson"),
                String.join("\n", lines.subList(0, migration)) + "\n"
                        + lines.get(migration).substring(0, 20));
        try (RandomAccessFile requests =
                new RandomAccessFile(run.resolve("requests.bin").toFile(), "rw")) {
            requests.setLength(requests.length() - 1000);
        }

        HarnessRun told = report();

        assertThat(told.exitCode()).as(told.told()).isEqualTo(ExitCode.INCONCLUSIVE.number);
        assertThat(told.result().get("run").get("outcome").asString()).isEqualTo("killed");
        assertThat(told.result().get("verdict").asString()).isEqualTo("inconclusive");
        assertThat(told.statements()).hasSize(1);
        assertThat(Files.readString(run.resolve("report.html"))).contains("the run did not come to its end");
    }

    @Test
    void saysWhichLineIsDamaged() throws IOException {
        List<String> lines = Files.readAllLines(run.resolve("events.ndjson"));
        lines.set(4, lines.get(4).substring(0, 30) + "\u0000" + lines.get(4).substring(33));
        Files.write(run.resolve("events.ndjson"), lines);

        refused("events.ndjson:5: this line is damaged: ");
    }

    @Test
    void saysThatRequestsAreNone() throws IOException {
        Files.write(run.resolve("requests.bin"), new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9});

        refused("requests.bin is not a request log (requests.bin of a rehearsal)");
    }

    @Test
    void saysWhichRequestIsDamaged() throws IOException {
        try (RandomAccessFile requests =
                new RandomAccessFile(run.resolve("requests.bin").toFile(), "rw")) {
            long records = (requests.length() / 48 - 3) * 48;
            requests.seek(requests.length() - records);
            requests.write(new byte[] {(byte) 0xff, (byte) 0xff, 77});
        }

        HarnessRun told = report();

        assertThat(told.exitCode()).as(told.told()).isEqualTo(ExitCode.NO_ENVIRONMENT.number);
        assertThat(told.err())
                .containsPattern("requests\\.bin: record \\d+ is damaged: ")
                .doesNotContain("Exception");
    }

    @Test
    void saysThatARunHasNoBeginning() throws IOException {
        Files.writeString(run.resolve("events.ndjson"), "");

        refused("events.ndjson: ");
    }

    @Test
    void comparesAndIndexesThemToo() {
        HarnessRun.of("report", run.toString());

        HarnessRun compared = HarnessRun.of(
                "compare",
                run.toString(),
                run.toString(),
                "--out",
                folder.resolve("compared").toString());
        HarnessRun indexed = HarnessRun.of("report", "--index", folder.toString());

        assertThat(compared.exitCode()).as(compared.told()).isZero();
        assertThat(compared.out()).startsWith("No difference between these runs that chance does not explain.\n");
        assertThat(folder.resolve("compared/compare.html")).isNotEmptyFile();
        assertThat(folder.resolve("compared/compare.md")).content().startsWith("## Comparison of ");
        assertThat(indexed.exitCode()).as(indexed.told()).isZero();
        assertThat(folder.resolve("index.html")).content().contains("href=\"run/report.html\"");
    }

    @Test
    void comparesNothingThatIsNoRun() {
        HarnessRun told =
                HarnessRun.of("compare", run.toString(), folder.resolve("none").toString());

        assertThat(told.exitCode()).isEqualTo(ExitCode.NO_ENVIRONMENT.number);
        assertThat(told.err())
                .contains("there is no such directory", "give run directories")
                .doesNotContain("Exception");
    }

    private void refused(String expected) throws IOException {
        HarnessRun told = report();

        assertThat(told.exitCode()).as(told.told()).isEqualTo(ExitCode.NO_ENVIRONMENT.number);
        assertThat(told.err()).contains(expected).doesNotContain("Exception");
        try (Stream<Path> files = Files.list(run)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("events.ndjson", "requests.bin");
        }
    }
}
