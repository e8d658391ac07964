package dev.rehearsal.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.scenario.Databases.OnFailure;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabasesTest {
    private static final String FAULTS = Written.MINIMAL + """
            databases: { count: 3 }
            faults:
              - { at: { stage: baseline, after: 1s }, database: 2, crash: { for: 2s } }
              - { at: { stage: baseline, after: 1s }, crash: { for: 2s } }
              - { at: { stage: settle, after: 1s }, database: 2, down: { for: 1s } }
            """;

    @TempDir
    private Path folder;

    /** What is done to one leaves the other alone, so that the same may be done to it. */
    @Test
    void aFaultBefallsTheDatabaseThatItNamesAndElseTheFirst() throws Exception {
        Scenario scenario = Written.in(folder).load(FAULTS);

        assertThat(scenario.faultsOf(1)).containsOnlyKeys(1);
        assertThat(scenario.faultsOf(2).values()).extracting(Fault::kind).containsExactly("crash", "down");
        assertThat(scenario.faultsOf(2)).containsOnlyKeys(0, 2);
        assertThat(scenario.faultsOf(3)).isEmpty();
        assertThat(scenario.withOneDatabase().faults())
                .extracting(PlacedFault::database)
                .containsExactly(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            database: 2, down       | database: 4, down                        | 11:51: faults[2].database: there is no database 4; databases.count says there are 3
            database: 2, down       | database: 0, down                        | 11:51: faults[2].database: must be from 1 to 16, got 0
            database: 2, down       | database: all, down                      | 11:51: faults[2].database: must be a whole number, got all
            databases: { count: 3 } | environment: { disk: small }             | 9:53: faults[0].database: there is one database, which all faults befall; remove it, or say with databases how many there are
            down: { for: 1s }       | diskFull: { for: 1s }                    | 11:51: faults[2].database: the disk that may be filled, environment.disk, is database 1's; remove it
            stage: settle, after    | stage: baseline, after                   | 11:5: faults[2]: overlaps faults[0] (crash), and the server does nothing during that, so this has nothing to act on; let one end before the other begins
            """)
    void aFaultThatBefallsNobodyIsRefused(String correct, String mistake, String problem) {
        assertThat(Written.in(folder).problems(FAULTS.replace(correct, mistake)))
                .contains("scenario.yaml:" + problem);
    }

    @Test
    void aWaveOfOneIsOneAfterTheOther() {
        assertThat(new Databases(3, 1, OnFailure.STOP).waves()).isEqualTo(List.of(List.of(1), List.of(2), List.of(3)));
    }

    @Test
    void theLastWaveHasWhatIsLeft() {
        assertThat(new Databases(5, 2, OnFailure.STOP).waves())
                .isEqualTo(List.of(List.of(1, 2), List.of(3, 4), List.of(5)));
    }

    @Test
    void aWaveOfAllIsAllAtOnce() {
        assertThat(new Databases(4, 4, OnFailure.CONTINUE).waves()).isEqualTo(List.of(List.of(1, 2, 3, 4)));
    }

    @Test
    void aWaveHasNoMoreThanThereAre() {
        assertThatThrownBy(() -> new Databases(3, 4, OnFailure.STOP))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("databases.wave must be from 1 to count, got 4");
    }
}
