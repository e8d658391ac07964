package dev.rehearsal.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ScenarioLoaderTest {
    static final String FULL = """
            name: full
            dataset: { use: tiny }
            workload:
              services:
                - name: shop
                  rate: 100/s
                  operations:
                    - name: read
                      weight: 3
                      parameters: { id: { references: orders.id } }
                      transaction: select * from orders where id = :id
                    - name: write
                      parameters: { id: { references: orders.id }, note: { choice: [a, b] } }
                      transaction:
                        - update orders set note = :note where id = :id
                        - select 1
            migration:
              steps:
                - name: add column
                  sql: alter table orders add column region text
              rollback:
                steps:
                  - sql: alter table orders drop column region
            timeline: { baseline: 20s, settle: 10s }
            faults:
              - at: { step: add column, before: 1s }
                latency: { delay: 50ms, for: 2s }
            objectives:
              - latency: { operation: read, percentile: 99, during: migration, max: 250ms }
              - errors: { max: 0.1% }
            """;

    @TempDir
    private Path folder;

    private Written written;

    @BeforeEach
    void writeDataset() {
        written = Written.in(folder);
    }

    private static final String WITH_VERSIONS = FULL.replace(
            "rate: 100/s\n",
            "rate: 100/s\n      versions: { v2: { operations: [ { name: read, transaction: select 1 } ] } }\n");

    @Test
    void withoutTheKeyTheDrillsAreThoseThatApplyAndThoseThatAnObjectiveAsksFor() throws Exception {
        String resumable = FULL.replace("- errors: { max: 0.1% }", "- resumable: { succeeds: true }");

        assertThat(written.load(Written.MINIMAL).drills()).containsExactly(Drill.RERUN);
        assertThat(written.load(FULL).drills()).containsExactly(Drill.RERUN, Drill.ROLLBACK);
        assertThat(written.load(WITH_VERSIONS).drills())
                .containsExactly(Drill.RERUN, Drill.ROLLBACK, Drill.COMPATIBILITY);
        assertThat(written.load(resumable).drills()).containsExactly(Drill.RERUN, Drill.ROLLBACK, Drill.CRASH);
    }

    @Test
    void severalDatabasesAreMigratedOneAfterTheOtherAndDrilledForDrift() throws Exception {
        Scenario scenario = written.load(Written.MINIMAL + "databases: { count: 3 }\n");

        assertThat(scenario.databases()).contains(new Databases(3, 1, Databases.OnFailure.STOP));
        assertThat(scenario.drills()).containsExactly(Drill.RERUN, Drill.DRIFT);
    }

    @Test
    void anEmptyListAsksForNoDrills() throws Exception {
        assertThat(written.load(FULL + "drills: []\n").drills()).isEmpty();
    }

    @Test
    void refusesVersionsThatNoDrillUses() throws Exception {
        assertThat(written.problems(WITH_VERSIONS + "drills: [ rerun ]\n"))
                .containsExactly(
                        "scenario.yaml:7:17: workload.services[0].versions: nothing uses them; add a step deploy: { service: …, version: … }"
                                + " or drills: [ compatibility ], or remove them");
    }

    @Test
    void fiveLinesAreEnough() throws Exception {
        Scenario scenario = written.load(Written.MINIMAL);

        assertThat(scenario.timeline().toString())
                .isEqualTo("Timeline[warmup=PT10S, baseline=PT30S, migration=PT20S, settle=PT15S, rollback=PT0S]");
        assertThat(scenario.workload().services().get(0).operations())
                .extracting(Workload.Operation::name)
                .containsExactly(
                        "read-orders",
                        "update-orders",
                        "insert-orders",
                        "read-customers",
                        "update-customers",
                        "read-coupons",
                        "update-coupons");
        assertThat(scenario.objectives()).hasSize(6);
    }

    /** By the default length of a stage: each of the six has a p99, which needs 200 requests, and 200 in 12 s. */
    @Test
    void aStageAsLongAsAPercentileNeedsIsLongEnoughWhateverTheShare() {
        String operations = IntStream.rangeClosed(1, 6)
                .mapToObj(i -> "{ name: o%d, transaction: select count(*) from orders }".formatted(i))
                .collect(Collectors.joining(", "));

        assertThat(written.problems(Written.MINIMAL
                        + "workload: { services: [ { name: s, rate: 100/s, operations: [ " + operations + " ] } ] }\n"
                        + "objectives: [ { latency: { percentile: 99, max: 250ms } } ]\n"))
                .isEmpty();
    }

    @Test
    void fullScenarioHasNoProblem() {
        assertThat(written.problems(FULL)).isEmpty();
    }

    /** A text of {@link #FULL}, what stands in its place, and what is said about it. */
    static List<Arguments> mistakes() {
        return List.of(
                mistake(
                        "rate: 100/s",
                        "rate: { curve: [ { at: 0s, rate: 100/s }, { at: 60s, rate: -5/s } ] }",
                        "6:66: workload.services[0].rate.curve[1].rate: must be positive, got -5/s; write arrivals per second, e.g. 200/s"),
                mistake(
                        "rate: 100/s",
                        "rate: { curve: [ { at: 60s, rate: 100/s }, { at: 30s, rate: 5/s }, { at: 60s, rate: 5/s } ] }",
                        "6:56: workload.services[0].rate.curve[1].at: must be later than the one before, 1m, got 30s; put them in the order of time",
                        "6:80: workload.services[0].rate.curve[2].at: must be later than the one before, 1m, got 60s; put them in the order of time"),
                mistake(
                        "rate: 100/s",
                        "rate: { curve: [ { at: 0s, rate: 100/s } ] }",
                        "6:22: workload.services[0].rate.curve: has one point; add a second, or write rate: 100/s"),
                mistake(
                        "rate: 100/s",
                        "rate: { curve: [] }",
                        "6:22: workload.services[0].rate.curve: is empty; write e.g. curve: [ { at: 0s, rate: 100/s }, { at: 60s, rate: 400/s } ]"),
                mistake(
                        "rate: 100/s",
                        "rate: { curve: [ { at: 0s }, { rate: 100/s } ] }",
                        "6:24: workload.services[0].rate.curve[0]: 'rate' is missing; write e.g. { at: 60s, rate: 400/s }",
                        "6:36: workload.services[0].rate.curve[1]: 'at' is missing; write e.g. { at: 60s, rate: 400/s }"),
                mistake(
                        "rate: 100/s",
                        "rate: { compress: 96 }",
                        "6:13: workload.services[0].rate: needs a curve or a day; write e.g. curve: [ { at: 0s, rate: 100/s }, { at: 60s, rate: 400/s } ], or day: traffic.csv, with lines such as 08:30,250"),
                mistake(
                        "rate: 100/s",
                        "rate: { curve: [ { at: 0s, rate: 1/s }, { at: 1s, rate: 2/s } ], day: traffic.csv }",
                        "6:77: workload.services[0].rate.day: does not go with curve; keep one"),
                mistake(
                        "rate: 100/s",
                        "rate: { curve: [ { at: 0s, rate: 1/s }, { at: 1s, rate: 2/s } ], compress: 9, from: 20:00 }",
                        "6:82: workload.services[0].rate.compress: is for a day's file; remove it",
                        "6:91: workload.services[0].rate.from: is for a day's file; remove it"),
                mistake(
                        "rate: 100/s",
                        "rate: { dya: traffic.csv }",
                        "6:15: workload.services[0].rate.dya: unknown key; did you mean 'day'?"),
                mistake(
                        "rate: 100/s",
                        "rate: -5",
                        "6:13: workload.services[0].rate: must be positive, got -5; write arrivals per second, e.g. 200/s"),
                mistake(
                        "rate: 100/s",
                        "rate: 0/s",
                        "6:13: workload.services[0].rate: must be positive, got 0/s; write arrivals per second, e.g. 200/s"),
                mistake(
                        "rate: 100/s",
                        "rate: 2000000/s",
                        "6:13: workload.services[0].rate: must be at most 1,000,000/s, got 2000000/s"),
                mistake(
                        "rate: 100/s",
                        "rate: 100",
                        "6:13: workload.services[0].rate: needs a unit, got 100; write arrivals per second, e.g. 100/s"),
                mistake(
                        "rate: 100/s",
                        "rate: fast",
                        "6:13: workload.services[0].rate: must be a rate, got fast; write arrivals per second, e.g. 200/s"),
                mistake(
                        "rate: 100/s",
                        "rate: NaN",
                        "6:13: workload.services[0].rate: must be a rate, got NaN; write arrivals per second, e.g. 200/s"),
                mistake(
                        "rate: 100/s",
                        "rate: .inf",
                        "6:13: workload.services[0].rate: must be a rate, got .inf; write arrivals per second, e.g. 200/s"),
                mistake(
                        "rate: 100/s",
                        "rate:",
                        "6:12: workload.services[0].rate: must be a rate, got nothing; write arrivals per second, e.g. 200/s"),
                mistake(
                        "rate: 100/s",
                        "rate: [1]",
                        "6:13: workload.services[0].rate: must be a rate, got a list; write arrivals per second, e.g. 200/s"),
                mistake(
                        "rate: 100/s",
                        "rat: 100/s",
                        "6:7: workload.services[0].rat: unknown key; did you mean 'rate'?"),
                mistake(
                        "rate: 100/s",
                        "rate: 100/s\n      pool: { size: 0, connectionTimeout: 10ms }",
                        "7:21: workload.services[0].pool.size: must be from 1 to 1,000, got 0",
                        "7:43: workload.services[0].pool.connectionTimeout: must be at least 250ms, got 10ms"),
                mistake(
                        "rate: 100/s",
                        "rate: 100/s\n      pool: { size: 1001 }",
                        "7:21: workload.services[0].pool.size: must be from 1 to 1,000, got 1001"),
                mistake(
                        "rate: 100/s",
                        "rate: 100/s\n      pool: 20",
                        "7:13: workload.services[0].pool: must be a mapping, got 20; write e.g. { size: 20, connectionTimeout: 2s }"),
                mistake(
                        "rate: 100/s",
                        "rate: 100/s\n      rate: 200/s",
                        "7:7: workload.services[0].rate: is given twice, first in line 6; keep one"),
                mistake(
                        "rate: 100/s",
                        "rate: 100/s\n      versions: { v2: {} }",
                        "7:23: workload.services[0].versions.v2: 'operations' is missing; write e.g. { name: read, transaction: select 1 }"),
                mistake(
                        "rate: 100/s",
                        "rate: 100/s\n      versions: { old: { operations: [ { name: a, transaction: select 1 } ] } }",
                        "7:19: workload.services[0].versions.old: is what the service's own operations are called; give this version another name"),
                mistake(
                        "rate: 100/s",
                        "rate: 100/s\n      statementTimeout: 5",
                        "7:25: workload.services[0].statementTimeout: needs a unit, got 5; write ms, s, m or h behind it, e.g. 1s"),
                mistake(
                        "weight: 3",
                        "weight: 0",
                        "9:19: workload.services[0].operations[0].weight: must be above 0 and at most 1000000, got 0"),
                mistake(
                        "weight: 3",
                        "weight: -1",
                        "9:19: workload.services[0].operations[0].weight: must be above 0 and at most 1000000, got -1"),
                mistake(
                        "weight: 3",
                        "weight: many",
                        "9:19: workload.services[0].operations[0].weight: must be a number, got many"),
                mistake(
                        "weight: 3",
                        "reads: replica",
                        "9:18: workload.services[0].operations[0].reads: the environment has no replica; write environment.replicas: 1, or reads: primary"),
                mistake(
                        "percentile: 99",
                        "percentile: 999",
                        "29:45: objectives[0].latency.percentile: must be above 0 and at most 100, got 999"),
                mistake(
                        "percentile: 99",
                        "percentile: 0",
                        "29:45: objectives[0].latency.percentile: must be above 0 and at most 100, got 0"),
                mistake(
                        "percentile: 99",
                        "percentile: 99.99",
                        "29:45: objectives[0].latency.percentile: p99.99 of read needs 20,000 requests; 75/s for 1m of migration gives 4,500: make timeline.migration at least 267s, or raise the rate"),
                mistake(
                        "percentile: 99, during: migration, max: 250ms",
                        "percentile: 99.9, during: migration, regression: 3x",
                        "29:45: objectives[0].latency.percentile: p99.9 of read needs 2,000 requests; 75/s for 20s of baseline gives 1,500: make timeline.baseline at least 27s, or raise the rate"),
                mistake(
                        "percentile: 99, during: migration, max: 250ms",
                        "percentile: 99, during: migration",
                        "29:14: objectives[0].latency: has no limit; write max: 250ms or regression: 3x"),
                mistake(
                        "percentile: 99, during: migration, max: 250ms",
                        "percentile: 99, during: baseline, regression: 3x",
                        "29:79: objectives[0].latency.regression: compares with the baseline, so it cannot be judged during the baseline; use max"),
                mistake(
                        "percentile: 99, during: migration, max: 250ms",
                        "percentile: 99, during: migration, regression: 3",
                        "29:80: objectives[0].latency.regression: must be a factor of at least 1x, got 3; write e.g. 3x to allow three times the baseline"),
                mistake(
                        "percentile: 99, during: migration, max: 250ms",
                        "percentile: 99, during: warmup, max: 1s",
                        "29:57: objectives[0].latency.during: the warm-up is never judged; use baseline or a later stage"),
                mistake(
                        "percentile: 99, during: migration, max: 250ms",
                        "percentile: 99, during: migraton, max: 1s",
                        "29:57: objectives[0].latency.during: must be one of warmup, baseline, migration, settle, rollback, recovery, got migraton; did you mean 'migration'?"),
                mistake(
                        "errors: { max: 0.1% }",
                        "outage: { operation: read }", "30:13: objectives[1].outage: 'max' is missing; write max: 5s"),
                mistake(
                        "errors: { max: 0.1% }",
                        "outage: { operation: raed, max: 5s }",
                        "30:26: objectives[1].outage.operation: no operation is called raed; did you mean 'read'?"),
                mistake(
                        "operation: read",
                        "operation: raed",
                        "29:27: objectives[0].latency.operation: no operation is called raed; did you mean 'read'?"),
                mistake(
                        "operation: read",
                        "service: shap",
                        "29:25: objectives[0].latency.service: no service is called shap; did you mean 'shop'?"),
                mistake(
                        "operation: read",
                        "service: shop, operation: pay",
                        "29:42: objectives[0].latency.operation: no operation of shop is called pay; known are read, write"),
                mistake(
                        "max: 0.1%",
                        "max: 0.1", "30:20: objectives[1].errors.max: must be a percentage, got 0.1; write e.g. 0.1%"),
                mistake("max: 0.1%", "max: 101%", "30:20: objectives[1].errors.max: must be from 0% to 100%, got 101%"),
                mistake(
                        "- errors: { max: 0.1% }",
                        "- replicaLag: { max: 5s }",
                        "30:17: objectives[1].replicaLag: there is no replica that could lag; write environment.replicas: 1, or remove this objective"),
                mistake(
                        "- errors: { max: 0.1% }",
                        "- erors: { max: 0.1% }", "30:5: objectives[1].erors: unknown key; did you mean 'errors'?"),
                mistake(
                        "- errors: { max: 0.1% }",
                        "- lockHold: { mode: AccesExclusive, max: 100ms }",
                        "30:23: objectives[1].lockHold.mode: must be one of AccessShare, RowShare, RowExclusive, ShareUpdateExclusive, Share, ShareRowExclusive, Exclusive, AccessExclusive, got AccesExclusive; did you mean 'AccessExclusive'?"),
                mistake(
                        "- errors: { max: 0.1% }",
                        "- lockHold: { relation: odrers, max: 100ms }",
                        "30:27: objectives[1].lockHold.relation: neither the schema nor the migration speaks of odrers; name a table or an index"),
                mistake("- errors: { max: 0.1% }", "- lockHold: { relation: orders_pkey, max: 100ms }"),
                mistake(
                        "- errors: { max: 0.1% }",
                        "- lockWait: { victims: everybody, max: 100ms }",
                        "30:26: objectives[1].lockWait.victims: must be application or migration, got everybody"),
                mistake(
                        "- errors: { max: 0.1% }",
                        "- rewrites: some",
                        "30:15: objectives[1].rewrites: must be none, got some; did you mean 'none'?"),
                mistake(
                        "- errors: { max: 0.1% }",
                        "- rewrites: none\n    errors: { max: 1% }",
                        "30:5: objectives[1]: has two kinds, errors and rewrites; make each an item of the list"),
                mistake(
                        "- errors: { max: 0.1% }",
                        "- rollback: { succeeds: false }",
                        "30:27: objectives[1].rollback.succeeds: must be true, got false"),
                mistake(
                        "- errors: { max: 0.1% }",
                        "- {}",
                        "30:5: objectives[1]: says no kind of objective; write one of latency, errors, outage, lockHold, lockWait, migrationTime, replicaLag, rewrites, lostWrites, rollback, rerun, resumable, compatible"),
                mistake(
                        "- errors: { max: 0.1% }",
                        "- rerun: { converges: true }\ndrills: []",
                        "30:12: objectives[1].rerun: nothing tries this out; add drills: [ rerun ], or remove this objective"),
                mistake(
                        "- errors: { max: 0.1% }",
                        "- compatible: { versions: [ old, v2 ] }\ndrills: []",
                        "30:17: objectives[1].compatible: nothing tries this out; add drills: [ compatibility ], or remove this objective",
                        "30:36: objectives[1].compatible.versions[1]: no service has a version v2; known are old"),
                mistake(
                        "- errors: { max: 0.1% }",
                        "- resumable: { succeeds: maybe }\ndrills: []",
                        "30:16: objectives[1].resumable: nothing tries this out; add drills: [ crash ], or remove this objective",
                        "30:28: objectives[1].resumable.succeeds: must be true, got maybe"),
                mistake(
                        "- errors: { max: 0.1% }",
                        "- rerun: { converges: no }\ndrills: []",
                        "30:12: objectives[1].rerun: nothing tries this out; add drills: [ rerun ], or remove this objective",
                        "30:25: objectives[1].rerun.converges: must be true, got no"),
                mistake(
                        "baseline: 20s",
                        "baseline: -5s",
                        "24:23: timeline.baseline: must not be negative, got -5s; write a duration, e.g. 30s"),
                mistake("baseline: 20s", "baseline: 25h", "24:23: timeline.baseline: must be at most 24h, got 25h"),
                mistake(
                        "baseline: 20s",
                        "baseline: 20",
                        "24:23: timeline.baseline: needs a unit, got 20; write ms, s, m or h behind it, e.g. 30s"),
                mistake(
                        "baseline: 20s",
                        "baseline: soon",
                        "24:23: timeline.baseline: must be a duration, got soon; write e.g. 30s"),
                mistake(
                        "baseline: 20s",
                        "basline: 20s",
                        "24:13: timeline.basline: unknown key; did you mean 'baseline'?"),
                mistake(
                        "baseline: 20s",
                        "migration: 1s",
                        "29:45: objectives[0].latency.percentile: p99 of read needs 200 requests; 75/s for 1s of migration gives 75: make timeline.migration at least 3s, or raise the rate"),
                mistake(
                        "before: 1s",
                        "before: 1s, after: 1s",
                        "26:9: faults[0].at: has both before and after; keep one"),
                mistake(
                        "step: add column, before: 1s",
                        "step: add colum, before: 1s",
                        "26:17: faults[0].at.step: no step is called add colum; did you mean 'add column'?"),
                mistake(
                        "step: add column, before: 1s",
                        "stage: baseline, before: 1s",
                        "26:36: faults[0].at.before: does not go with a stage; write after"),
                mistake(
                        "step: add column, before: 1s",
                        "stage: baselin, after: 1s",
                        "26:18: faults[0].at.stage: must be one of warmup, baseline, migration, settle, rollback, recovery, got baselin; did you mean 'baseline'?"),
                mistake(
                        "step: add column, before: 1s",
                        "committing: add colum",
                        "26:23: faults[0].at.committing: no step is called add colum; did you mean 'add column'?"),
                mistake(
                        "step: add column, before: 1s",
                        "committing: add column, after: 1s",
                        "26:9: faults[0].at: committing does not go with after; write { committing: add column }"),
                mistake(
                        "step: add column, before: 1s",
                        "phase: waiting for old snapshot",
                        "26:18: faults[0].at.phase: no phase is called waiting for old snapshot; did you mean 'waiting for old snapshots'?"),
                mistake(
                        "step: add column, before: 1s",
                        "lockQueued: ordres",
                        "26:23: faults[0].at.lockQueued: the dataset has no table ordres; name one of its tables"),
                mistake(
                        "step: add column, before: 1s",
                        "lockHeld: orders, after: 1s",
                        "26:9: faults[0].at: lockHeld does not go with after; write { lockHeld: orders }"),
                mistake(
                        "step: add column, before: 1s",
                        "step: add column",
                        "26:9: faults[0].at: says no time; write e.g. { step: add column, after: 2s } or { stage: baseline, after: 5s }"),
                mistake(
                        "step: add column, before: 1s",
                        "before: 1s",
                        "26:9: faults[0].at: names no step and no stage; write e.g. { step: add column, after: 2s } or { stage: baseline, after: 5s }"),
                mistake(
                        "latency: { delay: 50ms, for: 2s }",
                        "latency: { of: replica-1, delay: 50ms }",
                        "27:20: faults[0].latency.of: there is no replica-1, because the environment has no replicas; write environment.replicas: 1"),
                mistake(
                        "latency: { delay: 50ms, for: 2s }",
                        "latency: { for: 2s }",
                        "27:14: faults[0].latency: 'delay' is missing; write e.g. { delay: 50ms, jitter: 10ms, for: 10s }"),
                mistake(
                        "latency: { delay: 50ms, for: 2s }",
                        "failover: { promote: replica-1 }",
                        "27:26: faults[0].failover.promote: there is no replica-1, because the environment has no replicas; write environment.replicas: 1"),
                mistake(
                        "latency: { delay: 50ms, for: 2s }",
                        "crash: { of: primary }",
                        "27:12: faults[0].crash: 'for' is missing; write e.g. { of: primary, for: 2s }"),
                mistake(
                        "latency: { delay: 50ms, for: 2s }",
                        "crash: { of: primray, for: 2s }",
                        "27:18: faults[0].crash.of: no server or link that this can be done to is called primray; did you mean 'primary'?"),
                mistake(
                        "latency: { delay: 50ms, for: 2s }",
                        "crash: { of: primary, for: 6m }",
                        "27:32: faults[0].crash.for: must be at most 5m, got 6m: nothing of the migration can be seen meanwhile"),
                mistake(
                        "latency: { delay: 50ms, for: 2s }",
                        "pause: { of: primary }",
                        "27:12: faults[0].pause: 'for' is missing; write e.g. { of: primary, for: 2s }"),
                mistake(
                        "latency: { delay: 50ms, for: 2s }",
                        "pause: { of: secondary, for: 2s }",
                        "27:18: faults[0].pause.of: no server or link that this can be done to is called secondary; known are primary"),
                mistake(
                        "latency: { delay: 50ms, for: 2s }",
                        "pause: { of: primary, for: 46s }",
                        "27:32: faults[0].pause.for: must be at most 45s, got 46s: the instruments, which wait for the server, give up after a minute"),
                mistake(
                        "latency: { delay: 50ms, for: 2s }",
                        "pause: { of: primary, for: 0s }",
                        "27:32: faults[0].pause.for: must be at least 1ms, got 0s"),
                mistake(
                        "latency: { delay: 50ms, for: 2s }",
                        "bandwidth: { rate: 100 }",
                        "27:24: faults[0].bandwidth.rate: must be whole kilobytes per second, got 100; write e.g. 100KB/s, or 0 to stop the bytes"),
                mistake(
                        "latency: { delay: 50ms, for: 2s }",
                        "latency: { delay: 500us, for: 2s }",
                        "27:23: faults[0].latency.delay: must be whole milliseconds, got 500us"),
                mistake(
                        "latency: { delay: 50ms, for: 2s }",
                        "latency: { delay: 50ms, jitter: 60ms }",
                        "27:37: faults[0].latency.jitter: must be at most the delay, 50ms, got 60ms"),
                mistake(
                        "latency: { delay: 50ms, for: 2s }",
                        "slowClose: { for: 2s }",
                        "27:16: faults[0].slowClose: 'delay' is missing; write e.g. { delay: 2s, for: 10s }"),
                mistake(
                        "latency: { delay: 50ms, for: 2s }",
                        "slowClose: { delay: 0s }",
                        "27:25: faults[0].slowClose.delay: must be at least 1ms, got 0s"),
                mistake(
                        "latency: { delay: 50ms, for: 2s }",
                        "slicer: { averageSize: 0 }",
                        "27:28: faults[0].slicer.averageSize: must be from 1 to 1,000,000,000, got 0"),
                mistake(
                        "latency: { delay: 50ms, for: 2s }",
                        "slicer: { averageSize: 64, sizeVariation: 64 }",
                        "27:47: faults[0].slicer.sizeVariation: must be less than averageSize, which is 64, got 64"),
                mistake(
                        "latency: { delay: 50ms, for: 2s }",
                        "slicer: { averageSize: 64, delay: 0.5us }",
                        "27:39: faults[0].slicer.delay: must be whole microseconds, got 0.5us"),
                mistake(
                        "latency: { delay: 50ms, for: 2s }",
                        "limitData: { bytes: -1 }",
                        "27:25: faults[0].limitData.bytes: must be at least 0, got -1"),
                mistake(
                        "latency: { delay: 50ms, for: 2s }",
                        "limitData: { bytes: 10KB }",
                        "27:25: faults[0].limitData.bytes: must be a whole number, got 10KB"),
                mistake(
                        "latency: { delay: 50ms, for: 2s }",
                        "blocker: { sql: \"select 'x\", hold: 5s }",
                        "27:29: faults[0].blocker.sql: the string that begins here never ends; close it with '"),
                mistake(
                        "latency: { delay: 50ms, for: 2s }",
                        "latency: { delay: 50ms, stream: sideways }",
                        "27:37: faults[0].latency.stream: must be downstream or upstream, got sideways"),
                mistake(
                        "latency: { delay: 50ms, for: 2s }",
                        "jitter: 5ms",
                        "27:5: faults[0].jitter: unknown key; known are at, database, latency, bandwidth, timeout, resetPeer, slowClose, slicer, limitData, down, pause, crash, diskFull, partition, failover, blocker"),
                mistake(
                        "rate: 100/s",
                        "rate: 100/s\n      retry: { on: [4001] }",
                        "7:21: workload.services[0].retry.on[0]: must be a SQLState, five digits or capitals such as 40001, got 4001; did you mean 40001?"),
                mistake(
                        "rate: 100/s",
                        "rate: 100/s\n      retry: { on: [08006, serialisation_failure] }",
                        "7:28: workload.services[0].retry.on[1]: must be a SQLState, five digits or capitals such as 40001, got serialisation_failure; did you mean 40001 (serialization_failure)?"),
                mistake(
                        "rate: 100/s",
                        "rate: 100/s\n      retry: { on: [57p01] }",
                        "7:21: workload.services[0].retry.on[0]: must be a SQLState, five digits or capitals such as 40001, got 57p01; did you mean 57P01?"),
                mistake(
                        "rate: 100/s",
                        "rate: 100/s\n      retry: { on: [everything at all] }",
                        "7:21: workload.services[0].retry.on[0]: must be a SQLState, five digits or capitals such as 40001, got everything at all"),
                mistake(
                        "rate: 100/s",
                        "rate: 100/s\n      retry: { on: [\"01000\"] }",
                        "7:21: workload.services[0].retry.on[0]: is the SQLState of no failure; name those to try again on, e.g. 40001"),
                mistake(
                        "rate: 100/s",
                        "rate: 100/s\n      retry: { on: [40P01, 40P01] }",
                        "7:28: workload.services[0].retry.on[1]: stands there twice; remove one"),
                mistake(
                        "rate: 100/s",
                        "rate: 100/s\n      retry: { on: [] }",
                        "7:20: workload.services[0].retry.on: is empty; write SQLStates, e.g. [08006, 40001]"),
                mistake(
                        "rate: 100/s",
                        "rate: 100/s\n      retry: { on: 40P01 }",
                        "7:20: workload.services[0].retry.on: must be a list, got 40P01; write SQLStates, e.g. [08006, 40001]"),
                mistake(
                        "rate: 100/s",
                        "rate: 100/s\n      retry: { attempts: 3 }",
                        "7:14: workload.services[0].retry: 'on' is missing; write e.g. { on: [08006, 57P01, 40001], attempts: 3, backoff: 50ms }"),
                mistake(
                        "rate: 100/s",
                        "rate: 100/s\n      retry: { on: [40P01], attempts: 0 }",
                        "7:39: workload.services[0].retry.attempts: must be from 1 to 10, got 0"),
                mistake(
                        "rate: 100/s",
                        "rate: 100/s\n      retry: { on: [40P01], attempts: 1000 }",
                        "7:39: workload.services[0].retry.attempts: must be from 1 to 10, got 1000"),
                mistake(
                        "rate: 100/s",
                        "rate: 100/s\n      retry: { on: [40P01], backoff: -1ms }",
                        "7:38: workload.services[0].retry.backoff: must not be negative, got -1ms; write a duration, e.g. 50ms"),
                mistake(
                        "rate: 100/s",
                        "rate: 100/s\n      retry: { on: [40P01], attempts: 10, backoff: 1s }",
                        "7:52: workload.services[0].retry.backoff: is doubled after each attempt, so that the last of 10 would begin 511s after the first; lower it, or the attempts, to at most 30s"),
                mistake(
                        "rate: 100/s",
                        "rate: 100/s\n      retry: { on: [40P01], atempts: 3 }",
                        "7:29: workload.services[0].retry.atempts: unknown key; did you mean 'attempts'?"),
                mistake(
                        "weight: 3",
                        "weight: 3\n          ledger: true",
                        "10:19: workload.services[0].operations[0].ledger: the operation writes nothing, or nothing that a transaction could write together with its entry; remove it"),
                mistake(
                        "weight: 3",
                        "weight: 3\n          ledger: on",
                        "10:19: workload.services[0].operations[0].ledger: must be true or false, got on"),
                mistake(
                        "- errors: { max: 0.1% }",
                        "- lostWrites: few", "30:17: objectives[1].lostWrites: must be none, got few"),
                mistake(
                        "- errors: { max: 0.1% }",
                        "- lostWrites: { max: -1 }", "30:24: objectives[1].lostWrites.max: must be at least 0, got -1"),
                mistake(
                        "- errors: { max: 0.1% }",
                        "- lostWrites: { maximum: 1 }",
                        "30:17: objectives[1].lostWrites: 'max' is missing; write e.g. max: 10",
                        "30:19: objectives[1].lostWrites.maximum: unknown key; known are max"),
                mistake(
                        "use: tiny",
                        "use: tiny, scale: 0",
                        "2:30: dataset.scale: must be above 0 and at most 1000, got 0"),
                mistake("use: tiny", "use: tiny, scale: 1e400", "2:30: dataset.scale: must be a number, got 1e400"),
                mistake(
                        "use: tiny",
                        "use: tiny, scale: 1001",
                        "2:30: dataset.scale: must be above 0 and at most 1000, got 1001"),
                mistake("use: tiny", "use: tiny, scale: .nan", "2:30: dataset.scale: must be a number, got .nan"),
                mistake(
                        "use: tiny",
                        "use: tiny, tables: { order: { rows: 5 } }",
                        "2:33: dataset.tables.order: the dataset has no table of this name; did you mean 'orders'?"),
                mistake(
                        "use: tiny",
                        "use: tiny, tables: { orders: { rows: -5 } }",
                        "2:49: dataset.tables.orders.rows: must be from 0 to 100,000,000,000, got -5"),
                mistake(
                        "dataset: { use: tiny }",
                        "drills: [ rerun ]",
                        "1:1: 'dataset' is missing; write e.g. dataset: { use: ../../datasets/catalog/shop }"),
                mistake(
                        "dataset: { use: tiny }",
                        "dataset: { use: tiny }\ndrills: [ rerun, rerunn, rerun, failover ]",
                        "3:18: drills[1]: must be one of rerun, rollback, crash, failover, compatibility, drift, got rerunn; did you mean 'rerun'?",
                        "3:26: drills[2]: is listed already; remove it",
                        "3:33: drills[3]: there is no replica to fail over to; add environment: { replicas: 1 }"),
                mistake(
                        "dataset: { use: tiny }",
                        "dataset: { use: tiny }\ndatabases: { count: 3, wave: 4, onFailure: halt }\ndrills: [ drift ]",
                        "3:30: databases.wave: must be at most the count, 3, got 4",
                        "3:44: databases.onFailure: must be stop or continue, got halt"),
                mistake(
                        "dataset: { use: tiny }",
                        "dataset: { use: tiny }\ndatabases: { count: 17, wave: 0 }",
                        "3:21: databases.count: must be from 2 to 16, got 17",
                        "3:31: databases.wave: must be from 1 to 16, got 0"),
                mistake(
                        "dataset: { use: tiny }",
                        "dataset: { use: tiny }\ndatabases: { wave: 2 }",
                        "3:12: databases: 'count' is missing; say how many, e.g. count: 3"),
                mistake(
                        "dataset: { use: tiny }",
                        "dataset: { use: tiny }\ndrills: [ drift ]",
                        "3:11: drills[0]: there is one database, which nothing can differ from; add databases: { count: 3 }"),
                mistake(
                        "dataset: { use: tiny }",
                        "dataset: { use: tiny }\ndrills: rerun",
                        "3:9: drills: must be a list, got rerun; write e.g. drills: [ rerun ], or drills: [] for none"),
                mistake(
                        "dataset: { use: tiny }",
                        "dataset:",
                        "2:9: dataset: must be a mapping, got nothing; name a dataset folder or a schema file, e.g. use: ../../datasets/catalog/shop"),
                mistake(
                        "dataset: { use: tiny }",
                        "dataset: { use: tiny }\nenvironment: { replicas: 6, image: x, host: y, runtime: cloud, engine: mysql, version: \"12\" }",
                        "3:26: environment.replicas: must be from 0 to 5, got 6",
                        "3:39: environment.host: is not supported by this version of the harness; remove it",
                        "3:57: environment.runtime: must be one of auto, local, containers, external, got cloud",
                        "3:72: environment.engine: 'mysql' is not supported by this version of the harness; use postgresql",
                        "3:88: environment.version: must be at least 13, got 12; the log and the catalogs of older servers are not what the instruments read"),
                mistake(
                        "dataset: { use: tiny }",
                        "dataset: { use: tiny }\nenvironment: { runtime: local, image: x, resources: { cpus: 2 }, version: \"17\" }",
                        "3:39: environment.image: is for containers; remove it, or write runtime: containers",
                        "3:53: environment.resources: is for containers; remove it, or write runtime: containers",
                        "3:75: environment.version: must be 18, the version that comes with the harness, got 17; for another, name its folder in environment.binaries, or write runtime: containers"),
                mistake(
                        "dataset: { use: tiny }",
                        "dataset: { use: tiny }\nenvironment: { runtime: containers, binaries: x }",
                        "3:47: environment.binaries: is for the local runtime; remove it, name an image instead, or write runtime: local"),
                mistake(
                        "dataset: { use: tiny }",
                        "dataset: { use: tiny }\nenvironment: { runtime: local, binaries: x, version: \"12\" }",
                        "3:54: environment.version: must be at least 13, got 12; the log and the catalogs of older servers are not what the instruments read"),
                mistake(
                        "dataset: { use: tiny }",
                        "dataset: { use: tiny }\nenvironment: { binaries: x, proxyImage: y }",
                        "3:41: environment.proxyImage: is for containers, and binaries are for the local runtime; remove one of them"),
                mistake(
                        "dataset: { use: tiny }",
                        "dataset: { use: tiny }\nenvironment: { image: \" x\", resources: { cpus: 0, memory: 2, disk: 1g } }",
                        "3:23: environment.image: must be an image such as postgres:18, got  x",
                        "3:48: environment.resources.cpus: must be at least 0.01 and at most 1024, got 0",
                        "3:59: environment.resources.memory: must be an amount of memory, got 2; write e.g. 2g or 512m",
                        "3:62: environment.resources.disk: unknown key; known are cpus, memory"),
                mistake(
                        "dataset: { use: tiny }",
                        "dataset: { use: tiny }\nenvironment: { resources: { memory: 64MB } }",
                        "3:37: environment.resources.memory: must be from 128m to 1048576g, got 64MB"),
                mistake(
                        "dataset: { use: tiny }",
                        "dataset: { use: tiny }\nenvironment: { runtime: locl, engine: oracle, version: new, binaries: }",
                        "3:25: environment.runtime: must be one of auto, local, containers, external, got locl; did you mean 'local'?",
                        "3:39: environment.engine: must be postgresql, got oracle",
                        "3:56: environment.version: must be a version such as \"18\", got new",
                        "3:70: environment.binaries: must be a text, got nothing; name the folder that holds initdb"),
                mistake(
                        "name: full",
                        "name: Full Scenario",
                        "1:7: name: must be lower-case letters, digits and hyphens, beginning with a letter or digit, got Full Scenario"),
                mistake(
                        "name: full",
                        "description: x",
                        "1:1: 'name' is missing; name the scenario, e.g. name: add-region"),
                mistake("name: full", "name: full\nseed: 1.5", "2:7: seed: must be a whole number, got 1.5"),
                mistake(
                        "references: orders.id } }",
                        "references: order.id } }",
                        "10:43: workload.services[0].operations[0].parameters.id.references: the dataset has no table order; did you mean 'orders'?"),
                mistake(
                        "references: orders.id } }",
                        "references: orders.idd } }",
                        "10:43: workload.services[0].operations[0].parameters.id.references: table orders has no column idd; did you mean 'id'?"),
                mistake(
                        "references: orders.id } }",
                        "references: orders } }",
                        "10:43: workload.services[0].operations[0].parameters.id.references: must be table.column, got orders"),
                mistake(
                        "references: orders.id } }",
                        "references: orders.id, zipf: -1 } }",
                        "10:60: workload.services[0].operations[0].parameters.id.zipf: must be at least 0 and at most 10, got -1"),
                mistake(
                        "references: orders.id } }",
                        "references: orders.id, uniform: [1, 2] } }",
                        "10:29: workload.services[0].operations[0].parameters.id: says two kinds of value, uniform and references; keep one"),
                mistake(
                        "references: orders.id } }",
                        "uniform: [2, 1] } }",
                        "10:40: workload.services[0].operations[0].parameters.id.uniform: must have the smaller number first, got [2, 1]"),
                mistake(
                        "references: orders.id } }",
                        "uniform: [1] } }",
                        "10:40: workload.services[0].operations[0].parameters.id.uniform: must have two numbers, [min, max], got 1"),
                mistake(
                        "references: orders.id } }",
                        "uniform: 5 } }",
                        "10:40: workload.services[0].operations[0].parameters.id.uniform: must be a list, got 5; write [min, max]"),
                mistake(
                        "references: orders.id } }",
                        "zipf: 1.1 } }",
                        "10:29: workload.services[0].operations[0].parameters.id: zipf needs a range or references beside it; write { zipf: 1.1, range: [1, 1000] }"),
                mistake(
                        "references: orders.id } }",
                        "range: [1, 10] } }",
                        "10:38: workload.services[0].operations[0].parameters.id.range: needs zipf beside it; write { zipf: 1.1, range: [1, 1000] }, or uniform: [1, 1000]"),
                mistake(
                        "references: orders.id } }",
                        "choice: {} } }",
                        "10:39: workload.services[0].operations[0].parameters.id.choice: is empty; write [a, b] or { a: 70, b: 30 }"),
                mistake(
                        "references: orders.id } }",
                        "choice: { a: 0, b: -1 } } }",
                        "10:44: workload.services[0].operations[0].parameters.id.choice.a: must be above 0 and at most 1000000000000, got 0",
                        "10:50: workload.services[0].operations[0].parameters.id.choice.b: must be above 0 and at most 1000000000000, got -1"),
                mistake(
                        "references: orders.id } }",
                        "unifrom: [1, 5] } }",
                        "10:31: workload.services[0].operations[0].parameters.id.unifrom: unknown key; did you mean 'uniform'?"),
                mistake(
                        "parameters: { id: { references: orders.id } }\n",
                        "parameters: { id: {} }\n",
                        "10:29: workload.services[0].operations[0].parameters.id: says no kind of value; write one of uniform, range, references, choice, sequence, literal"),
                mistake(
                        "note: { choice: [a, b] }",
                        "note: { choice: [a, b] }, x: 1",
                        "13:82: workload.services[0].operations[1].parameters.x: no statement uses :x; remove it, or use it"),
                mistake(
                        "where id = :id\n        - name",
                        "where id = :idd\n        - name",
                        "11:56: workload.services[0].operations[0].transaction[0]: :idd is not among the parameters; did you mean 'id'?"),
                mistake(
                        "where id = :id\n        - name",
                        "where id = :id and note = 'x\n        - name",
                        "11:71: workload.services[0].operations[0].transaction: the string that begins here never ends; close it with '"),
                mistake(
                        "where id = :id\n        - name",
                        "where id = :id; commit\n        - name",
                        "11:61: workload.services[0].operations[0].transaction[1]: an operation is a transaction already; remove the statements that begin and end one"),
                mistake(
                        "- select 1",
                        "- select 1; select 2",
                        "16:15: workload.services[0].operations[1].transaction[1]: holds 2 statements; make each an item of the list"),
                mistake(
                        "- select 1",
                        "- \"\"",
                        "16:15: workload.services[0].operations[1].transaction[1]: holds no SQL statement"),
                mistake(
                        "- select 1",
                        "- create index concurrently i on orders (note)",
                        "16:15: workload.services[0].operations[1].transaction[1]: cannot be in a transaction; make it an operation of its own"),
                mistake(
                        "- select 1",
                        "-",
                        "16:14: workload.services[0].operations[1].transaction[1]: must be a text, got nothing; write SQL"),
                mistake(
                        "sql: alter table orders add",
                        "sql: \\copy orders add",
                        "20:12: migration.steps[0].sql: \\copy is a command of psql, not SQL; the statements go to the server without psql, so write SQL"),
                mistake(
                        "sql: alter table orders add column region text",
                        "backfill: { table: orders }",
                        "20:17: migration.steps[0].backfill: 'set' is missing; write e.g. backfill: { table: orders, set: \"region = 'eu'\", where: region is null, batch: 5000 }",
                        "20:17: migration.steps[0].backfill: 'where' is missing; say which rows still need it, e.g. where: region is null; it is what ends the backfill"),
                mistake(
                        "sql: alter table orders add column region text",
                        "backfill: { table: ordrs, set: note = 'x', where: note is null }",
                        "20:26: migration.steps[0].backfill.table: the dataset has no table ordrs; did you mean 'orders'?"),
                mistake(
                        "sql: alter table orders add column region text",
                        "backfill: { table: orders, set: nota = 'x', where: nota is null }",
                        "20:39: migration.steps[0].backfill.set: table orders has no column nota, and no step before adds it; did you mean 'note'?"),
                mistake(
                        "sql: alter table orders add column region text",
                        "backfill: { table: orders, set: note = 'x', where: note is null, batch: 0 }",
                        "20:79: migration.steps[0].backfill.batch: must be from 1 to 1,000,000, got 0"),
                mistake(
                        "sql: alter table orders add column region text",
                        "backfill: { table: orders, set: note = 'x', where: note is null, batch: 1_000_001 }",
                        "20:79: migration.steps[0].backfill.batch: must be from 1 to 1,000,000, got 1_000_001"),
                mistake(
                        "sql: alter table orders add column region text",
                        "backfill: { table: orders, set: note = 'x', where: note is null, batch: { target: 1ms } }",
                        "20:89: migration.steps[0].backfill.batch.target: must be at least 5ms, got 1ms"),
                mistake(
                        "sql: alter table orders add column region text",
                        "backfill: { table: orders, set: note = 'x', where: note is null, batch: { first: 200, most: 100 } }",
                        "20:88: migration.steps[0].backfill.batch.first: must be at most 100, the most rows of a batch, got 200"),
                mistake(
                        "sql: alter table orders add column region text",
                        "backfill: { table: orders, set: note = 'x', where: note is null, throttle: { replicaLag: 1s } }",
                        "20:96: migration.steps[0].backfill.throttle.replicaLag: the environment has no replica; write environment.replicas: 1, or remove it"),
                mistake(
                        "sql: alter table orders add column region text",
                        "backfill: { table: orders, set: note = 'x', where: note is null, throttle: { p99: 0.5x } }",
                        "20:89: migration.steps[0].backfill.throttle.p99: must be a factor of at least 1x, got 0.5x; write e.g. 3x to allow three times the baseline"),
                mistake(
                        "sql: alter table orders add column region text",
                        "backfill: { table: orders, set: note = 'x', where: note is null; select 1 }",
                        "20:58: migration.steps[0].backfill.where: is not one piece of SQL; write a condition, e.g. region is null"),
                mistake(
                        "sql: alter table orders add column region text",
                        "backfill: { table: orders, set: note = 'x', where: note is null }\n      transaction: none",
                        "21:20: migration.steps[0].transaction: does not go with backfill; remove it"),
                mistake(
                        "sql: alter table orders add column region text",
                        "deploy: { service: shp, version: v2 }",
                        "20:26: migration.steps[0].deploy.service: no service is called shp; did you mean 'shop'?"),
                mistake(
                        "sql: alter table orders add column region text",
                        "deploy: { service: shop, version: v2 }",
                        "20:41: migration.steps[0].deploy.version: service shop has no version v2; known are old"),
                mistake(
                        "sql: alter table orders add column region text",
                        "deploy: { service: shop, version: old }",
                        "20:41: migration.steps[0].deploy.version: service shop is at old already when this step begins; name another version, or remove the step"),
                mistake(
                        "sql: alter table orders add column region text",
                        "deploy: { service: shop }",
                        "20:15: migration.steps[0].deploy: 'version' is missing; write e.g. deploy: { service: checkout, version: v2, over: 10s }"),
                mistake(
                        "sql: alter table orders add column region text",
                        "pause: 0s",
                        "20:14: migration.steps[0].pause: must be at least 1ms, got 0s"),
                mistake(
                        "sql: alter table orders add column region text",
                        "pause: 30m",
                        "20:14: migration.steps[0].pause: does not end within the migration's timeLimit, 30m; pause for less, or raise the limit"),
                mistake(
                        "sql: alter table orders add column region text",
                        "pause: 5s\n      retries: 3",
                        "21:16: migration.steps[0].retries: does not go with pause; remove it"),
                mistake(
                        "sql: alter table orders add column region text",
                        "pause: 5s\n      wait: { replicaLag: 1s }",
                        "19:7: migration.steps[0]: has both pause and wait; keep one"),
                mistake(
                        "sql: alter table orders add column region text",
                        "wait: { replicaLag: 1s }",
                        "20:27: migration.steps[0].wait.replicaLag: the environment has no replica; write environment.replicas: 1, or remove the step"),
                mistake(
                        "sql: alter table orders add column region text",
                        "wait: {}",
                        "20:13: migration.steps[0].wait: 'replicaLag' is missing; write e.g. wait: { replicaLag: 1s }"),
                mistake(
                        "sql: alter table orders add column region text",
                        "sql: select 1\n      lockTimeout: 0s",
                        "21:20: migration.steps[0].lockTimeout: must be at least 1ms, got 0s"),
                mistake(
                        "sql: alter table orders add column region text",
                        "sql: select 1\n      file: x.sql",
                        "19:7: migration.steps[0]: has both sql and file; keep one"),
                mistake(
                        "sql: alter table orders add column region text",
                        "sql: select 1\n      transaction: one",
                        "21:20: migration.steps[0].transaction: must be none, got one; did you mean 'none'?"),
                mistake(
                        "sql: alter table orders add column region text",
                        "sql: select :x",
                        "20:19: migration.steps[0].statements[0]: :x is a variable of psql; the statements of a step have no parameters"),
                mistake(
                        "sql: alter table orders add column region text",
                        "sql: select 1\n    - name: add column\n      sql: select 2",
                        "21:13: migration.steps[1].name: another step is called add column; give each a name of its own"),
                mistake(
                        "sql: alter table orders add column region text",
                        "sql: select 1\n    - { name: i, sql: create index i on orders (note, status) }",
                        "21:55: migration.steps[1].status): is not a key; inside { } a comma ends a text, so put the text before it in quotes"),
                mistake("  rollback:\n    steps:\n      - sql: alter table orders drop column region", ""),
                mistake(
                        "  rollback:\n    steps:\n      - sql: alter table orders drop column region",
                        "  rollback: {}",
                        "21:13: migration.rollback: 'steps' is missing; write e.g. - { name: add column, sql: alter table … }"),
                mistake(
                        "objectives:",
                        "objectives: []\nx:",
                        "28:13: objectives: is empty; write e.g. { latency: { percentile: 99, during: migration, max: 250ms } }",
                        "29:1: x: unknown key; known are name, description, seed, environment, dataset, workload, migration, timeline, faults, databases, drills, objectives"),
                mistake(
                        "  services:",
                        "  arrivals: bursty\n  services:",
                        "4:13: workload.arrivals: must be poisson or constant, got bursty"),
                mistake("  services:", "  service:", "4:3: workload.service: unknown key; did you mean 'services'?"),
                mistake(
                        "    - name: shop",
                        "    - &a name: shop",
                        "5:7: anchors and aliases (& and *) are not supported; write the value out"),
                mistake(
                        "    - name: shop",
                        "    - name: *a",
                        "5:13: anchors and aliases (& and *) are not supported; write the value out"),
                mistake(
                        "    - name: shop",
                        "    - name: !!str shop",
                        "5:13: tags (!…) are not supported; remove it, and quote a text that begins with !"),
                mistake(
                        "    - name: shop",
                        "    - name: shop: x",
                        "5:17: is not YAML: mapping values are not allowed here; quote a text that holds ': '"),
                mistake("    - name: shop", "\t- name: shop", "5:1: a tab cannot indent YAML; use spaces"),
                mistake(
                        "    - name: shop",
                        "    - name: shop\n\trate: 5/s",
                        "6:1: a tab cannot indent YAML; use spaces"),
                mistake(
                        "name: full",
                        "name: full\n---\nname: other",
                        "2:1: a second document begins here; a file holds one, remove what follows"),
                mistake(
                        "name: full",
                        "[name, full]",
                        "2:1: is not YAML: expected '<document start>', but found '<block mapping start>'"),
                mistake(
                        "name: full",
                        "name: full: 5",
                        "1:11: is not YAML: mapping values are not allowed here; quote a text that holds ': '"),
                mistake(
                        "faults:",
                        "faults: none\nf:",
                        "25:9: faults: must be a list, got none; write e.g. { at: { stage: baseline, after: 5s }, latency: { delay: 50ms, for: 10s } }",
                        "26:1: f: unknown key; known are name, description, seed, environment, dataset, workload, migration, timeline, faults, databases, drills, objectives"));
    }

    private static Arguments mistake(String text, String instead, String... problems) {
        return Arguments.of(text, instead, Arrays.asList(problems));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void saysWhereWhatAndWhatToDo(String text, String instead, List<String> problems) {
        assertThat(FULL).contains(text);

        List<String> found = written.problems(FULL.replace(text, instead));

        assertThat(found)
                .isEqualTo(problems.stream()
                        .map(problem -> "scenario.yaml:" + problem)
                        .toList());
    }

    @Test
    void reportsEverythingAtOnceInTheOrderOfTheFile() {
        String text = FULL.replace("rate: 100/s", "rate: -5")
                .replace("weight: 3", "wieght: 3")
                .replace("step: add column", "step: add columm")
                .replace("percentile: 99", "percentile: 999");

        assertThat(written.problems(text))
                .containsExactly(
                        "scenario.yaml:6:13: workload.services[0].rate: must be positive, got -5; write arrivals per second, e.g. 200/s",
                        "scenario.yaml:9:11: workload.services[0].operations[0].wieght: unknown key; did you mean 'weight'?",
                        "scenario.yaml:26:17: faults[0].at.step: no step is called add columm; did you mean 'add column'?",
                        "scenario.yaml:29:45: objectives[0].latency.percentile: must be above 0 and at most 100, got 999");
    }

    @Test
    void rejectsAChoiceThatNamesAValueTwice() {
        assertThat(written.problems(FULL.replace("choice: [a, b]", "choice: [a, a]")))
                .containsExactly("scenario.yaml:13:76: workload.services[0].operations[1].parameters.note.choice[1]: "
                        + "is in the list already; give weights instead, e.g. { a: 70, b: 30 }");
    }

    @Test
    void rejectsAPercentileThatNoRequestCanReach() {
        String text = FULL.replace("rate: 100/s", "rate: 90/s")
                .replace("baseline: 20s", "baseline: 10s")
                .replace(
                        "operation: read, percentile: 99, during: migration, max: 250ms",
                        "service: shop, percentile: 99.9, during: migration, regression: 3x");

        assertThat(written.problems(text))
                .containsExactly(
                        "scenario.yaml:29:43: objectives[0].latency.percentile: p99.9 of shop needs 2,000 requests; "
                                + "90/s for 10s of baseline gives 900: make timeline.baseline at least 23s, or raise the rate");
    }

    @Test
    void rejectsARegressionAgainstABaselineTooShortToKnowItsFluctuation() throws Exception {
        String coarse = FULL.replace("baseline: 20s", "baseline: 9s")
                .replace(
                        "percentile: 99, during: migration, max: 250ms",
                        "percentile: 95, during: migration, regression: 3x");
        String text = coarse.replace("regression: 3x", "regression: 1.2x");

        assertThat(written.load(coarse).objectives()).isNotEmpty();
        assertThat(written.problems(coarse.replace("baseline: 9s", "baseline: 4s")))
                .containsExactly(
                        "scenario.yaml:29:80: objectives[0].latency.regression: is compared with how much the baseline fluctuates, "
                                + "which takes 5s of it; got 4s: make timeline.baseline at least 5s");

        assertThat(written.problems(text))
                .containsExactly(
                        "scenario.yaml:29:80: objectives[0].latency.regression: is compared with how much the baseline fluctuates, "
                                + "which takes 10s of it; got 9s: make timeline.baseline at least 10s");
    }

    @Test
    void theMigrationIsWatchedAsLongAsItsStrictestPercentileNeeds() throws Exception {
        String text = FULL.replace("percentile: 99,", "percentile: 99.9,");

        Timeline timeline = written.load(text).timeline();

        // 2,000 requests at 75/s.
        assertThat(timeline.migration()).isEqualTo(java.time.Duration.ofSeconds(27));
        assertThat(timeline.rollback()).isEqualTo(java.time.Duration.ofSeconds(3));
    }

    @Test
    void theMaximumNeedsNoNumberOfRequests() throws Exception {
        String text = FULL.replace("rate: 100/s", "rate: 1/h").replace("percentile: 99,", "percentile: 100,");

        assertThat(written.load(text).timeline().migration()).isEqualTo(java.time.Duration.ofSeconds(5));
    }

    @Test
    void missingFilesAreNamed() {
        String text = FULL.replace("use: tiny", "use: nowhere")
                .replace("sql: alter table orders add column region text", "file: missing.sql")
                .replace("sql: alter table orders drop column region", "file: tiny");

        assertThat(written.problems(text))
                .containsExactly(
                        "scenario.yaml:2:17: dataset.use: dataset folder " + shown("nowhere")
                                + " does not exist; name a folder with a schema.sql, relative to this file",
                        "scenario.yaml:20:13: migration.steps[0].file: SQL file " + shown("missing.sql")
                                + " does not exist; check the path",
                        "scenario.yaml:23:15: migration.rollback.steps[0].file: SQL file " + shown("tiny")
                                + " is a directory; name the file in it");
    }

    private String shown(String name) {
        return SourceFile.displayName(folder.resolve(name));
    }

    @Test
    void problemsOfSqlFilesPointIntoThem() {
        written.file("broken.sql", "-- ä\nselect 1;\nselect 'ä, $$;\n");
        String text = FULL.replace("sql: alter table orders add column region text", "file: broken.sql");

        assertThat(written.problems(text))
                .containsExactly(
                        "broken.sql:3:8: migration.steps[0].file: the string that begins here never ends; close it with '");
    }

    @Test
    void problemsOfTheDatasetPointIntoIt() {
        written.file("tiny/dataset.yaml", "name: tiny\nschema: schema.sql\ntables:\n  order: { rows: 5 }\n");

        assertThat(written.problems(FULL))
                .containsExactly(
                        "dataset.yaml:4:3: tables.order: the schema has no table of this name; did you mean 'orders'?");
    }

    static List<Arguments> files() {
        byte[] garbage = new byte[1 << 20];
        new Random(42).nextBytes(garbage);
        byte[] letters = garbage.clone();
        for (int i = 0; i < letters.length; i++) {
            letters[i] = (byte) (' ' + Math.floorMod(letters[i], 95));
        }
        return List.of(
                Arguments.of("", "1:1: is empty; it needs at least name, dataset and migration"),
                Arguments.of("# nothing\n\n", "1:1: is empty; it needs at least name, dataset and migration"),
                Arguments.of("---\n", "2:1: is empty; it needs at least name, dataset and migration"),
                Arguments.of("~", "1:1: is empty; it needs at least name, dataset and migration"),
                Arguments.of("hello", "1:1: must be a mapping with at least name, dataset and migration, got hello"),
                Arguments.of(
                        "- a\n- b\n", "1:1: must be a mapping with at least name, dataset and migration, got a list"),
                Arguments.of("name: x\n\tdataset: y\n", "2:1: a tab cannot indent YAML; use spaces"),
                Arguments.of(
                        "name: x\n---\nname: y\n",
                        "2:1: a second document begins here; a file holds one, remove what follows"),
                Arguments.of(
                        "name: \"x\n",
                        "2:1: is not YAML: while scanning a quoted scalar, found unexpected end of stream"),
                Arguments.of("name: \u0007\n", "1:7: a control character is not allowed here; is this a text file?"),
                Arguments.of(
                        "a: &a [x, x]\nb: &b [*a, *a]\n",
                        "1:4: anchors and aliases (& and *) are not supported; write the value out"),
                Arguments.of("[".repeat(100_000), "1:51: is nested more than 50 levels deep"),
                Arguments.of("- ".repeat(100_000), "1:101: is nested more than 50 levels deep"),
                Arguments.of(
                        "a".repeat(1 << 20),
                        "1:1: must be a mapping with at least name, dataset and migration, got " + "a".repeat(40)
                                + "…"),
                Arguments.of(
                        "a".repeat((1 << 20) + 1),
                        "1:1: scenario file has 1,048,577 bytes, at most 1,048,576 are read; is it the right file?"),
                Arguments.of(new String(letters, StandardCharsets.US_ASCII), null),
                Arguments.of(garbage, null),
                Arguments.of(new byte[1 << 20], "1:1: a control character is not allowed here; is this a text file?"),
                Arguments.of(
                        "name: x\ndescription: caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1),
                        "2:17: is not UTF-8: byte 24 (0xe9); save the file as UTF-8"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void aFileThatIsNoScenarioIsOneProblem(Object content, String problem) throws Exception {
        Path file = folder.resolve("scenario.yaml");
        Files.write(
                file,
                content instanceof byte[] bytes ? bytes : content.toString().getBytes(StandardCharsets.UTF_8));

        List<String> problems = Written.problems(file, Map.of());

        assertThat(problems).hasSize(1);
        if (problem != null) {
            assertThat(problems).containsExactly("scenario.yaml:" + problem);
        }
    }

    @Test
    void manyUnknownKeysAreCounted() {
        StringBuilder text = new StringBuilder(FULL);
        for (int i = 0; i < 50_000; i++) {
            text.append("key").append(i).append(": 1\n");
        }

        List<String> problems = written.problems(text.toString());

        assertThat(problems).hasSize(11);
        assertThat(problems.get(10)).isEqualTo("scenario.yaml:41:1: here and below are 49,990 more unknown keys");
    }

    @Test
    void manyProblemsAreCounted() {
        StringBuilder text = new StringBuilder(FULL);
        for (int i = 0; i < 500; i++) {
            text.append("  - rewrites: some\n");
        }

        List<String> problems = written.problems(text.toString());

        assertThat(problems).hasSize(Problems.MAXIMUM + 1);
        assertThat(problems.get(Problems.MAXIMUM))
                .isEqualTo("scenario.yaml:131:15: here and below are 400 more problems; solve those above first");
    }

    @Test
    void aMissingFileIsOneProblem() {
        assertThat(Written.problems(folder.resolve("no.yaml"), Map.of()))
                .containsExactly("no.yaml:1:1: scenario file does not exist; check the path");
    }

    @Test
    void aDirectoryIsOneProblem() {
        assertThat(Written.problems(folder, Map.of()))
                .containsExactly(folder.getFileName() + ":1:1: scenario file is a directory; name the file in it");
    }

    @Test
    void overridesReplaceWhatTheFileSays() throws Exception {
        Map<String, String> overrides = new LinkedHashMap<>();
        overrides.put("dataset.scale", "0.01");
        overrides.put("workload.services[0].rate", "50/s");
        overrides.put("timeline.warmup", "5s");
        overrides.put("environment.settings.auto_explain.log_min_duration", "5s");
        overrides.put("objectives", "[{ rewrites: none }]");

        Scenario scenario = written.load(FULL, overrides);

        assertThat(scenario.dataset())
                .isInstanceOfSatisfying(
                        DatasetSpec.class,
                        dataset -> assertThat(dataset.scale()).isEqualTo(0.01));
        assertThat(scenario.workload().services().get(0).rate()).isEqualTo(new Rate.Steady(50));
        assertThat(scenario.timeline().warmup()).isEqualTo(java.time.Duration.ofSeconds(5));
        assertThat(scenario.environment().settings()).isEqualTo(Map.of("auto_explain.log_min_duration", "5s"));
        assertThat(scenario.objectives())
                .isEqualTo(List.of(new Objective.Rewrites(new SourceLocation("--set", 5, 13))));
    }

    static List<Arguments> overrides() {
        return List.of(
                Arguments.of(
                        "workload.services[0].rate",
                        "-5",
                        "--set:1:27: workload.services[0].rate: must be positive, got -5; write arrivals per second, e.g. 200/s"),
                Arguments.of(
                        "timeline.basline",
                        "5s",
                        "--set:1:10: timeline.basline: unknown key; did you mean 'baseline'?"),
                Arguments.of(
                        "workload.servces[0].rate",
                        "5/s",
                        "--set:1:10: workload.servces: is not in the file, so it has no elements; did you mean 'services'?"),
                Arguments.of(
                        "workload.services[1].rate",
                        "5/s",
                        "--set:1:1: workload.services[1]: leads nowhere: workload.services has 1 elements, counted from 0"),
                Arguments.of("name.first", "x", "--set:1:6: name.first: leads nowhere: name has no keys"),
                Arguments.of(
                        "",
                        "x",
                        "--set:1:1: is not a path; write e.g. --set dataset.scale=0.01 or --set workload.services[0].rate=50/s"),
                Arguments.of(
                        "a..b",
                        "x",
                        "--set:1:1: a..b: is not a path; write e.g. --set dataset.scale=0.01 or --set workload.services[0].rate=50/s"),
                Arguments.of(
                        "objectives",
                        "[{ rewrites: none }",
                        "--set:1:31: objectives: is not YAML: while parsing a flow sequence, expected ',' or ']', but got <stream end>"));
    }

    @ParameterizedTest
    @MethodSource("overrides")
    void saysWhatIsWrongWithAnOverride(String path, String value, String problem) {
        assertThat(written.problems(FULL, Map.of(path, value))).containsExactly(problem);
    }

    private static final String CRASH = FULL.replace("latency: { delay: 50ms, for: 2s }", "crash: { for: 2s }");

    private List<Boolean> ledgers(String text) throws InvalidScenarioException {
        return written.load(text).workload().services().get(0).operations().stream()
                .map(Workload.Operation::ledger)
                .toList();
    }

    @Test
    void writesGoIntoTheLedgerWhereAFaultOrAnObjectiveNeedsIt() throws Exception {
        assertThat(ledgers(FULL)).containsExactly(false, false);
        assertThat(ledgers(CRASH)).containsExactly(false, true);
        assertThat(ledgers(FULL.replace("- errors: { max: 0.1% }", "- lostWrites: none")))
                .containsExactly(false, true);
        assertThat(ledgers(FULL.replace("- name: write", "- name: write\n          ledger: true")))
                .containsExactly(false, true);
        assertThat(ledgers(CRASH.replace("- name: write", "- name: write\n          ledger: false")))
                .containsExactly(false, false);
    }

    @Test
    void aLossThatNoLedgerCouldShowCannotBeAnObjective() {
        String text = FULL.replace("- errors: { max: 0.1% }", "- lostWrites: none")
                .replace("- name: write", "- name: write\n          ledger: false");

        assertThat(written.problems(text))
                .containsExactly(
                        "scenario.yaml:31:17: objectives[1].lostWrites: no operation of the workload leaves entries in the ledger, so no loss could be seen; let one write, and remove its ledger: false");
    }

    @Test
    void lostWritesAreADefaultObjectiveOfScenariosThatCanLoseThem() throws Exception {
        String without = CRASH.substring(0, CRASH.indexOf("objectives:"));

        assertThat(written.load(without).objectives())
                .filteredOn(Objective.LostWrites.class::isInstance)
                .hasSize(1);
        assertThat(written.load(Written.MINIMAL).objectives()).noneMatch(Objective.LostWrites.class::isInstance);
    }

    @Test
    void retriesAreReadWithTheirDefaults() throws Exception {
        String text = FULL.replace("rate: 100/s", "rate: 100/s\n      retry: { on: [08006, 40001] }");

        assertThat(written.load(text).workload().services().get(0).retry())
                .contains(new Workload.Retry(List.of("08006", "40001"), 3, Duration.ofMillis(50)));
    }

    @Test
    void theExceptionSaysItAllInOneLineToo() {
        assertThatExceptionOfType(InvalidScenarioException.class)
                .isThrownBy(() -> written.load(FULL.replace("weight: 3", "weight: 0")))
                .withMessage("must be above 0 and at most 1000000, got 0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            step: add column, before: 1s | down: { for: 2s }           | step: add column, after: 500ms | latency: { delay: 5ms }              | faults[1]: overlaps faults[0] (down), and no bytes pass during that, so this has nothing to act on; let one end before the other begins
            stage: settle, after: 1s     | slicer: { averageSize: 64 } | stage: settle, after: 5s       | timeout: { for: 1s }                 | faults[1]: overlaps faults[0] (slicer), and no bytes pass during this, so that has nothing to act on; let one end before the other begins
            stage: settle, after: 1s     | bandwidth: { rate: 0 }      | stage: settle, after: 5s       | limitData: { bytes: 5 }              | faults[1]: overlaps faults[0] (bandwidth), and no bytes pass during that, so this has nothing to act on; let one end before the other begins
            step: add column, before: 1s | down: { for: 2s }           | step: add column, after: 1s    | latency: { delay: 5ms }              |
            stage: settle, after: 1s     | timeout: { for: 5s }        | stage: settle, after: 2s       | slowClose: { delay: 1s, stream: upstream } |
            stage: settle, after: 1s     | latency: { delay: 5ms }     | stage: settle, after: 2s       | latency: { delay: 5ms }              |
            stage: settle, after: 1s     | pause: { for: 2s }          | stage: settle, after: 2s       | pause: { for: 2s }                   | faults[1]: overlaps faults[0] (pause), and the server does nothing during that, so this has nothing to act on; let one end before the other begins
            stage: settle, after: 1s     | pause: { for: 2s }          | stage: settle, after: 2s       | latency: { delay: 5ms }              | faults[1]: overlaps faults[0] (pause), and the server does nothing during that, so this has nothing to act on; let one end before the other begins
            stage: settle, after: 1s     | latency: { delay: 5ms }     | stage: settle, after: 2s       | pause: { for: 2s }                   | faults[1]: overlaps faults[0] (latency), and the server does nothing during this, so that has nothing to act on; let one end before the other begins
            stage: settle, after: 1s     | crash: { for: 2s }          | stage: settle, after: 2s       | pause: { for: 2s }                   | faults[1]: overlaps faults[0] (crash), and the server does nothing during that, so this has nothing to act on; let one end before the other begins
            stage: settle, after: 1s     | blocker: { sql: select 1, hold: 5s } | stage: settle, after: 2s | crash: { for: 2s }                | faults[1]: overlaps faults[0] (blocker), and the server does nothing during this, so that has nothing to act on; let one end before the other begins
            stage: settle, after: 1s     | pause: { for: 5s }          | stage: settle, after: 2s       | blocker: { sql: select 1, hold: 1s } |
            stage: settle, after: 1s     | pause: { for: 2s }          | stage: settle, after: 3s       | pause: { for: 2s }                   |
            stage: settle, after: 1s     | down: { for: 5s }           | stage: baseline, after: 2s     | latency: { delay: 5ms, for: 1s }     |
            stage: settle, after: 1s     | down: { for: 5s }           | stage: settle, after: 2s       | blocker: { sql: select 1, hold: 1s } |
            """)
    void refusesFaultsThatLeaveEachOtherNothingToDo(
            String oneCue, String one, String otherCue, String other, String message) throws Exception {
        String text = FULL.replace(
                """
                  - at: { step: add column, before: 1s }
                    latency: { delay: 50ms, for: 2s }
                """, "  - { at: { %s }, %s }\n  - { at: { %s }, %s }\n".formatted(oneCue, one, otherCue, other));
        assertThat(text).isNotEqualTo(FULL);

        if (message == null) {
            assertThat(written.load(text).faults()).hasSize(2);
        } else {
            assertThat(written.problems(text)).containsExactly("scenario.yaml:27:5: " + message);
        }
    }
}
