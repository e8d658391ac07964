package dev.rehearsal.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerEngineTest {
    @TempDir
    Path folder;

    @Test
    void tellsThatNothingListensWhereDockerHostPoints() {
        ContainerEngine engine = ContainerEngine.find(Map.of("DOCKER_HOST", "unix:///nowhere/docker.sock"));

        assertThat(engine.report().refusal().orElseThrow().reason())
                .startsWith("No container engine answers at unix:///nowhere/docker.sock (from DOCKER_HOST): ");
        assertThat(engine.imageId("postgres:18")).isEmpty();
    }

    @Test
    void refusesADockerHostThatIsNoAddress() {
        ContainerEngine engine = ContainerEngine.find(Map.of("DOCKER_HOST", "unix://a b"));

        assertThat(engine.report().refusal().orElseThrow().reason())
                .isEqualTo("DOCKER_HOST is no address of a container engine: unix://a b.");
    }

    @Test
    void refusesAnEngineOnAnotherMachineWithoutAskingIt() {
        for (String host : new String[] {"tcp://192.0.2.1:2376", "ssh://user@192.0.2.1"}) {
            ContainerEngine engine = ContainerEngine.find(Map.of("DOCKER_HOST", host));

            assertThat(engine.report()).isEqualTo(new EngineReport.Remote(host + " (from DOCKER_HOST)"));
            assertThat(engine.report().refusal().orElseThrow().remedy()).contains("--runtime local");
        }
    }

    @Test
    void takesTheEndpointOfDockersCurrentContext() throws IOException {
        // Docker names the folder by the SHA-256 of the context's name.
        Path meta = folder.resolve(
                "contexts/meta/7b1b763ee8f62eb88e4742a760f912d0b19bcd58b2b948999784bacc15a7f4d7/meta.json");
        Files.createDirectories(meta.getParent());
        Files.writeString(meta, "{\"Endpoints\": {\"docker\": {\"Host\": \"ssh://elsewhere\"}}}");
        Files.writeString(folder.resolve("config.json"), "{\"currentContext\": \"elsewhere\"}");

        ContainerEngine engine = ContainerEngine.find(Map.of("DOCKER_CONFIG", folder.toString()));

        assertThat(engine.report())
                .isEqualTo(new EngineReport.Remote("ssh://elsewhere (from Docker's context elsewhere)"));
    }

    @Test
    void knowsARootlessEngineAndRefusesIt() throws Exception {
        try (FakeEngine engine = new FakeEngine(
                folder.resolve("engine.sock"),
                "{\"SecurityOptions\":[\"name=seccomp,profile=default\",\"name=rootless\"],\"OSType\":\"linux\",\"NCPU\":2}",
                "{\"Version\":\"27.0\",\"ApiVersion\":\"1.46\"}")) {
            EngineReport report = engine.report();

            assertThat(report).isInstanceOf(EngineReport.Reachable.class);
            assertThat(report.refusal().orElseThrow().reason()).contains(" is rootless: ");
        }
    }

    @Test
    void knowsPodmanByItsComponents() throws Exception {
        try (FakeEngine engine = new FakeEngine(
                folder.resolve("engine.sock"),
                "{\"OSType\":\"linux\",\"NCPU\":4,\"MemTotal\":1048576,\"Architecture\":\"amd64\"}",
                "{\"Version\":\"5.0\",\"ApiVersion\":\"1.41\",\"Components\":[{\"Name\":\"Podman Engine\"}]}")) {
            EngineReport report = engine.report();

            assertThat(report)
                    .isInstanceOfSatisfying(
                            EngineReport.Reachable.class,
                            reachable -> assertThat(reachable.description())
                                    .isEqualTo("Podman 5.0 (API 1.41) at " + reachable.address()
                                            + ", 4 processors, 1 MB"));
            assertThat(report.refusal()).isEmpty();
        }
    }

    @Test
    void refusesAnEngineThatRunsWindowsContainers() throws Exception {
        try (FakeEngine engine = new FakeEngine(folder.resolve("engine.sock"), "{\"OSType\":\"windows\"}", "{}")) {
            assertThat(engine.report().refusal().orElseThrow().reason()).contains(" runs windows containers.");
        }
    }

    @Test
    void refusesWhatAnswersButIsNoEngine() throws Exception {
        try (FakeEngine engine = new FakeEngine(folder.resolve("engine.sock"), "hello", "hello")) {
            assertThat(engine.report().refusal().orElseThrow().reason()).contains("is no container engine");
        }
    }

    /** A socket that gives the same answers as an engine of a kind that this machine has not. */
    private static final class FakeEngine implements AutoCloseable {
        private final Path socket;
        private final ServerSocketChannel server;

        FakeEngine(Path socket, String info, String version) throws IOException {
            this.socket = socket;
            this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(socket));
            Thread.ofVirtual().start(() -> answer(info, version));
        }

        EngineReport report() {
            return ContainerEngine.find(Map.of("DOCKER_HOST", "unix://" + socket))
                    .report();
        }

        private void answer(String info, String version) {
            try {
                while (true) {
                    try (SocketChannel channel = server.accept()) {
                        ByteBuffer question = ByteBuffer.allocate(1024);
                        channel.read(question);
                        String asked = new String(question.array(), 0, question.position(), StandardCharsets.US_ASCII);
                        String body = asked.startsWith("GET /info ") ? info : version;
                        channel.write(
                                ByteBuffer.wrap(("HTTP/1.0 200 OK\r\n\r\n" + body).getBytes(StandardCharsets.UTF_8)));
                    }
                }
            } catch (IOException closed) {
                // The test is over.
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
