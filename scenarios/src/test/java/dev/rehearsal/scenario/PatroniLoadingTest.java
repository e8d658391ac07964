package dev.rehearsal.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.scenario.yaml.YamlParser;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatroniLoadingTest {
    private static final String PATRONI =
            "patroni: { api: [ \"http://10.0.0.1:8008\", \"http://10.0.0.2:8008/\" ], kill: [ ./kill, now ] }";
    private static final String CLUSTER =
            Written.MINIMAL + "environment: { url: jdbc:postgresql://leader.example/shop, " + PATRONI
                    + ", allow: [ leader.example ] }\n";

    @TempDir
    private Path folder;

    private Written written;

    @BeforeEach
    void write() {
        written = Written.in(folder);
    }

    private static String failover(String fault) {
        return "faults:\n  - { at: { step: add column, after: 1s }, failover: " + fault + " }\n";
    }

    @Test
    void itsMembersAndTheCommandAreReadAndWrittenAgain() throws Exception {
        Scenario scenario = written.load(CLUSTER + failover("{}"));

        assertThat(scenario.environment().external().orElseThrow().patroni())
                .contains(new PatroniSpec(
                        List.of(URI.create("http://10.0.0.1:8008"), URI.create("http://10.0.0.2:8008")),
                        List.of("./kill", "now"),
                        folder));
        String text = ScenarioWriter.write(scenario);
        assertThat(written.load(text).environment()).isEqualTo(scenario.environment());
        assertThat(written.load(text).faults()).isEqualTo(scenario.faults());
        assertThat(SchemaNet.of("scenario.schema.json")
                        .refusals(YamlParser.parse("text", text).root().orElseThrow()))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {"{}, false", "{ planned: false }, false", "{ planned: true }, true"})
    void whoIsPromotedIsPatronisToDecide(String fault, boolean planned) throws Exception {
        Scenario scenario = written.load(CLUSTER + failover(fault));

        assertThat(scenario.faultsOf(1).values())
                .containsExactly(
                        new Fault.Election(new Cue.AfterStepStart("add column", Duration.ofSeconds(1)), planned));
        assertThat(scenario.faultsOf(1).get(0).kind()).isEqualTo("failover");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            patroni: { api: [] }                          | environment.patroni.api: is empty; name the members' REST APIs, e.g. [ http://10.0.0.1:8008 ]
            patroni: { kill: [ ./kill ] }                 | environment.patroni: 'api' is missing; write e.g. { api: [ http://10.0.0.1:8008 ], kill: [ ./kill-leader.sh ] }
            patroni: { api: [ "10.0.0.1:8008" ] }         | environment.patroni.api[0]: must be http://host:port, where a member's REST API is, got 10.0.0.1:8008
            patroni: { api: [ "http://a:99999" ] }        | environment.patroni.api[0]: must be http://host:port, where a member's REST API is, got http://a:99999
            patroni: { api: [ "http://a:8008" ], kill: [] } | environment.patroni.kill: is empty; write the program and its arguments, e.g. [ ./kill-leader.sh ]
            patroni: { api: [ "http://db1.prod:8008" ] }  | environment.patroni.api[0]: looks like production: 'prod' is in the name db1.prod; rehearse on another cluster, or reach this one by another name if it is not what its name says
            replicas: [ jdbc:postgresql://leader.example:5433/shop ], patroni: { api: [ "http://a:8008" ] } | environment.replicas: change their roles in a cluster of Patroni's, so that no fixed address is one; remove it
            """)
    void refusesOtherClusters(String mistake, String problem) {
        assertThat(written.problems(CLUSTER.replace(PATRONI, mistake)))
                .hasSize(1)
                .allMatch(told -> told.endsWith(": " + problem));
    }

    @Test
    void whatIsWrongOfAClusterIsNotToldAgainOfItsFault() {
        assertThat(written.problems(
                        CLUSTER.replace("http://10.0.0.1:8008\", \"http://10.0.0.2:8008/", "nowhere") + failover("{}")))
                .hasSize(1);
    }

    @Test
    void isForAClusterAtAnAddress() {
        assertThat(written.problems(Written.MINIMAL + "environment: { " + PATRONI + " }\n"))
                .hasSize(1)
                .allMatch(told -> told.endsWith(": environment.patroni: is for a cluster that is not the harness's own;"
                        + " remove it, or add the url that leads to its leader"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            , kill: [ ./kill, now ] | {}                              | faults[0].failover: needs a command that kills the leader; name it in environment.patroni.kill, or write planned: true
            , kill: [ ./kill, now ] | { planned: true }               |
            nothing                 | { promote: replica-1 }          | faults[0].failover.promote: is for Patroni to decide; remove it
            nothing                 | { planned: maybe }              | faults[0].failover.planned: must be true or false, got maybe
            """)
    void refusesFailoversThatCannotBe(String removed, String fault, String problem) {
        List<String> problems = written.problems(CLUSTER.replace(removed, "") + failover(fault));

        if (problem == null) {
            assertThat(problems).isEmpty();
        } else {
            assertThat(problems).hasSize(1).allMatch(told -> told.endsWith(": " + problem));
        }
    }

    @Test
    void oneIsOverBeforeTheNextBegins() {
        assertThat(written.problems(CLUSTER + failover("{}")
                        + "  - { at: { step: add column, after: 5s }, failover: { planned: true } }\n"))
                .hasSize(1)
                .allMatch(
                        told -> told.endsWith("faults[1]: overlaps faults[0] (failover), and a cluster that is about to"
                                + " have another leader has none to take the role from: the second of them has nothing to act on;"
                                + " let one end before the other begins"));
    }

    @Test
    void neverShowsThePasswordOfAnApi() {
        String text = CLUSTER.replace("http://10.0.0.1", "http://alice:s3cret@10.0.0.1");
        try {
            written.load(text);
        } catch (InvalidScenarioException e) {
            assertThat(e.problems().stream().map(ProblemFormatter::format).collect(Collectors.joining()))
                    .contains(
                            "must hold no user and no password; give them in the environment, as HARNESS_PATRONI_USER and"
                                    + " HARNESS_PATRONI_PASSWORD")
                    .doesNotContain("s3cret");
            return;
        }
        throw new AssertionError("was taken");
    }
}
