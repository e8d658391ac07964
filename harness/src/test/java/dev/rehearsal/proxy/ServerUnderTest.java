package dev.rehearsal.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;

/** The two servers that have to behave alike: ours, and Toxiproxy's own, without which its tests are skipped. */
enum ServerUnderTest {
    BUILT_IN {
        @Override
        Running start() throws IOException {
            FaultProxyServer server = FaultProxyServer.start(0, 42);
            return new Running(server.uri(), server::close);
        }
    },

    TOXIPROXY {
        @Override
        Running start() throws IOException {
            Path program = RealToxiproxy.required();
            int port = freePort();
            Process process = new ProcessBuilder(
                            program.toString(), "-host", "127.0.0.1", "-port", Integer.toString(port))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            Running running = new Running(URI.create("http://127.0.0.1:" + port), process::destroyForcibly);
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
    record Running(URI uri, Runnable end) implements AutoCloseable {
        @Override
        public void close() {
            end.run();
        }
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
