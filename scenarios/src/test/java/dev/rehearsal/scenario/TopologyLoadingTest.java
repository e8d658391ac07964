package dev.rehearsal.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.scenario.EnvironmentSpec.Replication;
import dev.rehearsal.scenario.EnvironmentSpec.Synchrony;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopologyLoadingTest {
    private static final String REPLICATED = """
            name: replicated
            environment: { replicas: 2, synchronous: true }
            dataset: { use: tiny }
            workload:
              services:
                - name: shop
                  rate: 100/s
                  operations:
                    - name: read
                      reads: replica
                      transaction: select count(*) from orders
                    - name: write
                      transaction: update orders set note = 'a' where id = 1
            migration:
              steps: [{ name: add column, sql: alter table orders add column region text }]
            faults:
              - at: { stage: baseline, after: 1s }
                down: { for: 1s }
            objectives:
              - outage: { max: 5s }
            """;

    @TempDir
    private Path folder;

    private Written written;

    @BeforeEach
    void writeDataset() {
        written = Written.in(folder);
    }

    @Test
    void readsReplicasAndWhatCommitsWaitFor() throws Exception {
        assertThat(written.load(REPLICATED).environment().replication())
                .isEqualTo(new Replication(2, Synchrony.SYNCHRONOUS));
        assertThat(written.load(REPLICATED, Map.of("environment.synchronous", "remote_apply"))
                        .environment()
                        .replication())
                .isEqualTo(new Replication(2, Synchrony.REMOTE_APPLY));
        assertThat(written.load(Written.MINIMAL).environment().replication()).isEqualTo(Replication.NONE);
        assertThat(new Replication(2, Synchrony.ASYNCHRONOUS).names()).containsExactly("replica-1", "replica-2");
    }

    @Test
    void readsWhereAnOperationGoes() throws Exception {
        assertThat(written.load(REPLICATED).workload().services().getFirst().operations())
                .extracting(Workload.Operation::reads)
                .containsExactly(Workload.Reads.REPLICA, Workload.Reads.PRIMARY);
    }

    @Test
    void readsFaultsOfServersAndLinks() throws Exception {
        Cue cue = new Cue.AfterStageStart(Stage.BASELINE, Duration.ofSeconds(1));

        assertThat(fault("down: { of: replication-2, for: 1s }"))
                .isEqualTo(new Fault.Down("replication-2", cue, Optional.of(Duration.ofSeconds(1))));
        assertThat(fault("pause: { of: replica-2, for: 1s }"))
                .isEqualTo(new Fault.Pause("replica-2", cue, Optional.of(Duration.ofSeconds(1))));
        assertThat(fault("partition: { of: replica-1 }"))
                .isEqualTo(new Fault.Partition("replica-1", cue, Optional.empty()));
        assertThat(fault("failover: { promote: replica-2 }")).isEqualTo(new Fault.Failover(cue, "replica-2", false));
        assertThat(fault("failover: { promote: replica-2, planned: true }"))
                .isEqualTo(new Fault.Failover(cue, "replica-2", true));
    }

    private Fault fault(String text) throws InvalidScenarioException {
        return written.load(REPLICATED.replace("down: { for: 1s }", text))
                .faultsOf(1)
                .get(0);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            down: { for: 1s }        | down: { of: replica-3, for: 1s }     | 18:17: faults[0].down.of: no server or link that this can be done to is called replica-3; did you mean 'replica-1'?
            down: { for: 1s }        | pause: { of: replication-1, for: 1s }| 18:18: faults[0].pause.of: no server or link that this can be done to is called replication-1; did you mean 'replica-1'?
            down: { for: 1s }        | partition: { of: primary }           | 18:22: faults[0].partition.of: no server or link that this can be done to is called primary; known are replica-1, replica-2
            down: { for: 1s }        | partition: { for: 5s }               | 18:16: faults[0].partition: 'of' is missing; write e.g. { of: replica-1, for: 5s }
            down: { for: 1s }        | failover: { planned: true }          | 18:15: faults[0].failover: 'promote' is missing; write e.g. { promote: replica-1 }
            down: { for: 1s }        | failover: { promote: repica-1 }      | 18:26: faults[0].failover.promote: no server or link that this can be done to is called repica-1; did you mean 'replica-1'?
            down: { for: 1s }        | failover: { promote: replica-1, planned: maybe } | 18:46: faults[0].failover.planned: must be true or false, got maybe
            replicas: 2, synchronous: true | synchronous: true              | 2:29: environment.synchronous: there is no replica that a commit could wait for; write replicas: 1, or synchronous: false
            synchronous: true        | synchronous: always                  | 2:42: environment.synchronous: must be false or true or remote_apply, got always
            synchronous: true        | synchronous: true, settings: { synchronous_commit: local } | 2:80: environment.settings.synchronous_commit: is what environment.synchronous says; remove one of them
            synchronous: true        | settings: { wal_level: minimal }     | 2:52: environment.settings.wal_level: is for the harness to set where there are replicas; remove it
            select count(*)          | update orders set id = id; select 1  | 10:18: workload.services[0].operations[0].reads: this operation writes, and a replica refuses that; write reads: primary
            reads: replica           | reads: replicas                      | 10:18: workload.services[0].operations[0].reads: must be primary or replica, got replicas; did you mean 'replica'?
            """)
    void refusesWhatTheServersCannotDo(String correct, String mistake, String problem) {
        assertThat(written.problems(REPLICATED.replace(correct, mistake)))
                .anyMatch(found -> found.startsWith("scenario.yaml:" + problem));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            failover: { promote: replica-1 } | crash: { for: 2s }                   | faults[1]: overlaps faults[0] (failover), and a server cannot be promoted, or replaced, while it is away: one of the two has nothing to act on; let one end before the other begins
            crash: { for: 9s }               | failover: { promote: replica-1 }     | faults[1]: overlaps faults[0] (crash), and a server cannot be promoted, or replaced, while it is away: one of the two has nothing to act on; let one end before the other begins
            pause: { of: replica-1, for: 9s }| failover: { promote: replica-1 }     | faults[1]: overlaps faults[0] (pause), and a server cannot be promoted, or replaced, while it is away: one of the two has nothing to act on; let one end before the other begins
            pause: { of: replica-2, for: 9s }| failover: { promote: replica-1 }     |
            partition: { of: replica-1 }     | failover: { promote: replica-1 }     |
            partition: { of: replica-1 }     | failover: { promote: replica-1, planned: true } | faults[1]: overlaps faults[0] (partition), and a planned failover waits until the replica has everything, which it cannot get meanwhile: the failover has nothing to act on; let one end before the other begins
            bandwidth: { of: replication-1, rate: 0 } | failover: { promote: replica-1, planned: true } | faults[1]: overlaps faults[0] (bandwidth), and a planned failover waits until the replica has everything, which it cannot get meanwhile: the failover has nothing to act on; let one end before the other begins
            partition: { of: replica-2 }     | failover: { promote: replica-1, planned: true } |
            crash: { of: replica-1, for: 9s }| failover: { promote: replica-1 }     | faults[1]: overlaps faults[0] (crash), and a server cannot be promoted, or replaced, while it is away: one of the two has nothing to act on; let one end before the other begins
            pause: { of: replica-1, for: 9s }| crash: { of: replica-1, for: 2s }    | faults[1]: overlaps faults[0] (pause), and the server does nothing during that, so this has nothing to act on; let one end before the other begins
            failover: { promote: replica-1 } | failover: { promote: replica-1 }     | faults[1]: promotes a replica that faults[0] has made the primary already; promote another one, or keep one of them
            partition: { of: replica-1 }     | latency: { of: replication-1, delay: 5ms } | faults[1]: overlaps faults[0] (partition), and no bytes pass during that, so this has nothing to act on; let one end before the other begins
            partition: { of: replica-1 }     | latency: { of: replica-1, delay: 5ms } |
            down: { of: replica-1 }          | latency: { delay: 5ms }              |
            """)
    void refusesFaultsThatContradictEachOther(String one, String other, String message) {
        String text = REPLICATED.replace(
                """
              - at: { stage: baseline, after: 1s }
                down: { for: 1s }
            """,
                "  - { at: { stage: baseline, after: 1s }, %s }\n  - { at: { stage: baseline, after: 2s }, %s }\n"
                        .formatted(one, other));

        assertThat(written.problems(text).stream().map(problem -> problem.replaceFirst("scenario.yaml:[0-9:]+ ", "")))
                .isEqualTo(message == null ? java.util.List.of() : java.util.List.of(message));
    }
}
