package dev.rehearsal.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.rehearsal.scenario.PoolerSpec.PoolMode;
import dev.rehearsal.scenario.PoolerSpec.Way;
import dev.rehearsal.scenario.yaml.YamlParser;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PoolerLoadingTest {
    private static final String WORKLOAD = """
            workload:
              services:
                - name: shop
                  rate: 10/s
                  pool: { size: 8, prepareThreshold: 0 }
                  operations: [ { name: ask, transaction: select 1 } ]
            """;

    @TempDir
    private Path folder;

    private Written written;

    @BeforeEach
    void write() {
        written = Written.in(folder);
    }

    private static String scenario(String environment) {
        return Written.MINIMAL + "environment: { " + environment + " }\n" + WORKLOAD;
    }

    @Test
    void itsKindAloneIsSessionMode() throws Exception {
        Scenario scenario = written.load(scenario("pooler: pgbouncer"));

        PoolerSpec pooler = scenario.environment().pooler().orElseThrow();
        assertThat(pooler)
                .isEqualTo(new PoolerSpec(PoolMode.SESSION, OptionalInt.empty(), OptionalInt.empty(), Way.POOLED));
        assertThat(pooler.shares()).isFalse();
        assertThat(pooler.connections(8))
                .as("all that are held, and the migration's")
                .isEqualTo(9);
    }

    @Test
    void whatIsSaidOfItIsReadAndWrittenAgain() throws Exception {
        Scenario scenario = written.load(
                scenario(
                        "pooler: { kind: pgbouncer, mode: transaction, poolSize: 5, preparedStatements: 200, migration: direct, settings: { server_login_retry: 0.5, server_reset_query: DISCARD ALL, server_reset_query_always: 1 }, image: registry.example/pgbouncer:1.24 }"));

        PoolerSpec pooler = scenario.environment().pooler().orElseThrow();
        assertThat(pooler)
                .isEqualTo(new PoolerSpec(
                        PoolMode.TRANSACTION,
                        OptionalInt.of(5),
                        OptionalInt.of(200),
                        Way.DIRECT,
                        Map.of(
                                "server_login_retry",
                                "0.5",
                                "server_reset_query",
                                "DISCARD ALL",
                                "server_reset_query_always",
                                "1"),
                        Optional.of("registry.example/pgbouncer:1.24")));
        assertThat(pooler.shares()).isTrue();
        assertThat(pooler.sharesMigration()).isFalse();
        assertThat(pooler.connections(8)).isEqualTo(5);
        assertThat(scenario.workload().services().getFirst().pool().prepareThreshold())
                .hasValue(0);
        String text = ScenarioWriter.write(scenario);
        assertThat(written.load(text).environment()).isEqualTo(scenario.environment());
        assertThat(written.load(text).workload().services().getFirst().pool())
                .isEqualTo(scenario.workload().services().getFirst().pool());
        assertThat(SchemaNet.of("scenario.schema.json")
                        .refusals(YamlParser.parse("text", text).root().orElseThrow()))
                .isEmpty();
    }

    @Test
    void transactionModeSharesAsManySessionsAsPgBouncerDoesByItself() throws Exception {
        PoolerSpec pooler = written.load(scenario("pooler: { kind: pgbouncer, mode: transaction }"))
                .environment()
                .pooler()
                .orElseThrow();

        assertThat(pooler.connections(8)).isEqualTo(20);
        assertThat(pooler.sharesMigration()).isTrue();
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                arguments("pooler: odyssey", "scenario.yaml:7:24: environment.pooler: must be pgbouncer, got odyssey"),
                arguments(
                        "pooler: { kind: pgbouncer, mode: statement, poolSize: 4 }",
                        "scenario.yaml:7:49: environment.pooler.mode: of PgBouncer refuses transactions of several statements, and a migration and most operations are such; write session or transaction"),
                arguments(
                        "pooler: { kind: pgbouncer, poolSize: 8 }",
                        "scenario.yaml:7:53: environment.pooler.poolSize: is fewer than the 9 connections that the services' pools and the migration hold all the time in session mode; write at least 9, make the pools smaller, or write mode: transaction"),
                arguments(
                        "pooler: { kind: pgbouncer, poolSize: 7, migration: direct }",
                        "scenario.yaml:7:53: environment.pooler.poolSize: is fewer than the 8 connections that the services' pools hold all the time in session mode; write at least 8, make the pools smaller, or write mode: transaction"),
                arguments(
                        "pooler: { kind: pgbouncer, settings: { server_login_retries: 1 } }",
                        "scenario.yaml:7:55: environment.pooler.settings.server_login_retries: is no setting of PgBouncer's that may be set here; did you mean 'server_login_retry'?"),
                arguments(
                        "pooler: { kind: pgbouncer, settings: { auth_type: trust } }",
                        "scenario.yaml:7:55: environment.pooler.settings.auth_type: is no setting of PgBouncer's that may be set here; those are "
                                + String.join(", ", PoolerSettings.names())),
                arguments(
                        "pooler: { kind: pgbouncer, settings: { pool_mode: transaction } }",
                        "scenario.yaml:7:55: environment.pooler.settings.pool_mode: is what environment.pooler.mode says; write it there"),
                arguments(
                        "pooler: { kind: pgbouncer, settings: { server_login_retry: 1s } }",
                        "scenario.yaml:7:75: environment.pooler.settings.server_login_retry: must be seconds without a unit, as PgBouncer takes them, from 0 to 86400, got 1s"),
                arguments(
                        "pooler: { kind: pgbouncer, settings: { query_wait_timeout: 86401 } }",
                        "scenario.yaml:7:75: environment.pooler.settings.query_wait_timeout: must be seconds without a unit, as PgBouncer takes them, from 0 to 86400, got 86401"),
                arguments(
                        "pooler: { kind: pgbouncer, settings: { server_fast_close: yes } }",
                        "scenario.yaml:7:74: environment.pooler.settings.server_fast_close: must be 0 or 1, got yes"),
                arguments(
                        "pooler: { kind: pgbouncer, settings: { server_reset_query: \"reset all\\nadmin_users = me\" } }",
                        "scenario.yaml:7:75: environment.pooler.settings.server_reset_query: must be a query in one line, got reset all…"),
                arguments(
                        "runtime: local, pooler: { kind: pgbouncer, image: pgbouncer }",
                        "scenario.yaml:7:66: environment.pooler.image: is for containers; remove it, or write runtime: containers"),
                arguments(
                        "url: \"jdbc:postgresql://staging.example/shop\", allow: [ staging.example ], pooler: { kind: pgbouncer, image: pgbouncer }",
                        "scenario.yaml:7:125: environment.pooler.image: is for containers, and in front of a server at a url PgBouncer is a program of this machine; remove it"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void refusesWhatItCannotCarry(String environment, String problem) {
        assertThat(written.problems(scenario(environment))).containsExactly(problem);
    }

    @Test
    void standsInFrontOfServersOfEveryRuntime() throws Exception {
        assertThat(written.load(scenario("runtime: containers, pooler: { kind: pgbouncer, image: \"pgbouncer:1.24\" }"))
                        .environment()
                        .pooler()
                        .orElseThrow()
                        .image())
                .contains("pgbouncer:1.24");
        assertThat(written.load(
                                scenario(
                                        "url: \"jdbc:postgresql://staging.example/shop\", allow: [ staging.example ], pooler: pgbouncer"))
                        .environment()
                        .pooler())
                .isPresent();
    }

    @Test
    void refusesStateOfASessionThatTransactionModeDoesNotKeep() {
        String text = scenario("pooler: { kind: pgbouncer, mode: transaction }")
                .replace("    rate: 10/s\n", "    rate: 10/s\n      statementTimeout: 5s\n");

        assertThat(written.problems(text))
                .containsExactly(
                        "scenario.yaml:12:25: workload.services[0].statementTimeout: is state of a session, which a pooler in transaction mode does not keep for a client; remove it, or write mode: session");
        assertThat(written.problems(text.replace("mode: transaction", "mode: session")))
                .isEmpty();
    }

    @Test
    void aFaultMayBeOfThePoolerWhereThereIsOne() throws Exception {
        String fault =
                "faults: [ { at: { stage: baseline, after: 1s }, latency: { of: pooler, delay: 5ms, for: 1s } } ]\n";

        assertThat(written.load(scenario("pooler: pgbouncer") + fault).faults()).hasSize(1);
        assertThat(written.problems(scenario("replicas: 0") + fault))
                .containsExactly(
                        "scenario.yaml:14:64: faults[0].latency.of: there is no pooler in this environment; write environment.pooler: pgbouncer");
    }
}
