package dev.rehearsal.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HttpServiceReaderTest {
    private static final String FULL = Written.MINIMAL + """
            workload:
              services:
                - name: shop
                  rate: 100/s
                  pool: { size: 8 }
                  simulation: com.example.Visits
                  source: load
                  transactions: [ { name: read order } ]
                  http:
                    command: [ java, -jar, shop.jar, "--server.port=${port}" ]
                    directory: service
                    ready: http://127.0.0.1:${port}/health
            """;

    @TempDir
    private Path folder;

    private Written written;

    @BeforeEach
    void writeFolders() throws IOException {
        written = Written.in(folder);
        Files.writeString(Files.createDirectories(folder.resolve("load")).resolve("Visits.java"), "class Visits {}");
        Files.createDirectories(folder.resolve("service"));
    }

    @Test
    void aSimulationTalksToAProgram() throws Exception {
        Workload.Service shop = written.load(FULL).workload().services().getFirst();

        assertThat(shop.pool().size()).isEqualTo(8);
        assertThat(shop.http())
                .contains(new HttpService(
                        List.of("java", "-jar", "shop.jar", "--server.port=${port}"),
                        folder.resolve("service"),
                        Map.of(),
                        "http://127.0.0.1:${port}/health",
                        Duration.ofSeconds(60),
                        Map.of("baseUrl", "http://127.0.0.1:${port}")));
    }

    @Test
    void severalDatabasesNeedAPortEach() throws Exception {
        String several = FULL + "databases: { count: 3 }\n";

        assertThat(written.load(several).databases()).isPresent();
        assertThat(written.problems(
                        several.replace("ready: http://127.0.0.1:${port}/", "ready: http://127.0.0.1:8080/")))
                .singleElement()
                .asString()
                .endsWith(
                        "databases: each has a shop of its own, and they cannot all listen at one port; write ${port} in"
                                + " the service's http.ready");
    }

    @Test
    void itsPortStandsWhereverItIsNamed() throws Exception {
        Workload workload = written.load(FULL + """
                                environment: { SERVER_PORT: "${port}" }
                                readyWithin: 2m
                                properties: { shop.url: "http://localhost:${port}/api", users: "1" }
                        """).workload();

        assertThat(workload.listening(Map.of("shop", 4711))
                        .services()
                        .getFirst()
                        .http())
                .contains(new HttpService(
                        List.of("java", "-jar", "shop.jar", "--server.port=4711"),
                        folder.resolve("service"),
                        Map.of("SERVER_PORT", "4711"),
                        "http://127.0.0.1:4711/health",
                        Duration.ofMinutes(2),
                        Map.of("shop.url", "http://localhost:4711/api", "users", "1")));
        assertThat(workload.listening(Map.of())).isEqualTo(workload);
    }

    @Test
    void isWrittenAsItWasUnderstood() throws Exception {
        written.assertWrittenAsUnderstood(written.load(FULL));
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(
                        "        command: [ java, -jar, shop.jar, \"--server.port=${port}\" ]\n",
                        "",
                        true,
                        List.of(
                                "16:9: workload.services[0].http: 'command' is missing; write e.g. http: { command: [ java,"
                                        + " -jar, shop.jar ], ready: \"http://127.0.0.1:${port}/health\" }")),
                Arguments.of(
                        "        ready: http://127.0.0.1:${port}/health\n",
                        "",
                        true,
                        List.of(
                                "16:9: workload.services[0].http: 'ready' is missing; write a URL of http: on this machine,"
                                        + " e.g. http://127.0.0.1:${port}/health")),
                Arguments.of(
                        "http://127.0.0.1:${port}/health",
                        "https://shop.example/health",
                        true,
                        List.of("18:16: workload.services[0].http.ready: must be a URL of http: on this machine, e.g."
                                + " http://127.0.0.1:${port}/health, got https://shop.example/health")),
                Arguments.of(
                        "directory: service",
                        "directory: services",
                        false,
                        List.of(
                                "17:20: workload.services[0].http.directory: there is no folder services; name the one that"
                                        + " the service is started in")),
                Arguments.of(
                        "pool: { size: 8 }",
                        "pool: { size: 8, connectionTimeout: 2s }",
                        true,
                        List.of(
                                "11:43: workload.services[0].pool.connectionTimeout: is said by the service itself; set it"
                                        + " there")),
                Arguments.of(
                        "pool: { size: 8 }",
                        "statementTimeout: 5s",
                        true,
                        List.of(
                                "11:25: workload.services[0].statementTimeout: is said by the service itself; set it there")),
                Arguments.of(
                        "      simulation: com.example.Visits\n      source: load\n      transactions: [ { name: read order } ]\n",
                        "      operations: [ { name: read, transaction: select 1 } ]\n",
                        true,
                        List.of(
                                "14:9: workload.services[0].http: belongs to a simulation; name its class, or remove this")));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void saysWhereWhatAndWhatToDo(String text, String instead, boolean schemaKnows, List<String> problems) {
        written.assertRefused(FULL.replace(text, instead), schemaKnows, problems);
    }
}
