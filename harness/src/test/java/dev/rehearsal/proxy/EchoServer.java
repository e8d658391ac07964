package dev.rehearsal.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Sends back what it gets, and ends when its client does. */
final class EchoServer implements AutoCloseable {
    private final ServerSocket listener;
    private final CompletableFuture<Void> ended;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicLong received = new AtomicLong();

    EchoServer() throws IOException {
        listener = new ServerSocket(0, 4096, InetAddress.getLoopbackAddress());
        ended = CompletableFuture.runAsync(
                this::accept, Thread.ofPlatform().daemon().name("echo-accept")::start);
    }

    String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                Thread.ofPlatform().daemon().name("echo").start(() -> echo(socket));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void echo(Socket socket) {
        byte[] buffer = new byte[1 << 14];
        try (socket) {
            InputStream in = socket.getInputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                received.addAndGet(n);
                socket.getOutputStream().write(buffer, 0, n);
            }
        } catch (IOException e) {
            // The client is gone.
        } finally {
            sockets.remove(socket);
        }
    }

    /** Connections that are open now. */
    int connections() {
        return sockets.size();
    }

    /** Bytes that have arrived, on all connections together. */
    long received() {
        return received.get();
    }

    /** Nobody listens any more, nor is anybody still connected. */
    @Override
    public void close() throws IOException {
        listener.close();
        // An accept that was under way may still take a connection after the listener was closed.
        ended.join();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
