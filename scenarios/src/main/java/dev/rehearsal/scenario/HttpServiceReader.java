package dev.rehearsal.scenario;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code http} of a service with a simulation: the program that the simulation talks to. */
final class HttpServiceReader {
    private static final Keys KEYS =
            Keys.of("command", "directory", "environment", "ready", "readyWithin", "properties");
    private static final Duration DEFAULT_READY_WITHIN = Duration.ofSeconds(60);
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Map<String, String> DEFAULT_PROPERTIES =
            Map.of("baseUrl", "http://127.0.0.1:" + HttpService.PORT);
    private static final String ADVICE =
            "write e.g. http: { command: [ java, -jar, shop.jar ], ready: \"http://127.0.0.1:${port}/health\" }";
    private static final String READY_RULE = "a URL of http: on this machine, e.g. http://127.0.0.1:${port}/health";

    private HttpServiceReader() {}

    /**
     * @param folder of the scenario's file
     * @return empty if it cannot be had; then that was reported
     */
    static Optional<HttpService> read(Value value, Path folder) {
        Block block = value.block(KEYS, ADVICE);
        List<String> command =
                block.require("command", ADVICE).map(list -> list.filledList(ADVICE)).orElse(List.of()).stream()
                        .map(word -> word.text("write a word of the command"))
                        .toList();
        Path directory = block.get("directory")
                .flatMap(written -> directory(written, folder))
                .orElse(folder);
        Optional<String> ready = block.require("ready", "write " + READY_RULE)
                .map(url -> url.text(HttpServiceReader::isLocalUrl, READY_RULE))
                .filter(url -> !url.isEmpty());
        Map<String, String> properties =
                block.get("properties").map(HttpServiceReader::texts).orElse(DEFAULT_PROPERTIES);
        Map<String, String> environment =
                block.get("environment").map(HttpServiceReader::texts).orElse(Map.of());
        Duration readyWithin = block.duration("readyWithin", SHORTEST, DEFAULT_READY_WITHIN);
        return command.isEmpty()
                ? Optional.empty()
                : ready.map(url -> new HttpService(command, directory, environment, url, readyWithin, properties));
    }

    private static Optional<Path> directory(Value value, Path folder) {
        String written = value.text("name a folder");
        Optional<Path> path = Paths.resolve(folder, written, value);
        if (path.isPresent() && !written.isEmpty() && !Files.isDirectory(path.get())) {
            value.problem("there is no folder " + written + "; name the one that the service is started in");
        }
        return path;
    }

    private static Map<String, String> texts(Value value) {
        Map<String, String> texts = new LinkedHashMap<>();
        value.named("write names and values")
                .forEach(named -> texts.put(named.name(), named.value().text("write a value")));
        return texts;
    }

    /** What it starts here listens here. */
    private static boolean isLocalUrl(String text) {
        try {
            URI url = URI.create(text.replace(HttpService.PORT, "1"));
            return "http".equals(url.getScheme())
                    && List.of("127.0.0.1", "localhost", "[::1]").contains(String.valueOf(url.getHost()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
