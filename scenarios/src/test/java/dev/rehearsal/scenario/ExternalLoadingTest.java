package dev.rehearsal.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.scenario.EnvironmentSpec.ExternalReplica;
import dev.rehearsal.scenario.EnvironmentSpec.ExternalSpec;
import dev.rehearsal.scenario.EnvironmentSpec.RuntimeChoice;
import dev.rehearsal.scenario.yaml.YamlParser;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExternalLoadingTest {
    private static final String STAGING = Written.MINIMAL + """
            environment: { url: jdbc:postgresql://staging.example:5433/shop, allow: [ staging.example ] }
            """;

    @TempDir
    private Path folder;

    private Written written;

    @BeforeEach
    void write() {
        written = Written.in(folder);
    }

    @Test
    void readsTheServer() throws Exception {
        EnvironmentSpec environment = written.load(STAGING).environment();

        assertThat(environment.external())
                .contains(new ExternalSpec("staging.example", 5433, "shop", List.of("staging.example")));
        assertThat(environment.runtime()).isEqualTo(RuntimeChoice.EXTERNAL);
        assertThat(environment.version()).isEmpty();
    }

    private static final String REPLICATED = STAGING.replace(
            "allow: [ staging.example ]",
            "allow: [ staging.example ], replicas: [ jdbc:postgresql://staging.example:5434/shop,"
                    + " jdbc:postgresql://staging.example:5435/shop ]");

    @Test
    void readsItsReplicas() throws Exception {
        EnvironmentSpec environment = written.load(REPLICATED).environment();

        assertThat(environment.external().orElseThrow().replicas())
                .containsExactly(
                        new ExternalReplica("staging.example", 5434), new ExternalReplica("staging.example", 5435));
        assertThat(environment.replication().names()).containsExactly("replica-1", "replica-2");
    }

    @Test
    void whatIsWrittenOfReplicasSaysTheSame() throws Exception {
        Scenario scenario = written.load(REPLICATED);

        String text = ScenarioWriter.write(scenario);

        assertThat(written.load(text).environment()).isEqualTo(scenario.environment());
        assertThat(SchemaNet.of("scenario.schema.json")
                        .refusals(YamlParser.parse("text", text).root().orElseThrow()))
                .isEmpty();
    }

    @Test
    void itsReplicasMayBeReadFromAndWaitedForAndSlowed() {
        assertThat(written.problems(REPLICATED + """
                        workload:
                          services:
                            - { name: shop, rate: 50/s, operations: [ { name: ask, transaction: select 1, reads: replica } ] }
                        faults: [ { at: { stage: baseline, after: 1s }, latency: { of: replica-2, delay: 5ms, for: 1s } } ]
                        objectives: [ { replicaLag: { max: 5s } } ]
                        """)).isEmpty();
    }

    @Test
    void theLinksToItsReplicasAreOutOfReach() {
        assertThat(
                        written.problems(
                                REPLICATED
                                        + "faults: [ { at: { stage: baseline, after: 1s }, latency: { of: replication-1, delay: 5ms, for: 1s } } ]\n"))
                .containsExactly(
                        "scenario.yaml:8:64: faults[0].latency.of: the link between servers that are not the harness's"
                                + " own is out of its reach; name a server");
    }

    @Test
    void whatIsWrittenSaysTheSame() throws Exception {
        Scenario scenario = written.load(STAGING);

        String text = ScenarioWriter.write(scenario);

        assertThat(written.load(text).environment()).isEqualTo(scenario.environment());
        assertThat(SchemaNet.of("scenario.schema.json")
                        .refusals(YamlParser.parse("text", text).root().orElseThrow()))
                .isEmpty();
    }

    @Test
    void theDataMayBeThoseThatAreThere() throws Exception {
        String there = STAGING.replace("dataset:\n  use: tiny", "dataset: existing") + """
                workload:
                  services: [ { name: shop, rate: 10/s, operations: [ { name: ask, transaction: select 1 } ] } ]
                """;

        Scenario scenario = written.load(there);

        assertThat(scenario.dataset()).isEqualTo(new ExistingSpec("shop"));
        String text = ScenarioWriter.write(scenario);
        assertThat(text).contains("dataset: existing\n");
        assertThat(written.load(text).dataset()).isEqualTo(scenario.dataset());
        assertThat(SchemaNet.of("scenario.schema.json")
                        .refusals(YamlParser.parse("text", text).root().orElseThrow()))
                .isEmpty();
    }

    @Test
    void onlyAServerThatIsNotOursHasDataThatAreThere() {
        assertThat(written.problems(Written.MINIMAL.replace("dataset:\n  use: tiny", "dataset: existing")))
                .containsExactly(
                        "scenario.yaml:2:10: dataset: is for a server that is not the harness's own; add environment.url, or name a dataset folder or a schema file, e.g. use: ../../datasets/catalog/shop");
        assertThat(written.problems(STAGING.replace("dataset:\n  use: tiny", "dataset: { restore: dump.sql }")))
                .contains(
                        "scenario.yaml:2:10: dataset: a dump is not restored on a server that is not the harness's own; restore it there into shop, and write dataset: existing");
    }

    @ParameterizedTest
    @CsvSource({
        "staging.example",
        "STAGING.example",
        "staging.example:5433",
        "staging.example/shop",
        "staging.example:5433/SHOP"
    })
    void allowsByHostOrByDatabase(String entry) {
        assertThat(written.problems(STAGING.replace("[ staging.example ]", "[ other, \"" + entry + "\" ]")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            allow: [ staging.example ]  | allow: [ other.example ]        | 7:21: environment.url: is not allowed by this file. The harness would have made databases called rehearsal_… on staging.example:5433, driven the traffic and the migration there, and dropped them again; if that is meant, add allow: [ staging.example:5433 ], or [ staging.example:5433/shop ] for that database alone
            allow: [ staging.example ]  | allow: [ staging.example/other ]| 7:21: environment.url: is not allowed by this file. The harness would have made databases called rehearsal_… on staging.example:5433, driven the traffic and the migration there, and dropped them again; if that is meant, add allow: [ staging.example:5433 ], or [ staging.example:5433/shop ] for that database alone
            allow: [ staging.example ]  | allow: []                       | 7:73: environment.allow: is empty; write e.g. [ staging.example ] or [ staging.example/shop ]
            //staging.example:5433/shop | //db.prod.example/shop          | 7:21: environment.url: looks like production: 'prod' is in the name db.prod.example. The harness would have made databases called rehearsal_… on db.prod.example:5432, driven the traffic and the migration there, and dropped them again; rehearse on another server, or reach this one by another name if it is not what its name says
            5433/shop                   | 5433/shop_live                  | 7:21: environment.url: looks like production: 'live' is in the name shop_live. The harness would have made databases called rehearsal_… on staging.example:5433, driven the traffic and the migration there, and dropped them again; rehearse on another server, or reach this one by another name if it is not what its name says
            jdbc:postgresql://staging   | postgres://staging              | 7:21: environment.url: must be jdbc:postgresql://host:port/database, got postgres://staging.example:5433/shop
            jdbc:postgresql://staging.example:5433/shop | "jdbc:postgresql://a:1,b:2/shop?targetServerType=primary" | 7:21: environment.url: must name one server, because one fault proxy stands in front of it; give the address that leads to the primary (HAProxy's, a virtual one), or the primary's own, and name the others in environment.replicas
            jdbc:postgresql://staging.example:5433/shop | "jdbc:postgresql://staging.example:5433/shop?sslmode=require" | 7:21: environment.url: must be jdbc:postgresql://host:port/database without parameters, which nobody would get: TLS is used where the server has it, and timeouts are said of services; got jdbc:postgresql://staging.example:5433/s…
            5433/shop                   | 99999/shop                      | 7:21: environment.url: must have a port from 1 to 65535, got 99999
            { url                       | { replicas: 1, url              | 7:26: environment.replicas: a number is for servers of the harness's own; name the replicas of the server at the url, e.g. replicas: [ jdbc:postgresql://replica.example/shop ], or remove it
            { url                       | { replicas: [ jdbc:postgresql://staging.example:5433/shop ], url | 7:28: environment.replicas[0]: is the primary itself; name a replica, or remove it
            { url                       | { replicas: [ jdbc:postgresql://staging.example:5434/other ], url | 7:28: environment.replicas[0]: must name the database of environment.url, shop, because a replica has the same; got other
            { url                       | { replicas: [ jdbc:postgresql://elsewhere.example/shop ], url | 7:28: environment.replicas[0]: is not allowed by this file. The harness would have made databases called rehearsal_… on elsewhere.example:5432, driven the traffic and the migration there, and dropped them again; if that is meant, add allow: [ elsewhere.example:5432 ], or [ elsewhere.example:5432/shop ] for that database alone
            { url                       | { replicas: [ jdbc:postgresql://alice:pw@staging.example:5434/shop ], url | 7:28: environment.replicas[0]: must hold no user and no password; give them in the environment, as PGUSER and PGPASSWORD, or in a PGPASSFILE
            { url                       | { settings: { fsync: 'off' }, url | 7:26: environment.settings: is for servers of the harness's own, not for one at a url; remove it
            { url                       | { runtime: local, url           | 7:37: environment.url: is for runtime: external; remove it, or write runtime: external
            """)
    void refusesOtherServers(String correct, String mistake, String problem) {
        assertThat(written.problems(STAGING.replace(correct, mistake))).contains("scenario.yaml:" + problem);
    }

    @Test
    void refusesToolsBehindAPooler() {
        String tool = Written.MINIMAL.replaceFirst(
                        "(?s)migration:.*", "migration: { steps: [ { name: t, command: [ ./migrate ] } ] }\n")
                + STAGING.substring(STAGING.indexOf("environment:"));

        assertThat(written.problems(tool)).isEmpty();
        assertThat(written.problems(tool.replace("environment: {", "environment: { pooler: pgbouncer,")))
                .containsExactly(
                        "scenario.yaml:4:23: migration: what a tool (flyway, liquibase, command) does is known from the server's log, which is not read of a server at a url, or from its messages, and behind a pooler not in which session; leave pooler out, write its statements as sql, file or folder, or leave url out and rehearse on a server of the harness's own");
    }

    @Test
    void refusesToBeExternalWithoutAServer() {
        assertThat(written.problems(Written.MINIMAL + "environment: { runtime: external, allow: [ here ] }\n"))
                .containsExactly(
                        "scenario.yaml:7:14: environment: 'url' is missing; write e.g. url: jdbc:postgresql://staging.example/shop",
                        "scenario.yaml:7:42: environment.allow: is for a server that is not the harness's own; remove it, or add its url");
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://alice:s3cret@staging.example/shop",
        "jdbc:postgresql://alice:pa/s3cret@staging.example/shop",
        "'jdbc:postgresql://alice:s3cret@a.example:1,b.example:2/shop?targetServerType=primary'",
        "postgres://alice:s3cret@staging.example/shop",
        "jdbc:postgresql://staging.example/shop?user=alice&password=s3cret"
    })
    void neverShowsAPassword(String url) {
        String text =
                Written.MINIMAL + "environment: { url: \"" + url + "\", allow: [ staging.example ], nonsense: 1 }\n";
        try {
            written.load(text, Map.of());
        } catch (InvalidScenarioException e) {
            assertThat(e.problems()).hasSize(2);
            assertThat(e.problems().stream().map(ProblemFormatter::format).collect(Collectors.joining()))
                    .contains(
                            "must hold no user and no password; give them in the environment, as PGUSER and PGPASSWORD, or in a PGPASSFILE")
                    .doesNotContain("s3cret");
            return;
        }
        throw new AssertionError("was taken");
    }

    /** Whatever else is wrong with its line. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "environment:\n  urll: jdbc:postgresql://alice:s3cret@staging.example/shop\n",
                "environment:\n  url: jdbc:postgresql://staging.example/shop\n  allow: [ staging.example ]\n  password: s3cret\n",
                "environment:\n  url: jdbc:postgresql://staging.example/shop\n  allow: [ staging.example ]\n  PGPASSWORD: 's3cret'\n"
            })
    void aMistakeBesideAPasswordDoesNotShowIt(String environment) {
        try {
            written.load(Written.MINIMAL + environment, Map.of());
        } catch (InvalidScenarioException e) {
            assertThat(ProblemFormatter.format(e.problems()))
                    .contains("unknown key")
                    .doesNotContain("s3cret");
            return;
        }
        throw new AssertionError("was taken");
    }

    @ParameterizedTest
    @CsvSource({
        "'pause: { of: primary, for: 1s }', pause",
        "'crash: { of: primary, for: 1s }', crash",
        "'diskFull: { for: 1s }', diskFull",
        "'failover: { promote: replica-1 }', failover"
    })
    void refusesFaultsOfAServersProcesses(String fault, String kind) {
        assertThat(written.problems(STAGING + "faults:\n  - { at: { stage: baseline, after: 1s }, " + fault + " }\n"))
                .anyMatch(problem -> problem.endsWith("faults[0]." + kind
                        + ": needs power over the server's processes, which a server at a url does not give; remove it, or"
                        + " remove environment.url"));
    }

    @Test
    void takesToxicsAndBlockers() {
        assertThat(written.problems(STAGING + """
                        faults:
                          - { at: { stage: baseline, after: 1s }, latency: { delay: 5ms, for: 1s } }
                          - { at: { step: add column, before: 1s }, blocker: { sql: select 1, hold: 1s } }
                        """)).isEmpty();
    }

    @Test
    void refusesSeveralDatabases() {
        assertThat(written.problems(STAGING + "databases: { count: 3 }\n"))
                .containsExactly(
                        "scenario.yaml:8:12: databases: each is on a server of the harness's own, and a server at a url is"
                                + " one; remove it, or remove environment.url");
    }

    @Test
    void refusesDrillsThatEndAServer() {
        assertThat(written.problems(STAGING + "drills: [ rerun, crash ]\n"))
                .containsExactly(
                        "scenario.yaml:8:18: drills[1]: needs power over the server's processes, which a server at a"
                                + " url does not give; remove it, or remove environment.url");
    }
}
