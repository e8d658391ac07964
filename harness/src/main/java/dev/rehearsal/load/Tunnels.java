package dev.rehearsal.load;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The way of injectors on other machines to fault proxies that listen on this one's loopback interface: each connection of a pool is one to the gate,
 * whose bytes are handed on. So one port is all that has to be open between the machines, and only who has the token comes through it. It costs a round
 * trip two more copies and two more wake-ups. Safe for use by several threads.
 */
final class Tunnels implements AutoCloseable {
    private static final Pattern LOOPBACK =
            Pattern.compile("jdbc:postgresql://(?:127\\.0\\.0\\.1|localhost):(\\d+)/.*");
    private static final int BUFFER_BYTES = 1 << 15;

    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    /** Ports of this machine, by number. Guarded by this. */
    private final List<Integer> databases = new ArrayList<>();

    /** The URL that leads to the same place from elsewhere; the same if it does already. */
    synchronized String through(String jdbcUrl) {
        Matcher matcher = LOOPBACK.matcher(jdbcUrl);
        if (!matcher.matches()) {
            return jdbcUrl;
        }
        int port = Integer.parseInt(matcher.group(1));
        if (!databases.contains(port)) {
            databases.add(port);
        }
        return jdbcUrl + (jdbcUrl.contains("?") ? "&" : "?") + "socketFactory=" + TunnelSockets.class.getName()
                + "&socketFactoryArg=" + databases.indexOf(port);
    }

    synchronized Optional<String> objection(int database) {
        return database >= 0 && database < databases.size()
                ? Optional.empty()
                : Optional.of("there is no database " + database);
    }

    private synchronized int port(int database) {
        return databases.get(database);
    }

    /** Hands on what comes either way, until one side ends. Does not wait. */
    void dig(Socket injector, InputStream fromInjector, int database) throws IOException {
        open.add(injector);
        try {
            Socket server = new Socket(InetAddress.getLoopbackAddress(), port(database));
            open.add(server);
            server.setTcpNoDelay(true);
            InputStream fromServer = server.getInputStream();
            OutputStream toServer = server.getOutputStream();
            OutputStream toInjector = injector.getOutputStream();
            Runnable end = () -> {
                hangUp(injector);
                hangUp(server);
            };
            Thread.startVirtualThread(() -> handOn(fromInjector, toServer, end));
            Thread.startVirtualThread(() -> handOn(fromServer, toInjector, end));
        } catch (IOException e) {
            hangUp(injector);
            throw e;
        }
    }

    private static void handOn(InputStream from, OutputStream to, Runnable end) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
                to.write(buffer, 0, read);
            }
        } catch (IOException e) {
            // One side is gone, and so the other has nothing to wait for.
        } finally {
            end.run();
        }
    }

    private void hangUp(Socket socket) {
        open.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            // Then it is closed.
        }
    }

    @Override
    public void close() {
        open.forEach(this::hangUp);
    }
}
