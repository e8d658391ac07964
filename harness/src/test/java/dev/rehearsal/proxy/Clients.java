package dev.rehearsal.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.rekawek.toxiproxy.Proxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/** Clients of a proxied echo server, closed together, and with what they were started after. */
final class Clients implements AutoCloseable {
    /** How a connection ended. */
    enum End {
        NONE,
        CLOSED,
        RESET
    }

    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    /** To be closed after what is opened later. */
    <T extends AutoCloseable> T after(T thing) {
        open.push(thing);
        return thing;
    }

    Socket connect(Proxy proxy) throws IOException {
        return connect(port(proxy));
    }

    Socket connect(int port) throws IOException {
        Socket socket = after(new Socket(InetAddress.getLoopbackAddress(), port));
        socket.setTcpNoDelay(true);
        return socket;
    }

    static int port(Proxy proxy) {
        String listen = proxy.getListen();
        return Integer.parseInt(listen.substring(listen.lastIndexOf(':') + 1));
    }

    static End endOf(Socket socket) throws IOException {
        socket.setSoTimeout(20_000);
        try {
            return socket.getInputStream().read() < 0 ? End.CLOSED : End.NONE;
        } catch (SocketTimeoutException e) {
            return End.NONE;
        } catch (SocketException e) {
            return End.RESET;
        }
    }

    static void assertNothingComes(Socket socket) throws IOException {
        socket.setSoTimeout(150);
        assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        socket.setSoTimeout(0);
    }

    static void assertComes(Socket socket, String expected) throws IOException {
        byte[] received = socket.getInputStream().readNBytes(expected.length());
        assertThat(new String(received, StandardCharsets.US_ASCII)).isEqualTo(expected);
    }

    /** Nanoseconds until the answer was there. */
    static long roundTrip(Socket socket) throws IOException {
        long started = System.nanoTime();
        write(socket, "ping");
        assertComes(socket, "ping");
        return System.nanoTime() - started;
    }

    static long fastestOf(Socket socket, int tries) throws IOException {
        long fastest = Long.MAX_VALUE;
        for (int i = 0; i < tries; i++) {
            fastest = Math.min(fastest, roundTrip(socket));
        }
        return fastest;
    }

    static void write(Socket socket, String text) {
        write(socket, text.getBytes(StandardCharsets.US_ASCII));
    }

    static void write(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
