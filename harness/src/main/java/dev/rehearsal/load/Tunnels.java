package dev.rehearsal.load;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The way of injectors on other machines to fault proxies that listen on this one's loopback interface, and to servers that only this one reaches: each
 * connection of a pool is one to the gate, whose bytes are handed on. So one port is all that has to be open between the machines, and only who has the token comes through it. It costs a round
 * trip two more copies and two more wake-ups. Safe for use by several threads.
 */
final class Tunnels implements AutoCloseable {
    private static final Pattern PLACE = Pattern.compile("jdbc:postgresql://([^/]+):(\\d+)/.*");
    private static final int CONNECT_MILLIS = 10_000;
    private static final Pattern LOOPBACK =
            Pattern.compile("127\\.\\d+\\.\\d+\\.\\d+|localhost|\\[(?:::1|0:0:0:0:0:0:0:1)]");
    private static final int BUFFER_BYTES = 1 << 15;

    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    /** Where connections may lead to, by number. Guarded by this. */
    private final List<Place> databases = new ArrayList<>();

    private record Place(String host, int port) {
        /** As the harness writes URLs: of one server, with its port. */
        static Place of(String jdbcUrl) {
            Matcher matcher = PLACE.matcher(jdbcUrl);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("no host and port in a URL");
            }
            return new Place(matcher.group(1), Integer.parseInt(matcher.group(2)));
        }

        boolean isOfThisMachine() {
            return LOOPBACK.matcher(host).matches();
        }
    }

    /** Whether a URL leads to whichever machine reads it, so that elsewhere it is of no use. */
    static boolean isOfThisMachine(String jdbcUrl) {
        return Place.of(jdbcUrl).isOfThisMachine();
    }

    /** The URL that leads to the same place from elsewhere. */
    synchronized String through(String jdbcUrl) {
        Place place = Place.of(jdbcUrl);
        if (!databases.contains(place)) {
            databases.add(place);
        }
        return jdbcUrl + (jdbcUrl.contains("?") ? "&" : "?") + "socketFactory=" + TunnelSockets.class.getName()
                + "&socketFactoryArg=" + databases.indexOf(place);
    }

    synchronized Optional<String> objection(int database) {
        return database >= 0 && database < databases.size()
                ? Optional.empty()
                : Optional.of("there is no database " + database);
    }

    private synchronized Place place(int database) {
        return databases.get(database);
    }

    /** Hands on what comes either way, until one side ends. Does not wait. */
    void dig(Socket injector, InputStream fromInjector, int database) throws IOException {
        Place place = place(database);
        Socket server = new Socket();
        open.add(injector);
        open.add(server);
        try {
            server.setTcpNoDelay(true);
            server.connect(new InetSocketAddress(place.host(), place.port()), CONNECT_MILLIS);
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
            hangUp(server);
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
