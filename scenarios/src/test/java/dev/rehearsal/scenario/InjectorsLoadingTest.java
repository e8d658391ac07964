package dev.rehearsal.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InjectorsLoadingTest {
    private static final String THREE = """
            name: three
            dataset: { use: tiny }
            workload:
              injectors: 3
              services:
                - name: shop
                  rate: 100/s
                  pool: { size: 3 }
                  operations: [ { name: read, transaction: select count(*) from orders } ]
            migration:
              steps: [{ name: add column, sql: alter table orders add column region text }]
            """;

    @TempDir
    private Path folder;

    private Written written;

    @BeforeEach
    void writeDataset() {
        written = Written.in(folder);
    }

    private Injectors injectors(String text) throws InvalidScenarioException {
        return written.load(THREE.replace("injectors: 3", text)).workload().injectors();
    }

    @Test
    void readsHowManyAndWhereTheyCome() throws Exception {
        assertThat(injectors("injectors: 3")).isEqualTo(Injectors.here(3));
        assertThat(injectors("arrivals: poisson")).isEqualTo(Injectors.ONE);
        assertThat(injectors("injectors: { count: 2 }")).isEqualTo(Injectors.here(2));
        assertThat(injectors("injectors: { count: 3, at: '[::1]:7654', within: 5m }"))
                .isEqualTo(new Injectors(3, Optional.of("[::1]:7654"), Duration.ofMinutes(5)));
        assertThat(injectors("injectors: { at: load-host:7654 }"))
                .isEqualTo(new Injectors(1, Optional.of("load-host:7654"), Duration.ofMinutes(2)));
        assertThat(written.load(THREE, Map.of("workload.injectors", "2"))
                        .workload()
                        .injectors())
                .isEqualTo(Injectors.here(2));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            injectors: 0                         | 4:14: workload.injectors: must be from 1 to 64, got 0
            injectors: many                      | 4:14: workload.injectors: must be a whole number, got many
            injectors: { count: 65 }             | 4:23: workload.injectors.count: must be from 1 to 64, got 65
            injectors: { cuont: 3 }              | 4:16: workload.injectors.cuont: unknown key; did you mean 'count'?
            injectors: { at: 7654 }              | 4:20: workload.injectors.at: must be the host and port where the harness waits for them, e.g. 10.0.0.5:7654, got 7654
            injectors: { at: 'host:99999' }      | 4:20: workload.injectors.at: must be the host and port where the harness waits for them, e.g. 10.0.0.5:7654, got host:99999
            injectors: { count: 3, within: 1m }  | 4:34: workload.injectors.within: is how long the harness waits for injectors that others start; add at: HOST:PORT, or remove it
            injectors: 4                         | 4:14: workload.injectors: the pool of service shop has 3 connections for 4 injectors, and each needs one; make the pool larger, or the injectors fewer
            """)
    void refusesWhatCannotBe(String mistake, String problem) {
        assertThat(written.problems(THREE.replace("injectors: 3", mistake)))
                .containsExactly("scenario.yaml:" + problem);
    }

    /** Each database has a load of its own. */
    @Test
    void refusesInjectorsOfOthersForSeveralDatabases() {
        assertThat(written.problems(THREE.replace("injectors: 3", "injectors: { count: 3, at: 'a-host:7654' }")
                        + "databases: { count: 2 }\n"))
                .containsExactly(
                        "scenario.yaml:12:12: databases: each has a load of its own, and injectors that others start"
                                + " make one; remove it, or remove workload.injectors.at");
    }
}
