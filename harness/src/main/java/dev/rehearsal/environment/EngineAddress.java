package dev.rehearsal.environment;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where a container engine may listen.
 *
 * @param foundBy where the address is from, such as {@code DOCKER_HOST}; empty for the places where engines listen by themselves
 */
record EngineAddress(URI uri, String foundBy) {
    private static final String DEFAULT_SOCKET = "/var/run/docker.sock";

    /** What Docker's own client does: DOCKER_HOST, else the current context, else the usual sockets; those of Podman come last. */
    static List<EngineAddress> candidates(Map<String, String> environment) {
        String host = environment.getOrDefault("DOCKER_HOST", "").strip();
        if (!host.isEmpty()) {
            return parse(host, "DOCKER_HOST").stream().toList();
        }
        Optional<EngineAddress> context = ofContext(environment);
        if (context.isPresent()) {
            return List.of(context.get());
        }
        List<String> sockets = new ArrayList<>(List.of(DEFAULT_SOCKET));
        String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        String home = environment.getOrDefault("HOME", "");
        if (!runtime.isEmpty()) {
            sockets.add(runtime + "/docker.sock");
        }
        if (!home.isEmpty()) {
            sockets.addAll(List.of(
                    home + "/.docker/run/docker.sock",
                    home + "/.docker/desktop/docker.sock",
                    home + "/.colima/default/docker.sock"));
        }
        if (!runtime.isEmpty()) {
            sockets.add(runtime + "/podman/podman.sock");
        }
        sockets.add("/run/podman/podman.sock");
        return sockets.stream()
                .filter(socket -> Files.exists(Path.of(socket)))
                .map(socket -> new EngineAddress(URI.create("unix://" + socket), ""))
                .toList();
    }

    /** Empty for what is no address at all; it is for the caller to say so. */
    static Optional<EngineAddress> parse(String text, String foundBy) {
        try {
            URI uri = URI.create(text.contains("://") ? text : "tcp://" + text);
            return Optional.of(new EngineAddress(uri, foundBy));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** A socket of this machine's file system. */
    boolean isSocket() {
        return "unix".equals(uri.getScheme());
    }

    Path socket() {
        return Path.of(uri.getPath());
    }

    /** On another machine, or at least not known to be on this one: its file system is not ours. */
    boolean isRemote() {
        if (isSocket()) {
            return false;
        }
        String host = uri.getHost() == null ? "" : uri.getHost();
        return !("tcp".equals(uri.getScheme())
                && List.of("localhost", "127.0.0.1", "[::1]").contains(host));
    }

    @Override
    public String toString() {
        return uri + (foundBy.isEmpty() ? "" : " (from " + foundBy + ")");
    }

    private static Optional<EngineAddress> ofContext(Map<String, String> environment) {
        String home = environment.getOrDefault("HOME", "");
        Path folder = Path.of(environment.getOrDefault("DOCKER_CONFIG", home + "/.docker"));
        try {
            String name = environment.getOrDefault("DOCKER_CONTEXT", "");
            Path config = folder.resolve("config.json");
            if (name.isEmpty() && Files.isRegularFile(config)) {
                name = json(config).path("currentContext").asString("");
            }
            if (name.isEmpty() || name.equals("default")) {
                return Optional.empty();
            }
            Path meta = folder.resolve("contexts")
                    .resolve("meta")
                    .resolve(sha256(name))
                    .resolve("meta.json");
            String host =
                    json(meta).path("Endpoints").path("docker").path("Host").asString("");
            return parse(host, "Docker's context " + name);
        } catch (IOException | JacksonException e) {
            // Docker's own client complains about its files; we look where engines usually are.
            return Optional.empty();
        }
    }

    private static JsonNode json(Path file) throws IOException {
        return JsonMapper.shared().readTree(Files.readAllBytes(file));
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
