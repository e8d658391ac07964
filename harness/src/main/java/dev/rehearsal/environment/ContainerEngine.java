package dev.rehearsal.environment;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The container engine of this machine, asked before anything is started in it: is there one, does it let us in, what can it do, which images
 * does it have. Quick (milliseconds), and none of Testcontainers is loaded for it.
 *
 * <p>Safe for use by several threads.
 */
public final class ContainerEngine {
    private final Optional<EngineAddress> address;
    private final EngineReport report;

    private ContainerEngine(Optional<EngineAddress> address, EngineReport report) {
        this.address = address;
        this.report = report;
    }

    /** The engine that Docker's own client would use, by {@code DOCKER_HOST}, its current context, or the usual sockets. */
    public static ContainerEngine find() {
        return find(System.getenv());
    }

    static ContainerEngine find(Map<String, String> environment) {
        List<EngineAddress> candidates = EngineAddress.candidates(environment);
        if (candidates.isEmpty()) {
            String host = environment.getOrDefault("DOCKER_HOST", "").strip();
            return unreachable(
                    host.isEmpty()
                            ? "No container engine was found on this machine."
                            : "DOCKER_HOST is no address of a container engine: " + host + ".",
                    host.isEmpty()
                            ? "Install and start one (Debian and Ubuntu: apt-get install docker.io), or take --runtime local."
                            : "Write e.g. unix:///var/run/docker.sock, or unset it.");
        }
        List<ContainerEngine> silent = new ArrayList<>();
        for (EngineAddress candidate : candidates) {
            if (candidate.isRemote()) {
                return new ContainerEngine(Optional.of(candidate), new EngineReport.Remote(candidate.toString()));
            }
            ContainerEngine engine = ask(candidate);
            if (engine.report instanceof EngineReport.Reachable) {
                return engine;
            }
            silent.add(engine);
        }
        return silent.getFirst();
    }

    public EngineReport report() {
        return report;
    }

    /** For Testcontainers; of an engine that answers. */
    URI uri() {
        return address.orElseThrow().uri();
    }

    /**
     * The id of an image that the engine has, such as {@code sha256:4f…}; empty if it has none of that name, or does not answer. Nothing is
     * pulled.
     *
     * @param name as in {@code docker run}, such as {@code postgres:18}
     */
    public Optional<String> imageId(String name) {
        try {
            String path = "/images/"
                    + URLEncoder.encode(name, StandardCharsets.UTF_8)
                            .replace("%2F", "/")
                            .replace("%3A", ":") + "/json";
            return address.flatMap(found -> answer(found, path))
                    .map(json -> json.path("Id").asString(""))
                    .filter(id -> !id.isEmpty());
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private static Optional<JsonNode> answer(EngineAddress address, String path) {
        try {
            EngineHttp.Answer answer = new EngineHttp(address).get(path);
            return answer.status() == 200 ? Optional.of(JsonMapper.shared().readTree(answer.body())) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static ContainerEngine ask(EngineAddress address) {
        EngineHttp http = new EngineHttp(address);
        try {
            EngineHttp.Answer info = http.get("/info");
            EngineHttp.Answer version = http.get("/version");
            if (info.status() != 200 || version.status() != 200) {
                return unreachable(
                        "What answers at " + address + " is no container engine that works: HTTP status "
                                + info.status() + ", " + line(info.body()),
                        "Look at the engine's log, or take --runtime local.");
            }
            return new ContainerEngine(
                    Optional.of(address),
                    reachable(
                            address,
                            JsonMapper.shared().readTree(info.body()),
                            JsonMapper.shared().readTree(version.body())));
        } catch (IOException e) {
            return isRefused(address, e)
                    ? unreachable(
                            "The container engine at " + address + " does not let this user in.",
                            "Add the user to the socket's group (sudo usermod -aG docker $USER, then log in again), or take --runtime local.")
                    : unreachable(
                            "No container engine answers at " + address + ": " + reason(e) + ".",
                            "Start it (sudo systemctl start docker), correct DOCKER_HOST, or take --runtime local.");
        } catch (JacksonException e) {
            return unreachable(
                    "What answers at " + address + " is no container engine: its answer is not JSON.",
                    "Correct DOCKER_HOST, or take --runtime local.");
        }
    }

    /** Java's message for a socket without permission is the system's, so the file is asked, too. */
    private static boolean isRefused(EngineAddress address, IOException e) {
        return address.isSocket()
                && Files.exists(address.socket())
                && (!Files.isWritable(address.socket())
                        || String.valueOf(e.getMessage())
                                .toLowerCase(Locale.ROOT)
                                .contains("permission denied"));
    }

    static EngineReport.Reachable reachable(EngineAddress address, JsonNode info, JsonNode version) {
        List<String> security = StreamSupport.stream(
                        info.path("SecurityOptions").spliterator(), false)
                .map(option -> option.asString(""))
                .toList();
        boolean podman = StreamSupport.stream(version.path("Components").spliterator(), false)
                .anyMatch(component -> component.path("Name").asString("").contains("Podman"));
        return new EngineReport.Reachable(
                address.uri().toString(),
                podman ? "Podman" : "Docker",
                version.path("Version").asString(""),
                version.path("ApiVersion").asString(""),
                info.path("OperatingSystem").asString(""),
                info.path("OSType").asString("linux"),
                info.path("Architecture").asString(""),
                info.path("NCPU").asInt(0),
                info.path("MemTotal").asLong(0),
                security.stream().anyMatch(option -> option.startsWith("name=rootless")));
    }

    private static ContainerEngine unreachable(String reason, String remedy) {
        return new ContainerEngine(
                Optional.empty(), new EngineReport.Unreachable(new EngineReport.Refusal(reason, remedy)));
    }

    private static String line(String body) {
        return body.lines().findFirst().map(String::strip).orElse("no text");
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
