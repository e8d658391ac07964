package dev.rehearsal.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rehearsal.engine.Succession;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.PatroniSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A REST API that says what Patroni 3's says, of clusters in a state that a real one is not easily brought into. The real one is rehearsed on elsewhere. */
@Timeout(60)
class PatroniTest {
    private static final String HEALTHY = cluster("alpha leader running", "beta replica running");

    @TempDir
    private Path directory;

    private HttpServer server;
    private volatile String cluster = HEALTHY;
    private volatile int switchoverStatus = 200;
    private final List<String> asked = new CopyOnWriteArrayList<>();

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/cluster", exchange -> answer(exchange, 200, cluster));
        server.createContext(
                "/patroni",
                exchange -> answer(exchange, 503, "{\"state\": \"running\", \"database_system_identifier\": \"77\"}"));
        server.createContext("/switchover", exchange -> {
            asked.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8) + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            if (switchoverStatus == 200) {
                cluster = cluster("alpha replica running", "beta leader running");
            }
            answer(exchange, switchoverStatus, "switched, or not");
            // Who follows has caught up meanwhile.
            switchoverStatus = switchoverStatus == 412 ? 200 : switchoverStatus;
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** @param members each a name, a role and a state */
    private static String cluster(String... members) {
        return "{\"members\": ["
                + String.join(
                        ", ",
                        List.of(members).stream()
                                .map(member -> member.split(" "))
                                .map(words ->
                                        "{\"name\": \"%s\", \"role\": \"%s\", \"state\": \"%s\", \"host\": \"h\", \"port\": 5432}"
                                                .formatted((Object[]) words))
                                .toList())
                + "]}";
    }

    private URI api() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private Patroni reached(String... kill) throws Exception {
        return Patroni.reached(
                new PatroniSpec(List.of(api()), List.of(kill), directory),
                Map.of(Patroni.USER, "alice", Patroni.PASSWORD, "s3cret"));
    }

    @Test
    void anApiThatDoesNotAnswerIsNamed() throws Exception {
        URI silent = URI.create("http://127.0.0.1:" + Ports.free());

        EnvironmentException refusal = catchThrowableOfType(
                EnvironmentException.class,
                () -> Patroni.reached(new PatroniSpec(List.of(api(), silent), List.of(), directory), Map.of()));

        assertThat(refusal)
                .hasMessage("environment.patroni.api[1]: Patroni's REST API at " + silent
                        + " does not answer: connection refused");
        assertThat(refusal.remedy()).startsWith("Check the address");
        assertThat(catchThrowableOfType(
                        EnvironmentException.class,
                        () -> Patroni.reached(
                                new PatroniSpec(
                                        List.of(URI.create("http://member.invalid:8008")), List.of(), directory),
                                Map.of())))
                .hasMessage("environment.patroni.api[0]: Patroni's REST API at http://member.invalid:8008"
                        + " does not answer: there is no host of that name");
    }

    @Test
    void anApiOfProductionIsNotAsked() throws Exception {
        URI silent = URI.create("http://localhost:" + Ports.free());

        assertThat(catchThrowableOfType(
                        EnvironmentException.class,
                        () -> Patroni.reached(
                                new PatroniSpec(List.of(silent), List.of(), directory),
                                Map.of(ExternalRuntime.PRODUCTION_NAMES, "shop, LOCALHOST"))))
                .hasMessage(
                        "environment.patroni.api[0]: localhost is among the names in HARNESS_PRODUCTION, and nothing was"
                                + " asked there");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            hello                | does not answer: what it says is no JSON
            {"scope": "a"}       | does not answer: what it says of the cluster has no members
            """)
    void whatIsNoPatroniIsRefused(String said, String problem) {
        cluster = said;

        assertThat(catchThrowableOfType(EnvironmentException.class, this::reached))
                .hasMessage("environment.patroni.api[0]: Patroni's REST API at " + api() + " " + problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            alpha replica running   | beta replica running | the cluster has no leader that runs: alpha is a replica, running, beta is a replica, running
            alpha leader starting   | beta replica running | the cluster has no leader that runs: alpha is a leader, starting, beta is a replica, running
            alpha leader running    | beta replica stopped | the cluster has nobody who could take its leader's place: alpha is a leader, running, beta is a replica, stopped
            """)
    void aClusterThatCannotFailOverIsRefused(String first, String second, String problem) {
        cluster = cluster(first, second);

        assertThat(catchThrowableOfType(EnvironmentException.class, this::reached))
                .hasMessage("environment.patroni: " + problem);
    }

    @Test
    void aServerOfAnotherClusterIsRefused() throws Exception {
        Patroni patroni = reached();

        patroni.requireSame("leader.example:5432", Optional.of("77"));
        patroni.requireSame("leader.example:5432", Optional.empty());
        assertThat(catchThrowableOfType(
                        EnvironmentException.class,
                        () -> patroni.requireSame("leader.example:5432", Optional.of("78"))))
                .hasMessage("environment.patroni: the server at leader.example:5432 is not of the cluster at " + api()
                        + ": its system identifier is 78, and that one's 77");
    }

    @Test
    void aSwitchoverIsAskedForByWhoMayAndTheNextLeaderIsNamed() throws Exception {
        Succession succession = reached().failOver(true, () -> true, directory);

        assertThat(succession.from()).isEqualTo("alpha");
        assertThat(succession.to()).isEqualTo("beta");
        assertThat(succession.without()).isLessThanOrEqualTo(succession.after());
        assertThat(asked).containsExactly("{\"leader\":\"alpha\"} Basic YWxpY2U6czNjcmV0");
    }

    @Test
    void aSwitchoverThatNobodyIsCloseEnoughForIsAskedForAgain() throws Exception {
        switchoverStatus = 412;

        Succession succession = reached().failOver(true, () -> true, directory);

        assertThat(succession.to()).isEqualTo("beta");
        assertThat(asked).hasSize(2);
        assertThat(succession.without()).isLessThanOrEqualTo(succession.after());
    }

    @Test
    void aSwitchoverThatIsRefusedSaysWhyAndShowsNoPassword() throws Exception {
        switchoverStatus = 401;
        Patroni patroni = reached();

        EnvironmentException refusal =
                catchThrowableOfType(EnvironmentException.class, () -> patroni.failOver(true, () -> true, directory));

        assertThat(refusal).hasMessage("Patroni refused the switchover from alpha with status 401: switched, or not");
        assertThat(refusal.remedy()).doesNotContain("s3cret");
    }

    @Test
    void theCommandFindsTheLeaderAndNoPasswordAndWhatItPrintsIsKept() throws Exception {
        Patroni patroni = reached(
                "sh",
                "-c",
                "echo $HARNESS_LEADER $HARNESS_LEADER_HOST $HARNESS_LEADER_PORT $HARNESS_PATRONI_PASSWORD; exit 3");

        EnvironmentException failure = catchThrowableOfType(
                EnvironmentException.class, () -> patroni.failOver(false, () -> true, directory.resolve("output")));

        assertThat(failure).hasMessage("environment.patroni.kill ended with 3; it printed:\nalpha h 5432");
        assertThat(Files.readString(directory.resolve("output/kill-leader.log")))
                .isEqualTo("alpha h 5432\n");
    }

    @Test
    void aCommandThatIsNotThereIsTold() throws Exception {
        Patroni patroni = reached("./not-there");

        assertThat(catchThrowableOfType(
                        EnvironmentException.class, () -> patroni.failOver(false, () -> true, directory)))
                .hasMessageStartingWith("environment.patroni.kill cannot be started: ");
    }
}
