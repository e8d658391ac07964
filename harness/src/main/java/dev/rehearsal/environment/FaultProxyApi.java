package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The little of Toxiproxy's HTTP API that starting an environment takes. */
final class FaultProxyApi {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private FaultProxyApi() {}

    /**
     * Makes a proxy.
     *
     * @param listen an address of the proxy's machine; port 0 takes a free one
     * @return the port that it listens on there
     * @throws EnvironmentException if the server refuses, or is no Toxiproxy
     */
    static int add(URI api, String name, String listen, String upstream) throws EnvironmentException {
        Map<String, Object> proxy = Map.of("name", name, "listen", listen, "upstream", upstream, "enabled", true);
        HttpRequest request = HttpRequest.newBuilder(api.resolve("/proxies"))
                .header("Content-Type", "application/json")
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofString(JsonMapper.shared().writeValueAsString(proxy)))
                .build();
        try {
            HttpResponse<String> answer = send(request);
            if (answer.statusCode() != 201) {
                throw refuses(answer.statusCode() + " " + answer.body());
            }
            String address =
                    JsonMapper.shared().readTree(answer.body()).path("listen").asString("");
            return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        } catch (IOException | JacksonException | NumberFormatException e) {
            throw refuses(String.valueOf(e.getMessage()));
        }
    }

    /** Changes some of a proxy's fields. */
    static void update(URI api, String name, Map<String, Object> fields) throws EnvironmentException {
        HttpRequest request = HttpRequest.newBuilder(api.resolve("/proxies/" + name))
                .header("Content-Type", "application/json")
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofString(JsonMapper.shared().writeValueAsString(fields)))
                .build();
        expect(200, request);
    }

    static void remove(URI api, String name) throws EnvironmentException {
        expect(
                204,
                HttpRequest.newBuilder(api.resolve("/proxies/" + name))
                        .timeout(PATIENCE)
                        .DELETE()
                        .build());
    }

    private static void expect(int status, HttpRequest request) throws EnvironmentException {
        try {
            HttpResponse<String> answer = send(request);
            if (answer.statusCode() != status) {
                throw refuses(answer.statusCode() + " " + answer.body());
            }
        } catch (IOException e) {
            throw refuses(String.valueOf(e.getMessage()));
        }
    }

    /** Of the server; empty if it does not answer as Toxiproxy does, or not yet. */
    static Optional<String> version(URI api) throws EnvironmentException {
        HttpRequest request = HttpRequest.newBuilder(api.resolve("/version"))
                .timeout(PATIENCE)
                .build();
        try {
            HttpResponse<String> answer = send(request);
            JsonNode version = JsonMapper.shared().readTree(answer.body()).path("version");
            return answer.statusCode() == 200 && version.isString()
                    ? Optional.of(version.asString())
                    : Optional.empty();
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }

    private static HttpResponse<String> send(HttpRequest request) throws IOException, EnvironmentException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentException("interrupted while the fault proxy was set up", "Start again.", e);
        }
    }

    private static EnvironmentException refuses(String why) {
        return new EnvironmentException(
                "the fault proxy refuses: " + why,
                "Toxiproxy 2 is wanted: name another image in environment.proxyImage, or, on this machine, another program in "
                        + LocalFaultProxy.VARIABLE + ".");
    }
}
