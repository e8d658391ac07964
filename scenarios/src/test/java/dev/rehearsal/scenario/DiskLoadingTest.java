package dev.rehearsal.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiskLoadingTest {
    private static final String FULL_DISK = Written.MINIMAL + """
            environment: { disk: small }
            faults:
              - { at: { stage: baseline, after: 1s }, diskFull: { leave: 16m, for: 10s } }
              - { at: { stage: settle, after: 1s }, diskFull: { for: 1s } }
            """;

    @TempDir
    private Path folder;

    private Written written;

    @BeforeEach
    void write() {
        written = Written.in(folder);
    }

    @Test
    void readsTheDiskAndTheFaultThatFillsIt() throws Exception {
        Scenario scenario = written.load(FULL_DISK);

        assertThat(scenario.environment().disk())
                .contains(folder.resolve("small").toAbsolutePath().normalize());
        assertThat(scenario.faultsOf(1).values())
                .containsExactly(
                        new Fault.DiskFull(
                                new Cue.AfterStageStart(Stage.BASELINE, Duration.ofSeconds(1)),
                                Optional.of(Duration.ofSeconds(10)),
                                16 << 20),
                        new Fault.DiskFull(
                                new Cue.AfterStageStart(Stage.SETTLE, Duration.ofSeconds(1)),
                                Optional.of(Duration.ofSeconds(1)),
                                0));
        assertThat(scenario.objectives()).anyMatch(Objective.LostWrites.class::isInstance);
    }

    @Test
    void whatIsWrittenSaysTheSame() throws Exception {
        Scenario scenario = written.load(FULL_DISK);

        Scenario again = written.load(ScenarioWriter.write(scenario));

        assertThat(again.environment()).isEqualTo(scenario.environment());
        assertThat(again.faults()).isEqualTo(scenario.faults());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            { disk: small }              | {}                           | 9:53: faults[0].diskFull: there is no disk that may be filled; name a directory on a file system of its own in environment.disk
            { disk: small }              | { disk: small, replicas: 1 } | 7:22: environment.disk: is for a primary that is alone, because what fills it would fill up its replicas, too; remove it, or the replicas
            { leave: 16m, for: 10s }     | { leave: 16m }               | 9:53: faults[0].diskFull: 'for' is missing; write e.g. { for: 10s }
            leave: 16m                   | leave: lots                  | 9:62: faults[0].diskFull.leave: must be an amount of space, got lots; write e.g. 16m
            for: 10s                     | for: 6m                      | 9:72: faults[0].diskFull.for: must be at most 5m, got 6m: nothing of the migration may be seen meanwhile
            settle, after: 1s }, diskFull| baseline, after: 3s }, crash | 10:5: faults[1]: overlaps faults[0] (diskFull), and both may take the server away and bring it back: the second of them has nothing to act on; let one end before the other begins
            """)
    void refusesWhatCannotBeFilled(String correct, String mistake, String problem) {
        assertThat(written.problems(FULL_DISK.replace(correct, mistake)))
                .anyMatch(found -> found.equals("scenario.yaml:" + problem));
    }
}
