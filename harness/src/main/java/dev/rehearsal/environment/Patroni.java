package dev.rehearsal.environment;

import dev.rehearsal.engine.Succession;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.PatroniSpec;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What decides who leads a cluster that is not ours, asked and told over its members' REST APIs. For one thread. */
final class Patroni {
    /** A variable: who the harness is to the REST APIs, where they ask for it. */
    static final String USER = "HARNESS_PATRONI_USER";

    static final String PASSWORD = "HARNESS_PATRONI_PASSWORD";

    private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(5);

    /** Patroni answers a switchover when it is done, or when it has given up. */
    private static final Duration SWITCHOVER_PATIENCE = Duration.ofMinutes(2);

    /** So long a switchover is asked for again that no member is close enough to the leader for: one that has just come back needs a moment. */
    private static final Duration CANDIDATE_PATIENCE = Duration.ofSeconds(30);

    private static final Duration ASKED_AGAIN_AFTER = Duration.ofSeconds(1);
    private static final int NO_CANDIDATE = 412;

    private static final Duration KILL_PATIENCE = Duration.ofMinutes(1);

    /** With Patroni's own settings a leader that is gone is one for 30 s more. */
    private static final Duration ELECTION_PATIENCE = Duration.ofMinutes(3);

    /** A leader that takes writes again for so long is one that Patroni has let lead on. */
    private static final Duration LED_ON = Duration.ofSeconds(10);

    private static final Duration STEP = Duration.ofMillis(50);
    private static final String KILL_OUTPUT = "kill-leader.log";
    private static final String RUNNING = "running";
    private static final String STREAMING = "streaming";
    private static final String LEADER = "leader";

    private final PatroniSpec spec;
    private final Optional<String> authorization;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(ANSWER_PATIENCE).build();

    Patroni(PatroniSpec spec, Map<String, String> environment) {
        this.spec = spec;
        this.authorization = Optional.ofNullable(environment.get(USER))
                .map(user -> user + ":" + environment.getOrDefault(PASSWORD, ""))
                .map(pair -> "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * One of the cluster, as its API tells.
     *
     * @param state such as {@code running}
     */
    record Member(String name, String role, String state, String host, int port) {
        boolean leads() {
            return role.equals(LEADER) && state.equals(RUNNING);
        }

        boolean follows() {
            return !role.equals(LEADER) && (state.equals(RUNNING) || state.equals(STREAMING));
        }
    }

    /**
     * Asks each API, and whether the cluster has a leader and somebody who could take its place.
     *
     * @param environment variables, as of a process
     * @throws EnvironmentException if an API is production's, or does not answer, or not as Patroni's does
     */
    static Patroni reached(PatroniSpec spec, Map<String, String> environment)
            throws EnvironmentException, InterruptedException {
        Patroni patroni = new Patroni(spec, environment);
        for (int i = 0; i < spec.api().size(); i++) {
            String key = "environment.patroni.api[" + i + "]";
            URI api = spec.api().get(i);
            if (ExternalRuntime.forbidden(environment).stream().anyMatch(api.getHost()::equalsIgnoreCase)) {
                throw new EnvironmentException(
                        key + ": " + api.getHost() + " is among the names in " + ExternalRuntime.PRODUCTION_NAMES
                                + ", and nothing was asked there",
                        "Rehearse on another cluster.");
            }
            patroni.requireAnswer(key, api);
        }
        List<Member> members = patroni.cluster().members();
        if (members.stream().noneMatch(Member::leads)) {
            throw new EnvironmentException(
                    "environment.patroni: the cluster has no leader that runs: " + shown(members),
                    "See why with patronictl list, and rehearse when it has one.");
        }
        if (members.stream().noneMatch(Member::follows)) {
            throw new EnvironmentException(
                    "environment.patroni: the cluster has nobody who could take its leader's place: " + shown(members),
                    "Start another member, or remove environment.patroni.");
        }
        return patroni;
    }

    private void requireAnswer(String key, URI api) throws EnvironmentException, InterruptedException {
        try {
            members(answer(api.resolve("/cluster")));
        } catch (IOException e) {
            throw new EnvironmentException(
                    key + ": Patroni's REST API at " + api + " does not answer: " + words(e),
                    "Check the address (restapi.connect_address of that member, often port 8008), that Patroni runs there, and that no"
                            + " firewall is in between.",
                    e);
        }
    }

    /** The client says little of a connection that it could not open, or nothing. */
    private static String words(Throwable e) {
        if (Stream.iterate(e, Objects::nonNull, Throwable::getCause)
                .anyMatch(UnresolvedAddressException.class::isInstance)) {
            return "there is no host of that name";
        }
        if (e instanceof ConnectException && e.getMessage() == null) {
            return "connection refused";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /**
     * Refuses a server that is not of this cluster, as far as that can be told.
     *
     * @param address of the server
     * @param identifier of its system; empty: the role may not ask
     */
    void requireSame(String address, Optional<String> identifier) throws EnvironmentException, InterruptedException {
        if (identifier.isEmpty()) {
            return;
        }
        for (URI api : spec.api()) {
            Optional<String> other;
            try {
                // A member whose server is down says so with another status, and all the same.
                other = text(tree(sent(api.resolve("/patroni")).body()), "database_system_identifier");
            } catch (IOException e) {
                other = Optional.empty();
            }
            if (other.isPresent() && !other.equals(identifier)) {
                throw new EnvironmentException(
                        "environment.patroni: the server at " + address + " is not of the cluster at " + api
                                + ": its system identifier is " + identifier.get() + ", and that one's " + other.get(),
                        "Have environment.url lead to that cluster's leader, or name the APIs of the url's cluster.");
            }
        }
    }

    /**
     * What a member knows of it.
     *
     * @param api of that member
     */
    private record View(URI api, List<Member> members) {}

    /** As the first API tells that answers: with a machine goes the API on it. */
    private View cluster() throws EnvironmentException, InterruptedException {
        List<String> failures = new ArrayList<>();
        for (URI api : spec.api()) {
            try {
                return new View(api, members(answer(api.resolve("/cluster"))));
            } catch (IOException e) {
                failures.add(api + ": " + words(e));
            }
        }
        throw new EnvironmentException(
                "environment.patroni: no REST API answers: " + String.join("; ", failures),
                "See whether any member of the cluster is left.");
    }

    /** The leader that runs; empty while there is none, and while nobody tells. */
    private Optional<Member> leader() throws InterruptedException {
        try {
            return cluster().members().stream().filter(Member::leads).findFirst();
        } catch (EnvironmentException e) {
            return Optional.empty();
        }
    }

    private JsonNode answer(URI uri) throws IOException, InterruptedException {
        HttpResponse<String> response = sent(uri);
        if (response.statusCode() != 200) {
            throw new IOException("GET " + uri.getPath() + " gave status " + response.statusCode());
        }
        return tree(response.body());
    }

    private HttpResponse<String> sent(URI uri) throws IOException, InterruptedException {
        return client.send(request(uri).timeout(ANSWER_PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(URI uri) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        authorization.ifPresent(value -> request.header("Authorization", value));
        return request;
    }

    private static JsonNode tree(String text) throws IOException {
        try {
            return JsonMapper.shared().readTree(text);
        } catch (JacksonException e) {
            throw new IOException("what it says is no JSON", e);
        }
    }

    private static List<Member> members(JsonNode cluster) throws IOException {
        JsonNode members = cluster.get("members");
        if (members == null || !members.isArray()) {
            throw new IOException("what it says of the cluster has no members");
        }
        List<Member> found = new ArrayList<>();
        for (JsonNode member : members) {
            found.add(new Member(
                    text(member, "name").orElse(""),
                    text(member, "role").orElse(""),
                    text(member, "state").orElse(""),
                    text(member, "host").orElse(""),
                    member.path("port").asInt(0)));
        }
        return found;
    }

    private static Optional<String> text(JsonNode object, String key) {
        JsonNode value = object.get(key);
        return value == null || value.isNull() ? Optional.empty() : Optional.of(value.asString());
    }

    private static String shown(List<Member> members) {
        return members.isEmpty()
                ? "it has no members"
                : String.join(
                        ", ",
                        members.stream()
                                .map(member -> member.name() + " is a " + member.role() + ", " + member.state())
                                .toList());
    }

    /**
     * Takes the leader away, or has Patroni do that, and waits until the cluster has decided who leads it and the address takes writes again.
     *
     * @param planned whether it is a switchover
     * @param takesWrites tries the address once; false soon, if it does not answer
     * @param outputs where what the command prints is kept
     * @throws EnvironmentException if there is no leader to begin with, the switchover is refused, the command fails, or nothing takes writes in time
     */
    Succession failOver(boolean planned, BooleanSupplier takesWrites, Path outputs)
            throws EnvironmentException, InterruptedException {
        View cluster = cluster();
        Member from = cluster.members().stream()
                .filter(Member::leads)
                .findFirst()
                .orElseThrow(() -> new EnvironmentException(
                        "the cluster has no leader that could be taken away: " + shown(cluster.members()),
                        "See why with patronictl list."));
        Deed deed = planned ? switchover(cluster.api(), from) : kill(from, outputs);
        try {
            return awaited(from, deed, takesWrites);
        } finally {
            deed.close();
        }
    }

    private Succession awaited(Member from, Deed deed, BooleanSupplier takesWrites)
            throws EnvironmentException, InterruptedException {
        long begun = deed.begunNanoTime();
        long lastTaken = begun;
        long again = 0;
        boolean refused = false;
        while (System.nanoTime() - begun < ELECTION_PATIENCE.toNanos()) {
            boolean done = deed.done();
            long tried = System.nanoTime();
            if (!takesWrites.getAsBoolean()) {
                refused = true;
                again = 0;
            } else {
                again = again == 0 ? System.nanoTime() : again;
                if (!refused) {
                    lastTaken = tried;
                    again = System.nanoTime();
                }
                Optional<Member> to = done ? leader() : Optional.empty();
                boolean another = to.isPresent() && !to.get().name().equals(from.name());
                boolean ledOn = to.isPresent() && refused && System.nanoTime() - again > LED_ON.toNanos();
                if (another || ledOn) {
                    return new Succession(
                            from.name(),
                            to.get().name(),
                            Duration.ofNanos(again - deed.begunNanoTime()),
                            Duration.ofNanos(again - lastTaken));
                }
            }
            TimeUnit.NANOSECONDS.sleep(STEP.toNanos());
        }
        Optional<Member> leader = leader();
        throw new EnvironmentException(
                leader.isEmpty()
                        ? "the cluster has no leader " + ELECTION_PATIENCE.toSeconds() + " s after " + from.name()
                                + " was taken away"
                        : refused
                                ? leader.get().name() + " leads the cluster, but " + ELECTION_PATIENCE.toSeconds()
                                        + " s after " + from.name() + " was taken away environment.url takes no writes"
                                : "environment.url took writes all the time, and "
                                        + leader.get().name() + " leads the cluster: the leader was not taken away",
                "See patronictl list and history, and that the url leads to whoever is the leader.");
    }

    /** What takes the leader away. */
    private interface Deed extends AutoCloseable {
        /** When it was begun, by {@link System#nanoTime}. */
        long begunNanoTime();

        /** @throws EnvironmentException if it failed */
        boolean done() throws EnvironmentException, InterruptedException;

        @Override
        void close();
    }

    private Deed switchover(URI api, Member from) {
        HttpRequest request = request(api.resolve("/switchover"))
                .header("Content-Type", "application/json")
                .timeout(SWITCHOVER_PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofString(JsonMapper.shared()
                        .createObjectNode()
                        .put("leader", from.name())
                        .toString()))
                .build();
        return new Switchover(request, api, from);
    }

    /** Asked for until Patroni has a member for it. */
    private final class Switchover implements Deed {
        private final HttpRequest request;
        private final URI api;
        private final Member from;
        private final long first = System.nanoTime();
        private CompletableFuture<HttpResponse<String>> asked;
        private long begun = first;

        Switchover(HttpRequest request, URI api, Member from) {
            this.request = request;
            this.api = api;
            this.from = from;
            this.asked = ask();
        }

        private CompletableFuture<HttpResponse<String>> ask() {
            return client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
        }

        @Override
        public long begunNanoTime() {
            return begun;
        }

        @Override
        public boolean done() throws EnvironmentException, InterruptedException {
            HttpResponse<String> answer;
            try {
                answer = asked.get(0, TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                return false;
            } catch (ExecutionException e) {
                throw new EnvironmentException(
                        "Patroni's REST API at " + api + " did not answer the switchover: "
                                + words(e.getCause() == null ? e : e.getCause()),
                        "See whether Patroni still runs there.",
                        e);
            }
            if (answer.statusCode() / 100 == 2) {
                return true;
            }
            if (answer.statusCode() == NO_CANDIDATE && System.nanoTime() - first < CANDIDATE_PATIENCE.toNanos()) {
                TimeUnit.NANOSECONDS.sleep(ASKED_AGAIN_AFTER.toNanos());
                begun = System.nanoTime();
                asked = ask();
                return false;
            }
            throw new EnvironmentException(
                    "Patroni refused the switchover from " + from.name() + " with status " + answer.statusCode() + ": "
                            + answer.body().strip(),
                    "Often it asks for credentials (" + USER + " and " + PASSWORD
                            + "), or no member is close enough to the leader.");
        }

        @Override
        public void close() {
            asked.cancel(true);
        }
    }

    private Deed kill(Member from, Path outputs) throws EnvironmentException {
        Path output = outputs.resolve(KILL_OUTPUT);
        Process process;
        try {
            Files.createDirectories(outputs);
            ProcessBuilder builder = new ProcessBuilder(spec.kill())
                    .directory(spec.directory().toFile())
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
            builder.environment().remove(PASSWORD);
            builder.environment().put(PatroniSpec.LEADER, from.name());
            builder.environment().put(PatroniSpec.LEADER_HOST, from.host());
            builder.environment().put(PatroniSpec.LEADER_PORT, Integer.toString(from.port()));
            process = builder.start();
        } catch (IOException e) {
            throw new EnvironmentException(
                    "environment.patroni.kill cannot be started: " + e.getMessage(),
                    "Check that the program is there; it runs in the scenario's folder.",
                    e);
        }
        long started = System.nanoTime();
        return new Deed() {
            @Override
            public long begunNanoTime() {
                return started;
            }

            @Override
            public boolean done() throws EnvironmentException {
                if (process.isAlive()) {
                    if (System.nanoTime() - started > KILL_PATIENCE.toNanos()) {
                        throw failed("did not end within " + KILL_PATIENCE.toSeconds() + " s and was killed");
                    }
                    return false;
                }
                if (process.exitValue() != 0) {
                    throw failed("ended with " + process.exitValue());
                }
                return true;
            }

            private EnvironmentException failed(String how) {
                String last = Commands.lastLinesOf(output);
                return new EnvironmentException(
                        "environment.patroni.kill " + how + (last.isEmpty() ? "" : "; it printed:\n" + last),
                        "Its output is in " + output + ".");
            }

            @Override
            public void close() {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        };
    }
}
