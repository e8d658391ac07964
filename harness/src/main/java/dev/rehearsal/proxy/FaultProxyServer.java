package dev.rehearsal.proxy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The fault proxy, running in this process: an HTTP API on the loopback interface, through which proxies are made, and those proxies.
 *
 * <p>Closing it ends all proxies and their connections.
 */
public final class FaultProxyServer implements AutoCloseable {
    static {
        // Without it each answer waits 40 ms for the client's delayed acknowledgement. Read once, when the server's
        // classes are loaded.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final EventLoop loop;
    private final Api api;
    private final HttpServer http;
    private final ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();

    private FaultProxyServer(EventLoop loop, Api api, HttpServer http) {
        this.loop = loop;
        this.api = api;
        this.http = http;
    }

    /**
     * Starts on 127.0.0.1.
     *
     * @param port of the HTTP API; 0 takes a free one
     * @param seed of whatever toxics do at random: with the same one, the same connections of a proxy, counted as they come, are affected,
     *     and their bytes in the same way
     */
    public static FaultProxyServer start(int port, long seed) throws IOException {
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        EventLoop loop;
        try {
            loop = new EventLoop();
        } catch (IOException e) {
            http.stop(0);
            throw e;
        }
        FaultProxyServer server = new FaultProxyServer(loop, new Api(loop, seed), http);
        http.createContext("/", server.api);
        http.setExecutor(server.handlers);
        http.start();
        return server;
    }

    /** Of the HTTP API, such as {@code http://127.0.0.1:40123}. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
    }

    /**
     * Makes a proxy, as {@code POST /proxies} would, without HTTP.
     *
     * @param upstream such as {@code 127.0.0.1:5432}
     * @return the port of 127.0.0.1 that it listens on
     */
    public int add(String name, String upstream) throws IOException {
        try {
            return api.add(name, upstream);
        } catch (ApiException e) {
            throw new IOException("no proxy to " + upstream + ": " + e.getMessage(), e);
        }
    }

    /** Bytes that wait inside, of all connections together. */
    long heldBytes() throws IOException {
        try {
            return loop.call(loop::heldBytes);
        } catch (ApiException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        http.stop(0);
        handlers.shutdownNow();
        try {
            api.stopAll();
        } catch (ApiException e) {
            // The loop has ended before, and its sockets with it.
        }
        loop.close();
    }
}
