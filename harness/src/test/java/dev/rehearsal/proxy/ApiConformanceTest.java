package dev.rehearsal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** What Toxiproxy's API answers, asked of both servers. */
class ApiConformanceTest extends ConformanceTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void deleteProxies() throws Exception {
        for (String name : JSON.readTree(send("GET", "/proxies", "").body()).propertyNames()) {
            send("DELETE", "/proxies/" + name, "");
        }
    }

    @Test
    void makesAProxyOnAFreePortAndSaysWhich() throws Exception {
        HttpResponse<String> created =
                send("POST", "/proxies", "{\"name\":\"pg\",\"listen\":\"localhost:0\",\"upstream\":\"127.0.0.1:1\"}");

        assertThat(created.statusCode()).isEqualTo(201);
        JsonNode proxy = JSON.readTree(created.body());
        assertThat(proxy.propertyNames()).containsExactlyInAnyOrder("name", "listen", "upstream", "enabled", "toxics");
        assertThat(proxy.get("listen").stringValue()).matches("127\\.0\\.0\\.1:[1-9][0-9]+");
        assertThat(proxy.get("enabled").booleanValue()).isTrue();
        assertThat(proxy.get("toxics")).isEmpty();
        assertThat(send("GET", "/proxies/pg", "").body().strip())
                .isEqualTo(created.body().strip());
        assertThat(JSON.readTree(send("GET", "/proxies", "").body()).get("pg")).isEqualTo(proxy);
    }

    @Test
    void makesADisabledProxyWithoutListening() throws Exception {
        HttpResponse<String> created = send(
                "POST",
                "/proxies",
                "{\"name\":\"pg\",\"listen\":\"127.0.0.1:0\",\"upstream\":\"127.0.0.1:1\",\"enabled\":false}");

        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(JSON.readTree(created.body()))
                .isEqualTo(JSON.readTree("{\"name\":\"pg\",\"listen\":\"127.0.0.1:0\",\"upstream\":\"127.0.0.1:1\","
                        + "\"enabled\":false,\"toxics\":[]}"));
    }

    @Test
    void saysWhenAPortIsTaken() throws Exception {
        try (ServerSocket occupant = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            HttpResponse<String> answer = send(
                    "POST",
                    "/proxies",
                    "{\"name\":\"pg\",\"listen\":\"127.0.0.1:" + occupant.getLocalPort()
                            + "\",\"upstream\":\"127.0.0.1:1\"}");

            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(JSON.readTree(answer.body()).get("status").intValue()).isEqualTo(500);
            assertThat(JSON.readTree(answer.body()).get("error").stringValue())
                    .isEqualTo("listen tcp 127.0.0.1:" + occupant.getLocalPort() + ": bind: address already in use");
            assertThat(send("GET", "/proxies/pg", "").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void addsToxicsWithDefaultsAndListsUpstreamOnesFirst() throws Exception {
        createPg();
        HttpResponse<String> down =
                send("POST", "/proxies/pg/toxics", "{\"type\":\"latency\",\"attributes\":{\"latency\":50}}");
        HttpResponse<String> up = send(
                "POST",
                "/proxies/pg/toxics",
                "{\"type\":\"bandwidth\",\"name\":\"slow\",\"stream\":\"upstream\",\"toxicity\":0.5,\"attributes\":{\"rate\":7}}");

        String latency =
                "{\"attributes\":{\"latency\":50,\"jitter\":0},\"name\":\"latency_downstream\",\"type\":\"latency\","
                        + "\"stream\":\"downstream\",\"toxicity\":1}";
        String bandwidth =
                "{\"attributes\":{\"rate\":7},\"name\":\"slow\",\"type\":\"bandwidth\",\"stream\":\"upstream\","
                        + "\"toxicity\":0.5}";
        assertThat(List.of(down.statusCode(), up.statusCode())).containsExactly(200, 200);
        assertSameJson(down.body(), latency);
        assertSameJson(up.body(), bandwidth);
        assertSameJson(send("GET", "/proxies/pg/toxics", "").body(), "[" + bandwidth + "," + latency + "]");
        assertSameJson(send("GET", "/proxies/pg/toxics/slow", "").body(), bandwidth);
        assertThat(JSON.readTree(send("GET", "/proxies/pg", "").body()).get("toxics"))
                .hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"POST", "PATCH"})
    void updatesOnlyWhatIsMentioned(String method) throws Exception {
        createPg();
        send("POST", "/proxies/pg/toxics", "{\"type\":\"latency\",\"attributes\":{\"latency\":50,\"jitter\":5}}");

        HttpResponse<String> updated =
                send(method, "/proxies/pg/toxics/latency_downstream", "{\"attributes\":{\"jitter\":9}}");

        assertThat(updated.statusCode()).isEqualTo(200);
        assertSameJson(
                updated.body(),
                "{\"attributes\":{\"latency\":50,\"jitter\":9},\"name\":\"latency_downstream\",\"type\":\"latency\","
                        + "\"stream\":\"downstream\",\"toxicity\":1}");
    }

    @Test
    void deletesToxicsAndProxiesWithoutABody() throws Exception {
        createPg();
        send("POST", "/proxies/pg/toxics", "{\"type\":\"timeout\"}");

        HttpResponse<String> toxic = send("DELETE", "/proxies/pg/toxics/timeout_downstream", "");
        HttpResponse<String> proxy = send("DELETE", "/proxies/pg", "");

        assertThat(List.of(toxic.statusCode(), proxy.statusCode())).containsExactly(204, 204);
        assertThat(toxic.body() + proxy.body()).isEmpty();
        assertThat(send("GET", "/proxies", "").body()).isEqualTo("{}");
    }

    @Test
    void resetEnablesProxiesAndRemovesToxics() throws Exception {
        createPg();
        send("POST", "/proxies/pg/toxics", "{\"type\":\"reset_peer\",\"stream\":\"upstream\"}");
        send("POST", "/proxies/pg", "{\"enabled\":false}");

        HttpResponse<String> answer = send("POST", "/reset", "");

        assertThat(answer.statusCode()).isEqualTo(204);
        JsonNode proxy = JSON.readTree(send("GET", "/proxies/pg", "").body());
        assertThat(proxy.get("enabled").booleanValue()).isTrue();
        assertThat(proxy.get("toxics")).isEmpty();
    }

    @Test
    void populateReplacesWhatDiffersAndKeepsWhatIsTheSame() throws Exception {
        JsonNode first = JSON.readTree(send(
                        "POST",
                        "/populate",
                        "[{\"name\":\"a\",\"listen\":\"127.0.0.1:0\",\"upstream\":\"127.0.0.1:1\"},"
                                + "{\"name\":\"b\",\"listen\":\"127.0.0.1:0\",\"upstream\":\"127.0.0.1:1\",\"enabled\":false}]")
                .body());
        String listen = first.get("proxies").get(0).get("listen").stringValue();
        send("POST", "/proxies/a/toxics", "{\"type\":\"latency\"}");

        HttpResponse<String> again = send(
                "POST", "/populate", "[{\"name\":\"a\",\"listen\":\"" + listen + "\",\"upstream\":\"127.0.0.1:1\"}]");
        HttpResponse<String> moved = send(
                "POST", "/populate", "[{\"name\":\"a\",\"listen\":\"" + listen + "\",\"upstream\":\"127.0.0.1:2\"}]");

        assertThat(first.get("proxies").get(1).get("enabled").booleanValue()).isFalse();
        assertThat(again.statusCode()).isEqualTo(201);
        assertThat(JSON.readTree(again.body()).get("proxies").get(0).get("toxics"))
                .hasSize(1);
        assertThat(JSON.readTree(moved.body()).get("proxies").get(0).get("toxics"))
                .isEmpty();
        assertThat(JSON.readTree(send("GET", "/proxies/a", "").body())
                        .get("upstream")
                        .stringValue())
                .isEqualTo("127.0.0.1:2");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET    | /proxies/none                    |                                                                   | 404 | proxy not found
            DELETE | /proxies/none                    |                                                                   | 404 | proxy not found
            POST   | /proxies/none                    | {"enabled":false}                                                 | 404 | proxy not found
            GET    | /proxies/none/toxics             |                                                                   | 404 | proxy not found
            GET    | /proxies/pg/toxics/none          |                                                                   | 404 | toxic not found
            DELETE | /proxies/pg/toxics/none          |                                                                   | 404 | toxic not found
            POST   | /proxies/pg/toxics/none          | {"toxicity":1}                                                    | 404 | toxic not found
            POST   | /proxies                         | {"name":"pg","listen":"127.0.0.1:0","upstream":"127.0.0.1:1"}     | 409 | proxy already exists
            POST   | /proxies                         | {"listen":"127.0.0.1:0","upstream":"127.0.0.1:1"}                 | 400 | missing required field: name
            POST   | /proxies                         | {"name":"x","listen":"127.0.0.1:0"}                               | 400 | missing required field: upstream
            POST   | /proxies                         |                                                                   | 400 | bad request body: EOF
            POST   | /proxies/pg/toxics               | {"type":"sharks"}                                                 | 400 | invalid toxic type
            POST   | /proxies/pg/toxics               | {"type":"latency","stream":"sideways"}                            | 400 | stream was invalid, can be either upstream or downstream
            POST   | /proxies                         | null                                                              | 400 | missing required field: name
            POST   | /proxies                         | {"name":"x","listen":"here","upstream":"127.0.0.1:1"}             | 500 | listen tcp: address here: missing port in address
            POST   | /proxies                         | {"name":"x","listen":"127.0.0.1:99999","upstream":"127.0.0.1:1"}  | 500 | listen tcp: address 99999: invalid port
            POST   | /proxies                         | {"name":"x","listen":"127.0.0.1:pg","upstream":"127.0.0.1:1"}     | 500 | listen tcp: lookup tcp/pg: unknown port
            PATCH  | /proxies/pg                      | {"listen":"here"}                                                 | 500 | address here: missing port in address
            PATCH  | /proxies/pg                      |                                                                   | 400 | bad request body: EOF
            """)
    void refusesInToxiproxysWords(String method, String path, String body, int status, String error) throws Exception {
        createPg();

        HttpResponse<String> answer = send(method, path, body == null ? "" : body);

        assertThat(answer.statusCode()).isEqualTo(status);
        JsonNode json = JSON.readTree(answer.body());
        assertThat(json.get("error").stringValue()).isEqualTo(error);
        assertThat(json.get("status").intValue()).isEqualTo(status);
        assertThat(contentType(answer)).isEqualTo("text/plain; charset=utf-8");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /proxies                  | {"name":
            /proxies                  | []
            /proxies                  | {"name":7,"upstream":"127.0.0.1:1"}
            /proxies/pg               | {"enabled":"yes"}
            /proxies/pg/toxics        | {"type":"latency","attributes":{"latency":"50"}}
            /proxies/pg/toxics        | {"type":"latency","attributes":{"latency":0.5}}
            /populate                 | {"name":"x"}
            """)
    void refusesWhatItCannotRead(String path, String body) throws Exception {
        createPg();

        HttpResponse<String> answer = send("POST", path, body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(JSON.readTree(answer.body()).get("error").stringValue()).startsWith("bad request body: ");
    }

    @Test
    void refusesToPopulateInOneAnswerWithWhatItDid() throws Exception {
        try (ServerSocket occupant = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            HttpResponse<String> missing =
                    send("POST", "/populate", "[{\"name\":\"x\",\"upstream\":\"127.0.0.1:1\"},{\"name\":\"y\"}]");
            HttpResponse<String> taken = send(
                    "POST",
                    "/populate",
                    "[{\"name\":\"a\",\"listen\":\"127.0.0.1:0\",\"upstream\":\"127.0.0.1:1\"},"
                            + "{\"name\":\"b\",\"listen\":\"127.0.0.1:" + occupant.getLocalPort()
                            + "\",\"upstream\":\"127.0.0.1:1\"}]");

            assertThat(List.of(missing.statusCode(), taken.statusCode())).containsExactly(400, 500);
            assertSameJson(
                    missing.body(),
                    "{\"error\":\"missing required field: upstream at proxy 2\",\"status\":400,\"proxies\":null}");
            JsonNode json = JSON.readTree(taken.body());
            assertThat(json.get("error").stringValue()).endsWith(": bind: address already in use");
            assertThat(json.get("proxies").get(0).get("name").stringValue()).isEqualTo("a");
            assertThat(JSON.readTree(send("GET", "/proxies", "").body()).propertyNames())
                    .containsExactly("a");
            assertThat(contentType(taken)).isEqualTo("application/json");
        }
    }

    @ParameterizedTest
    @CsvSource({"null", "[]"})
    void populatesNothing(String body) throws Exception {
        HttpResponse<String> answer = send("POST", "/populate", body);

        assertThat(answer.statusCode()).isEqualTo(201);
        assertSameJson(answer.body(), "{\"proxies\":null}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            noop       | {}
            latency    | {"latency":0,"jitter":0}
            bandwidth  | {"rate":0}
            slow_close | {"delay":0}
            timeout    | {"timeout":0}
            reset_peer | {"timeout":0}
            slicer     | {"average_size":0,"size_variation":0,"delay":0}
            limit_data | {"bytes":0}
            """)
    void knowsEachToxicAndItsAttributes(String type, String attributes) throws Exception {
        createPg();

        HttpResponse<String> answer =
                send("POST", "/proxies/pg/toxics", "{\"type\":\"" + type + "\",\"stream\":\"upstream\"}");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertSameJson(
                answer.body(),
                "{\"attributes\":" + attributes + ",\"name\":\"" + type + "_upstream\",\"type\":\"" + type
                        + "\",\"stream\":\"upstream\",\"toxicity\":1}");
    }

    @Test
    void updatesToxicityAndIgnoresWhatAToxicKeeps() throws Exception {
        createPg();
        send(
                "POST",
                "/proxies/pg/toxics",
                "{\"type\":\"slicer\",\"attributes\":{\"average_size\":64,\"size_variation\":32,\"delay\":10}}");

        HttpResponse<String> updated = send(
                "PATCH",
                "/proxies/pg/toxics/slicer_downstream",
                "{\"name\":\"x\",\"type\":\"latency\",\"stream\":\"upstream\",\"toxicity\":0.25}");

        assertSameJson(
                updated.body(),
                "{\"attributes\":{\"average_size\":64,\"size_variation\":32,\"delay\":10},"
                        + "\"name\":\"slicer_downstream\",\"type\":\"slicer\",\"stream\":\"downstream\",\"toxicity\":0.25}");
    }

    @Test
    void readsNamesInAnyCaseAndNothingBehindTheBody() throws Exception {
        HttpResponse<String> answer = send(
                "POST",
                "/proxies",
                "{\"Name\":\"pg\",\"LISTEN\":\"127.0.0.1:0\",\"upstream\":\"127.0.0.1:1\",\"enabled\":false,\"x\":1} {");

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(JSON.readTree(answer.body()).get("name").stringValue()).isEqualTo("pg");
    }

    @Test
    void aProxyThatCannotMoveIsDisabledWhereItWasToGo() throws Exception {
        createPg();
        try (ServerSocket occupant = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String taken = "127.0.0.1:" + occupant.getLocalPort();

            HttpResponse<String> answer = send("PATCH", "/proxies/pg", "{\"listen\":\"" + taken + "\"}");

            assertThat(answer.statusCode()).isEqualTo(500);
            JsonNode proxy = JSON.readTree(send("GET", "/proxies/pg", "").body());
            assertThat(proxy.get("listen").stringValue()).isEqualTo(taken);
            assertThat(proxy.get("enabled").booleanValue()).isFalse();
        }
    }

    @Test
    void listensEverywhereWhenItIsNotToldWhere() throws Exception {
        HttpResponse<String> answer = send("POST", "/proxies", "{\"name\":\"pg\",\"upstream\":\"127.0.0.1:1\"}");

        assertThat(JSON.readTree(answer.body()).get("listen").stringValue()).matches("\\[::]:[1-9][0-9]+");
    }

    @Test
    void refusesASecondToxicOfTheSameName() throws Exception {
        createPg();
        send("POST", "/proxies/pg/toxics", "{\"type\":\"latency\",\"name\":\"one\"}");

        HttpResponse<String> answer =
                send("POST", "/proxies/pg/toxics", "{\"type\":\"timeout\",\"name\":\"one\",\"stream\":\"upstream\"}");

        assertSameJson(answer.body(), "{\"error\":\"toxic already exists\",\"status\":409}");
    }

    @Test
    void refusesBrowsersAndUnknownPaths() throws Exception {
        HttpResponse<String> browser = client.send(
                HttpRequest.newBuilder(server.uri().resolve("/proxies"))
                        .header("User-Agent", "Mozilla/5.0")
                        .build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(browser.statusCode()).isEqualTo(403);
        for (String path : List.of("/nothing", "/proxies/", "/proxies/pg/nothing", "/proxies/pg/toxics/x/y")) {
            HttpResponse<String> answer = send("GET", path, "");
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.body()).isEqualTo("404 page not found\n");
        }
        assertThat(send("DELETE", "/proxies", "").statusCode()).isEqualTo(405);
    }

    @Test
    void tellsItsVersion() throws Exception {
        HttpResponse<String> answer = send("GET", "/version", "");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(answer.body()).get("version").isString()).isTrue();
    }

    private static String contentType(HttpResponse<String> answer) {
        return answer.headers().firstValue("Content-Type").orElse("");
    }

    private void createPg() throws IOException, InterruptedException {
        send("POST", "/proxies", "{\"name\":\"pg\",\"listen\":\"127.0.0.1:0\",\"upstream\":\"127.0.0.1:1\"}");
    }

    private static void assertSameJson(String actual, String expected) {
        assertThat((Object) JSON.readTree(actual)).isEqualTo(JSON.readTree(expected));
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest.BodyPublisher publisher =
                body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        HttpResponse.BodyHandler<String> handler = info -> HttpResponse.BodySubscribers.mapping(
                HttpResponse.BodySubscribers.ofString(java.nio.charset.StandardCharsets.UTF_8),
                // Toxiproxy lets this slip out; it means nothing.
                text -> text.replace(",\"Logger\":{}", ""));
        return client.send(
                HttpRequest.newBuilder(server.uri().resolve(path))
                        .method(method, publisher)
                        .build(),
                handler);
    }
}
