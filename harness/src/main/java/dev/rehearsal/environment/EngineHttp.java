package dev.rehearsal.environment;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Questions to an engine's API that are asked before it is known to be one: a few milliseconds, and none of the libraries that the real work
 * needs.
 */
final class EngineHttp {
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final int PLAIN_PORT = 2375;
    private static final int MOST_BYTES = 16 << 20;

    private final EngineAddress address;

    EngineHttp(EngineAddress address) {
        this.address = address;
    }

    /** @param status of HTTP */
    record Answer(int status, String body) {}

    /**
     * @throws IOException also if there is no answer in time; {@link java.nio.file.AccessDeniedException} if the socket does not let us in
     */
    Answer get(String path) throws IOException {
        try (SocketChannel channel = open()) {
            CompletableFuture<Answer> answer = new CompletableFuture<>();
            // A channel knows no time limit; closing it does end what waits for it.
            Thread.ofVirtual().name("engine-question").start(() -> {
                try {
                    answer.complete(exchange(channel, path));
                } catch (IOException | RuntimeException e) {
                    answer.completeExceptionally(e);
                }
            });
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + PATIENCE.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private SocketChannel open() throws IOException {
        return address.isSocket()
                ? SocketChannel.open(StandardProtocolFamily.UNIX)
                : SocketChannel.open(StandardProtocolFamily.INET);
    }

    private SocketAddress target() {
        if (address.isSocket()) {
            return UnixDomainSocketAddress.of(address.socket());
        }
        int port = address.uri().getPort();
        return new InetSocketAddress(address.uri().getHost(), port < 0 ? PLAIN_PORT : port);
    }

    /** HTTP 1.0, so that the answer ends where the connection does. */
    private Answer exchange(SocketChannel channel, String path) throws IOException {
        channel.connect(target());
        ByteBuffer question = ByteBuffer.wrap(
                ("GET " + path + " HTTP/1.0\r\nHost: engine\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        while (question.hasRemaining()) {
            channel.write(question);
        }
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
        while (channel.read(buffer) >= 0) {
            all.write(buffer.array(), 0, buffer.position());
            buffer.clear();
            if (all.size() > MOST_BYTES) {
                throw new IOException("the answer does not end");
            }
        }
        String text = all.toString(StandardCharsets.UTF_8);
        int body = text.indexOf("\r\n\r\n");
        if (!text.startsWith("HTTP/1.") || body < 0 || text.length() < 12) {
            throw new IOException("the answer is not HTTP");
        }
        try {
            return new Answer(Integer.parseInt(text.substring(9, 12)), text.substring(body + 4));
        } catch (NumberFormatException e) {
            throw new IOException("the answer is not HTTP", e);
        }
    }
}
