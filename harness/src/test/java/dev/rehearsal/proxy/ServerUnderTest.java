package dev.rehearsal.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.awaitility.Awaitility;

/** The two servers that have to behave alike: ours, and Toxiproxy's own, without which its tests are skipped. */
enum ServerUnderTest {
    BUILT_IN {
        @Override
        Running start() throws IOException {
            FaultProxyServer server = FaultProxyServer.start(0, 42);
            return new Started(server.uri(), server::close);
        }
    },

    TOXIPROXY {
        @Override
        Running start() throws IOException {
            Optional<Path> program = RealToxiproxy.program();
            if (program.isEmpty()) {
                return new Absent();
            }
            int port = freePort();
            Process process = new ProcessBuilder(
                            program.get().toString(), "-host", "127.0.0.1", "-port", Integer.toString(port))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            Running running = new Started(URI.create("http://127.0.0.1:" + port), process::destroyForcibly);
            try {
                Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> listens(port));
            } catch (RuntimeException e) {
                running.close();
                throw e;
            }
            return running;
        }
    };

    /** Closing it ends the server. */
    sealed interface Running extends AutoCloseable {
        /** Of the API. */
        URI uri();

        @Override
        void close();
    }

    private record Started(URI uri, Runnable end) implements Running {
        @Override
        public void close() {
            end.run();
        }
    }

    /** Skips each test by itself: Surefire does not tell of a class that was skipped as a whole. */
    private record Absent() implements Running {
        @Override
        public URI uri() {
            return RealToxiproxy.required().toUri();
        }

        @Override
        public void close() {}
    }

    /** Starts one with no proxies, its API on a port of its own. */
    abstract Running start() throws IOException;

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
