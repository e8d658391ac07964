package dev.rehearsal.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScenarioWriterTest {
    static final String EVERYTHING = """
            name: everything
            description: "what a file can say: all of it"
            seed: -7
            environment:
              engine: postgresql
              version: 18
              runtime: local
              replicas: 2
              synchronous: remote_apply
              settings: { work_mem: 64MB, auto_explain.log_min_duration: 5, jit: "off" }
              binaries: ../server/bin
              pooler: { kind: pgbouncer, poolSize: 100, migration: direct }
            dataset: { use: tiny, scale: 0.5, tables: { coupons: { rows: 1_000 } } }
            workload:
              arrivals: constant
              injectors: 3
              services:
                - name: checkout
                  rate: { curve: [ { at: 0s, rate: 60/s }, { at: 90s, rate: 3000.5/min } ] }
                  pool: { size: 5, connectionTimeout: 1500ms, prepareThreshold: 3 }
                  statementTimeout: 2.5s
                  retry: { on: [08006, 57P01, 40001], attempts: 4, backoff: 20ms }
                  operations:
                    - name: place order
                      weight: 0.5
                      parameters:
                        customer: { references: customers.id, zipf: 1.1 }
                        amount: { uniform: [1.5, 500.125] }
                        quantity: { uniform: [1, 9] }
                        rank: { zipf: 1.2, range: [1, 1000] }
                        kind: { choice: { "a: b": 70, b: 30.5 } }
                        any: { choice: [x, "yes", 3] }
                        number: { sequence: 10 }
                        fixed: { literal: "" }
                        plain: eu
                      transaction:
                        - insert into orders (customer_id, amount) values (:customer, :amount)
                        - |
                          update orders
                             set note = :kind || :any || :fixed || :plain   -- "all" of them
                           where id = :rank + :number + :quantity
                    - name: read
                      reads: replica
                      transaction: "select 'it''s', '{\\"a\\": 1}'::jsonb ? 'a:b'"
                  versions:
                    v2:
                      operations:
                        - name: read
                          transaction: select 2
            migration:
              lockTimeout: 1s
              retries: 3
              backoff: 50ms
              timeLimit: 1h
              steps:
                - sql: |
                    alter table orders add column region text;
                    -- a comment
                    update orders set region = 'eu; de' /* all */;
                - { name: index, file: index.sql, lockTimeout: 20ms, retries: 0 }
                - { name: apart, sql: select 1, transaction: none }
                - { name: rebuild, sql: reindex index concurrently orders_pkey }
                - { name: deploy, deploy: { service: checkout, version: v2, over: 1500ms } }
                - { name: rest, pause: 90s }
                - { name: fill, backfill: { table: orders, set: "region = 'eu; de'", where: region is null } }
                - name: fill more
                  backfill:
                    table: public.orders
                    set: note = 'none'
                    where: note is null
                    batch: 5_000
                    pause: 20ms
                    throttle: { replicaLag: 2s, p99: 2.5x, lockQueue: 3 }
                  lockTimeout: 200ms
                  retries: 4
                - name: fill in time
                  backfill:
                    table: orders
                    set: note = 'none'
                    where: note is null
                    batch: { target: 50ms, first: 10, most: 700 }
                    throttle: { p99: 250ms }
                - { name: catch up, wait: { replicaLag: 1500ms } }
              rollback:
                steps:
                  - deploy: { service: checkout, version: old }
                  - sql: alter table orders drop column region
            timeline: { warmup: 0s, baseline: 10m, migration: 3m, settle: 1500us, rollback: 4s }
            faults:
              - { at: { step: index, before: 3s }, latency: { of: primary, delay: 50ms, jitter: 10ms, stream: upstream, for: 10s } }
              - { at: { step: step 1, after: 0s }, bandwidth: { rate: 1MB/s } }
              - { at: { stage: baseline, after: 5s }, bandwidth: { rate: 0, for: 2s } }
              - { at: { stage: settle, after: 1s }, timeout: { timeout: 1s, for: 2s } }
              - { at: { stage: warmup, after: 1s }, resetPeer: { for: 1s } }
              - { at: { stage: recovery, after: 1s }, slowClose: { delay: 1500ms, stream: upstream, for: 2s } }
              - { at: { stage: recovery, after: 1s }, slicer: { averageSize: 64, sizeVariation: 32, delay: 250us } }
              - { at: { stage: recovery, after: 2s }, limitData: { bytes: 10_000, for: 1s } }
              - { at: { step: rollback step 2, after: 1s }, down: { for: 1s } }
              - { at: { committing: step 1 }, latency: { delay: 5ms, for: 1s } }
              - { at: { phase: waiting for old snapshots }, latency: { delay: 5ms, for: 1s } }
              - { at: { phase: waiting for readers before dropping, step: rebuild }, latency: { delay: 5ms, for: 1s } }
              - { at: { lockQueued: orders }, latency: { delay: 5ms, for: 1s } }
              - { at: { lockHeld: public.orders }, latency: { delay: 5ms, for: 1s } }
              - { at: { stage: settle, after: 9s }, crash: { of: primary, for: 2s } }
              - { at: { stage: settle, after: 4s }, pause: { of: primary, for: 1500ms } }
              - { at: { stage: baseline, after: 1s }, pause: { of: replica-2, for: 1s } }
              - { at: { stage: baseline, after: 1s }, bandwidth: { of: replication-1, rate: 10KB/s, for: 1s } }
              - { at: { stage: baseline, after: 9s }, partition: { of: replica-1, for: 1s } }
              - { at: { stage: recovery, after: 1s }, failover: { promote: replica-2, planned: true } }
              - { at: { stage: recovery, after: 9s }, failover: { promote: replica-1 } }
              - { at: { step: index, before: 1s }, database: 3, blocker: { sql: "select count(*) from orders", hold: 5s } }
            databases: { count: 5, wave: 2, onFailure: continue }
            drills: [ rerun, rollback, crash, compatibility, drift ]
            objectives:
              - { latency: { service: checkout, operation: place order, percentile: 90, during: rollback, max: 250ms } }
              - { latency: { service: checkout, percentile: 99.9, during: baseline, max: 1s } }
              - { latency: { percentile: 100, during: settle, regression: 2.5x } }
              - { errors: { service: checkout, during: recovery, max: 0.05% } }
              - { outage: { service: checkout, operation: place order, max: 1500ms } }
              - { outage: { max: 5s } }
              - { replicaLag: { max: 1500ms } }
              - { lockHold: { mode: Share, relation: orders, max: 100ms } }
              - { lockHold: { max: 1.5ms } }
              - { lockWait: { victims: migration, max: 500ms } }
              - { migrationTime: { max: 10m } }
              - { rewrites: none }
              - { lostWrites: { max: 3 } }
              - { lostWrites: none }
              - { rollback: { succeeds: true, max: 30s } }
              - { rerun: { converges: true } }
              - { resumable: { succeeds: true } }
              - { compatible: { versions: [ old, v2 ] } }
            """;

    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenSaysTheSame() throws Exception {
        Written written = Written.in(folder);
        written.file("index.sql", "create index concurrently orders_note on orders (note);");
        String text = EVERYTHING.replace("settle: 1500us", "settle: 10m").replace("rate: 100/min", "rate: 1000/min");
        Scenario scenario = written.load(text);

        Scenario again = written.load(ScenarioWriter.write(scenario));

        assertThat(withoutPlaces(again)).isEqualTo(withoutPlaces(scenario));
    }

    @Test
    void injectorsThatOthersStartAreWrittenToo() throws Exception {
        Written written = Written.in(folder);
        written.file("index.sql", "create index concurrently orders_note on orders (note);");
        String text = EVERYTHING
                .replace("settle: 1500us", "settle: 10m")
                .replace("rate: 100/min", "rate: 1000/min")
                .replace("injectors: 3", "injectors: { count: 3, at: \"10.0.0.5:7654\", within: 90s }")
                .replaceFirst("databases: .*", "")
                .replace("database: 3, ", "")
                .replace(", drift ]", " ]");
        Scenario scenario = written.load(text);

        Scenario again = written.load(ScenarioWriter.write(scenario));

        assertThat(again.workload().injectors().at()).contains("10.0.0.5:7654");
        assertThat(withoutPlaces(again)).isEqualTo(withoutPlaces(scenario));
    }

    @Test
    void defaultsAreFilledIn() throws Exception {
        Written written = Written.in(folder);
        Scenario scenario = written.load(Written.MINIMAL);

        String text = ScenarioWriter.write(scenario);

        assertThat(text).startsWith("""
                name: minimal
                seed: 42
                environment: { engine: postgresql, version: "18", runtime: auto }
                dataset: { use: tiny, scale: 1 }
                workload:
                  arrivals: poisson
                  services:
                    - name: default
                      rate: 100/s
                      pool: { size: 20, connectionTimeout: 2s }
                      operations:
                        - name: read-orders
                          weight: 2
                          parameters: { id: { references: orders.id, zipf: 1.05 } }
                          transaction: ["select id, customer_id, amount, status, note, created_at from orders where id = :id"]
                """);
        assertThat(text).endsWith("""
                migration:
                  timeLimit: 30m
                  backoff: 100ms
                  steps:
                    - { name: add column, sql: alter table orders add column region text, retries: 0 }
                timeline: { warmup: 10s, baseline: 30s, migration: 20s, settle: 15s, rollback: 0s }
                objectives:
                  - { latency: { percentile: 99, during: migration, max: 250ms } }
                  - { errors: { during: migration, max: 0.1% } }
                  - { lockHold: { mode: AccessExclusive, max: 100ms } }
                  - { lockWait: { victims: application, max: 500ms } }
                  - { migrationTime: { max: 10m } }
                  - { rewrites: none }
                """);
        assertThat(withoutPlaces(written.load(text))).isEqualTo(withoutPlaces(scenario));
    }

    /** A baseline by other means than the migrations that are rehearsed, which are in the scenario's own folder. */
    @Test
    void migrationsInTheScenariosOwnFolderSurvive() throws Exception {
        Files.writeString(folder.resolve("1_a.sql"), "select 1");
        Files.writeString(folder.resolve("2_b.sql"), "select 2");
        Files.writeString(folder.resolve("3_c.sql"), "select 3");
        Written written = Written.in(folder);
        Scenario scenario = written.load("""
                name: own-folder
                dataset: { use: tiny }
                migration:
                  baseline: { steps: [ { folder: { path: ., target: 1 } } ] }
                  steps: [ { folder: { path: ., baseline: { to: 2, in: dataset } } } ]
                """);

        Scenario again = written.load(ScenarioWriter.write(scenario));

        assertThat(scenario.migration().baseline()).hasSize(1);
        assertThat(withoutPlaces(again)).isEqualTo(withoutPlaces(scenario));
    }

    @Test
    void aBaselineIsWrittenToStandAlone() throws Exception {
        Files.writeString(folder.resolve("1_a.sql"), "select 1");
        Files.writeString(folder.resolve("2_b.sql"), "select 2");
        Scenario scenario = Written.in(folder).load("""
                name: alone
                dataset: { use: tiny }
                migration:
                  baseline: { steps: [ { name: prepare, command: [ prepare ] } ] }
                  steps: [ { folder: { path: ., baseline: 1 } } ]
                """);

        assertThat(ScenarioWriter.writeBaseline(scenario.migration(), folder)).isEqualTo("""
                baseline:
                  steps:
                    - { name: prepare, command: { run: [prepare], directory: "." }, retries: 0 }
                    - { folder: { path: ".", target: "1" } }
                """);
    }

    static Stream<Path> examples() throws IOException {
        return ExamplesTest.examples();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void examplesSurvive(Path file) throws Exception {
        Scenario scenario = ScenarioLoader.load(file, Map.of());
        String text = ScenarioWriter.write(scenario);

        // Beside the example, because paths in the text are relative to it.
        Path beside = file.resolveSibling("resolved-" + ProcessHandle.current().pid() + ".yaml");
        Scenario again;
        try {
            Files.writeString(beside, text);
            again = ScenarioLoader.load(beside, Map.of());
        } finally {
            Files.deleteIfExists(beside);
        }

        assertThat(withoutPlaces(again)).isEqualTo(withoutPlaces(scenario));
    }

    /** All but where things stand. */
    private static Scenario withoutPlaces(Scenario scenario) {
        return new Scenario(
                scenario.name(),
                scenario.description(),
                scenario.seed(),
                scenario.environment(),
                scenario.dataset(),
                scenario.workload(),
                new MigrationPlan(
                        scenario.migration().timeLimit(),
                        steps(scenario.migration().baseline()),
                        steps(scenario.migration().steps()),
                        steps(scenario.migration().rollback()),
                        scenario.migration().rollbackDerived()),
                scenario.timeline(),
                scenario.faults(),
                scenario.databases(),
                scenario.drills(),
                scenario.drillsListed(),
                scenario.objectives().stream()
                        .map(ScenarioWriterTest::objective)
                        .toList(),
                Path.of("scenario.yaml"),
                new Sources(Map.of(), List.of()));
    }

    private static final SourceLocation NOWHERE = new SourceLocation("", 1, 1);

    private static List<Step> steps(List<Step> steps) {
        return steps.stream()
                .map(step -> switch (step) {
                    case Step.SqlStep sql ->
                        (Step) new Step.SqlStep(
                                sql.name(), statements(sql.statements()), sql.transaction(), sql.lockPolicy());
                    case Step.FileStep file ->
                        new Step.FileStep(
                                file.name(),
                                file.file(),
                                statements(file.statements()),
                                file.transaction(),
                                file.lockPolicy());
                    case Step.BackfillStep backfill ->
                        new Step.BackfillStep(backfill.name(), NOWHERE, backfill.backfill(), backfill.lockPolicy());
                    case Step.DeployStep deploy ->
                        new Step.DeployStep(deploy.name(), NOWHERE, deploy.service(), deploy.version(), deploy.over());
                    case Step.ScriptStep script ->
                        new Step.ScriptStep(
                                script.name(),
                                script.undoes(),
                                script.source(),
                                script.file(),
                                statements(script.statements()),
                                script.transaction(),
                                script.lockPolicy());
                    case Step.FlywayStep flyway ->
                        new Step.FlywayStep(
                                flyway.name(),
                                NOWHERE,
                                flyway.source(),
                                flyway.scripts(),
                                Optional.empty(),
                                flyway.action(),
                                flyway.lockPolicy());
                    case Step.LiquibaseStep liquibase ->
                        new Step.LiquibaseStep(
                                liquibase.name(),
                                NOWHERE,
                                liquibase.source(),
                                liquibase.changeSets(),
                                liquibase.action(),
                                liquibase.lockPolicy());
                    case Step.CommandStep command ->
                        new Step.CommandStep(
                                command.name(),
                                NOWHERE,
                                command.words(),
                                command.directory(),
                                command.environment(),
                                command.timeout(),
                                command.lockPolicy());
                    case Step.PauseStep pause -> new Step.PauseStep(pause.name(), NOWHERE, pause.length());
                    case Step.WaitStep wait -> new Step.WaitStep(wait.name(), NOWHERE, wait.replicaLag());
                })
                .toList();
    }

    private static List<Step.SqlStatement> statements(List<Step.SqlStatement> statements) {
        return statements.stream()
                .map(statement -> new Step.SqlStatement(statement.text(), NOWHERE))
                .toList();
    }

    private static Objective objective(Objective objective) {
        return switch (objective) {
            case Objective.Latency it ->
                new Objective.Latency(
                        NOWHERE, it.service(), it.operation(), it.percentile(), it.during(), it.max(), it.regression());
            case Objective.Errors it ->
                new Objective.Errors(NOWHERE, it.service(), it.operation(), it.during(), it.maxFraction());
            case Objective.Outage it -> new Objective.Outage(NOWHERE, it.service(), it.operation(), it.max());
            case Objective.LockHold it -> new Objective.LockHold(NOWHERE, it.mode(), it.relation(), it.max());
            case Objective.LockWait it -> new Objective.LockWait(NOWHERE, it.victims(), it.max());
            case Objective.ReplicaLag it -> new Objective.ReplicaLag(NOWHERE, it.max());
            case Objective.MigrationTime it -> new Objective.MigrationTime(NOWHERE, it.max());
            case Objective.Rewrites it -> new Objective.Rewrites(NOWHERE);
            case Objective.LostWrites it -> new Objective.LostWrites(NOWHERE, it.max());
            case Objective.Rollback it -> new Objective.Rollback(NOWHERE, it.succeeds(), it.max());
            case Objective.Rerun it -> new Objective.Rerun(NOWHERE);
            case Objective.Resumable it -> new Objective.Resumable(NOWHERE);
            case Objective.Compatible it -> new Objective.Compatible(NOWHERE, it.versions());
        };
    }
}
