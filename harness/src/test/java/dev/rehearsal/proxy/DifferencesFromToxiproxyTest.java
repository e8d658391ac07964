package dev.rehearsal.proxy;

import static dev.rehearsal.proxy.Clients.assertComes;
import static dev.rehearsal.proxy.Clients.assertNothingComes;
import static dev.rehearsal.proxy.Clients.endOf;
import static dev.rehearsal.proxy.Clients.roundTrip;
import static dev.rehearsal.proxy.Clients.write;
import static org.assertj.core.api.Assertions.assertThat;

import eu.rekawek.toxiproxy.model.ToxicDirection;
import eu.rekawek.toxiproxy.model.toxic.Latency;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The list in the package's description, of how ours differs from Toxiproxy on purpose: what each of the two does. */
class DifferencesFromToxiproxyTest extends ProxiedEchoTest {
    @Test
    void anEndOfStreamIsAHalfCloseOrACloseOfBothWays() throws Exception {
        proxy.toxics().latency("slow", ToxicDirection.UPSTREAM, 200);

        switch (kind) {
            case BUILT_IN -> assertComes(endedBehindItsWords(), "last words");
            // It closes the server's connection behind the bytes: the server's answer goes lost, unless it is faster
            // than that.
            case TOXIPROXY -> {
                Clients.End end = Clients.End.NONE;
                for (int tries = 0; tries < 20 && end == Clients.End.NONE; tries++) {
                    end = endOf(endedBehindItsWords());
                }
                assertThat(end).isNotEqualTo(Clients.End.NONE);
            }
        }
    }

    private Socket endedBehindItsWords() throws IOException {
        Socket socket = clients.connect(proxy);
        write(socket, "last words");
        socket.shutdownOutput();
        return socket;
    }

    @Test
    void aConnectionThatWasOpenIsResetOrClosedByResetPeer() throws Exception {
        Socket socket = clients.connect(proxy);
        roundTrip(socket);
        proxy.toxics().resetPeer("reset", ToxicDirection.DOWNSTREAM, 0);
        write(socket, "hello");

        assertThat(endOf(socket))
                .isEqualTo(
                        switch (kind) {
                            case BUILT_IN -> Clients.End.RESET;
                            case TOXIPROXY -> Clients.End.CLOSED;
                        });
    }

    @Test
    void removingAResetPeerWhoseTimeoutRunsResetsAtOnceOrWaits() throws Exception {
        long timeoutMillis = switch (kind) {
            case BUILT_IN -> HOUR;
            case TOXIPROXY -> 700;
        };
        var reset = proxy.toxics().resetPeer("reset", ToxicDirection.UPSTREAM, timeoutMillis);
        Socket socket = clients.connect(proxy);
        long started = System.nanoTime();
        write(socket, "hello");
        assertNothingComes(socket);

        reset.remove();
        long removed = System.nanoTime() - started;

        assertThat(endOf(socket)).isEqualTo(Clients.End.RESET);
        switch (kind) {
            case BUILT_IN -> assertThat(removed).isLessThan(TimeUnit.MILLISECONDS.toNanos(HOUR));
            case TOXIPROXY -> assertThat(removed).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(700));
        }
    }

    @Test
    void aToxicThatComesLeavesTheOneBeforeItAloneOrMakesItLetGo() throws Exception {
        Socket socket = clients.connect(proxy);
        Latency latency = proxy.toxics().latency("slow", ToxicDirection.DOWNSTREAM, HOUR);
        write(socket, "held");
        assertNothingComes(socket);

        proxy.toxics().slowClose("behind", ToxicDirection.DOWNSTREAM, 0);

        switch (kind) {
            case BUILT_IN -> {
                assertNothingComes(socket);
                latency.remove();
                assertComes(socket, "held");
            }
            case TOXIPROXY -> assertComes(socket, "held");
        }
    }

    @Test
    void toxicityIsDrawnOnceOrAgainWheneverTheToxicBehindChanges() throws Exception {
        long delay = TimeUnit.MILLISECONDS.toNanos(150);
        proxy.toxics().latency("slow", ToxicDirection.DOWNSTREAM, 150).setToxicity(0.5f);
        Socket affected = clients.connect(proxy);
        while (roundTrip(affected) < delay) {
            affected = clients.connect(proxy);
        }

        boolean spared = false;
        for (int i = 0; i < 15; i++) {
            proxy.toxics().slowClose("behind", ToxicDirection.DOWNSTREAM, 0).remove();
            spared |= roundTrip(affected) < delay;
        }

        assertThat(spared).isEqualTo(kind == ServerUnderTest.TOXIPROXY);
    }

    @Test
    void wordsOfTheApiDiffer() throws Exception {
        JsonNode toxic = post("/proxies/primary/toxics", "{\"type\":\"latency\",\"stream\":\"UPSTREAM\"}");
        JsonNode refused = post("/proxies/primary/toxics", "{\"type\":\"latency\",\"attributes\":{\"latency\":\"x\"}}");
        JsonNode told = post("/proxies/primary", "{}");

        String stream = toxic.get("stream").stringValue();
        String reason = refused.get("error").stringValue();
        switch (kind) {
            case BUILT_IN -> {
                assertThat(stream).isEqualTo("upstream");
                assertThat(reason).isEqualTo("bad request body: latency must be a whole number");
                assertThat(told.has("Logger")).isFalse();
            }
            case TOXIPROXY -> {
                assertThat(stream).isEqualTo("UPSTREAM");
                assertThat(reason).startsWith("bad request body: json: cannot unmarshal string");
                assertThat(told.has("Logger")).isTrue();
            }
        }
    }

    private static JsonNode post(String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(server.uri().resolve(path))
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return new ObjectMapper().readTree(answer.body());
    }
}
