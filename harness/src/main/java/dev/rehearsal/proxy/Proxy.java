package dev.rehearsal.proxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One listening address, the server behind it, and its toxics. Only the event loop's thread uses it. */
final class Proxy {
    private static final int BACKLOG = 4096;

    private final EventLoop loop;
    private final String name;
    /** One seed a connection, in the order of accepting. */
    private final SplittableRandom seeds;

    private final Map<Toxic.Stream, List<Toxic>> toxics = new EnumMap<>(Toxic.Stream.class);
    private final Set<Connection> connections = new LinkedHashSet<>();
    private String listen;
    private String upstream;
    private @Nullable ServerSocketChannel listener;

    /** @param seed of whatever is random in the server; each proxy makes another sequence of it */
    Proxy(EventLoop loop, long seed, String name, String listen, String upstream) {
        this.loop = loop;
        this.name = name;
        this.seeds = new SplittableRandom(seed ^ name.hashCode());
        this.listen = listen;
        this.upstream = upstream;
        for (Toxic.Stream stream : Toxic.Stream.values()) {
            toxics.put(stream, new ArrayList<>());
        }
    }

    String name() {
        return name;
    }

    /** Where it listens; with the real port once it was started. */
    String listen() {
        return listen;
    }

    String upstream() {
        return upstream;
    }

    boolean enabled() {
        return listener != null;
    }

    int connections() {
        return connections.size();
    }

    /** Upstream ones first, each stream in the order of adding. */
    List<Toxic> toxics() {
        return toxics.values().stream().flatMap(List::stream).toList();
    }

    // ---- up and down ------------------------------------------------------------------------------------------------

    void start() throws ApiException {
        if (listener != null) {
            return;
        }
        InetSocketAddress address = whereToListen();
        ServerSocketChannel channel = null;
        try {
            channel = ServerSocketChannel.open();
            channel.configureBlocking(false);
            channel.bind(address, BACKLOG);
            listen = Address.format((InetSocketAddress) channel.getLocalAddress());
            loop.register(channel, SelectionKey.OP_ACCEPT, this::accept);
            listener = channel;
        } catch (IOException e) {
            closeQuietly(channel);
            String reason = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
            throw new ApiException(500, "listen tcp " + listen + ": bind: " + reason);
        }
    }

    private InetSocketAddress whereToListen() throws ApiException {
        InetSocketAddress address;
        try {
            address = Address.parse(listen.isEmpty() ? ":0" : listen);
        } catch (ApiException e) {
            throw new ApiException(e.status(), "listen tcp: " + e.getMessage());
        }
        if (address.isUnresolved()) {
            throw new ApiException(500, "listen tcp: lookup " + address.getHostString() + ": no such host");
        }
        return address;
    }

    /** Refuses new connections and drops those that are there. */
    void stop() throws ApiException {
        if (listener == null) {
            return;
        }
        closeQuietly(listener);
        listener = null;
        List.copyOf(connections).forEach(Connection::close);
        try {
            loop.releaseClosed();
        } catch (IOException e) {
            throw new ApiException(500, "close " + listen + ": " + e.getMessage());
        }
    }

    /** Whatever changes the address on either side drops all connections; toxics stay. */
    void update(String newListen, String newUpstream, boolean enabled) throws ApiException {
        InetSocketAddress resolved = Address.parse(newListen);
        if (!Address.format(resolved).equals(listen) || !newUpstream.equals(upstream)) {
            stop();
            listen = newListen;
            upstream = newUpstream;
        }
        if (enabled) {
            start();
        } else {
            stop();
        }
    }

    boolean listensAndLeadsLike(String otherListen, String otherUpstream) throws ApiException {
        return Address.format(Address.parse(otherListen)).equals(listen) && otherUpstream.equals(upstream);
    }

    private void accept(SelectionKey key) {
        ServerSocketChannel channel = (ServerSocketChannel) key.channel();
        try {
            for (SocketChannel client = channel.accept(); client != null; client = channel.accept()) {
                connect(client);
            }
        } catch (IOException e) {
            // The one that knocked has gone, or no descriptor is left for it. The next is waited for.
        }
    }

    private void connect(SocketChannel client) {
        try {
            connections.add(new Connection(
                    loop, client, Address.parse(upstream), seeds.nextLong(), toxics::get, connections::remove));
        } catch (IOException | ApiException e) {
            // The client sees that nobody is there, as it would without a proxy.
            closeQuietly(client);
        }
    }

    private static void closeQuietly(java.nio.channels.@Nullable Channel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // Gone is gone.
            }
        }
    }

    // ---- toxics -----------------------------------------------------------------------------------------------------

    Optional<Toxic> toxic(String toxicName) {
        return toxics().stream().filter(toxic -> toxic.name().equals(toxicName)).findFirst();
    }

    void add(Toxic toxic) throws ApiException {
        if (toxic(toxic.name()).isPresent()) {
            throw new ApiException(409, "toxic already exists");
        }
        toxics.get(toxic.stream()).add(toxic);
        links(toxic).forEach(link -> link.add(toxic));
    }

    void update(Toxic toxic) {
        List<Toxic> stream = toxics.get(toxic.stream());
        int index = indexOf(stream, toxic.name());
        stream.set(index, toxic);
        links(toxic).forEach(link -> link.update(index, toxic));
    }

    void remove(Toxic toxic) {
        List<Toxic> stream = toxics.get(toxic.stream());
        int index = indexOf(stream, toxic.name());
        stream.remove(index);
        links(toxic).forEach(link -> link.remove(index, toxic));
    }

    void removeAllToxics() {
        toxics().forEach(this::remove);
    }

    /** A list of its own: toxics close connections. */
    private Stream<Link> links(Toxic toxic) {
        return List.copyOf(connections).stream()
                .filter(Connection::isConnected)
                .map(connection -> connection.link(toxic.stream()));
    }

    private static int indexOf(List<Toxic> stream, String toxicName) {
        for (int i = 0; i < stream.size(); i++) {
            if (stream.get(i).name().equals(toxicName)) {
                return i;
            }
        }
        throw new IllegalArgumentException(toxicName);
    }
}
