package dev.rehearsal.proxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A client, the server it reached, and the two ways between them. Only the event loop's thread uses it. */
final class Connection {
    private final EventLoop loop;
    private final SocketChannel client;
    private final SocketChannel upstream;
    private final Consumer<Connection> closed;
    private final Link toUpstream;
    private final Link toClient;
    private @Nullable SelectionKey clientKey;
    private @Nullable SelectionKey upstreamKey;
    private boolean open = true;

    /**
     * Starts to connect a client that was accepted.
     *
     * @param seed of whatever is random on this connection
     * @param toxics asked for when the server was reached: those of one stream, in order
     * @param closed called once, when all is over
     */
    Connection(
            EventLoop loop,
            SocketChannel client,
            InetSocketAddress server,
            long seed,
            Function<Toxic.Stream, List<Toxic>> toxics,
            Consumer<Connection> closed)
            throws IOException {
        this.loop = loop;
        this.client = client;
        this.closed = closed;
        this.upstream = SocketChannel.open();
        this.toUpstream = new Link(this, loop, client, upstream, seed);
        this.toClient = new Link(this, loop, upstream, client, ~seed);
        try {
            for (SocketChannel channel : List.of(client, upstream)) {
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
            if (server.isUnresolved()) {
                throw new IOException("unknown host " + server.getHostString());
            }
            boolean connected = upstream.connect(server);
            upstreamKey =
                    loop.register(upstream, connected ? 0 : SelectionKey.OP_CONNECT, key -> connected(key, toxics));
            if (connected) {
                connected(upstreamKey, toxics);
            }
        } catch (IOException e) {
            upstream.close();
            throw e;
        }
    }

    private void connected(SelectionKey key, Function<Toxic.Stream, List<Toxic>> toxics) {
        try {
            upstream.finishConnect();
            key.attach((EventLoop.Ready) this::upstreamReady);
            clientKey = loop.register(client, 0, this::clientReady);
        } catch (IOException e) {
            close();
            return;
        }
        toxics.apply(Toxic.Stream.UPSTREAM).forEach(toUpstream::add);
        toxics.apply(Toxic.Stream.DOWNSTREAM).forEach(toClient::add);
        interestChanged();
    }

    /** Not connected yet means: no toxics either, it will ask for them. */
    boolean isConnected() {
        return clientKey != null;
    }

    Link link(Toxic.Stream stream) {
        return switch (stream) {
            case UPSTREAM -> toUpstream;
            case DOWNSTREAM -> toClient;
        };
    }

    private void clientReady(SelectionKey key) {
        ready(key, toUpstream, toClient);
    }

    private void upstreamReady(SelectionKey key) {
        ready(key, toClient, toUpstream);
    }

    private void ready(SelectionKey key, Link reading, Link writing) {
        int ready = key.readyOps();
        if ((ready & SelectionKey.OP_READ) != 0) {
            reading.read();
        }
        if (open && (ready & SelectionKey.OP_WRITE) != 0) {
            writing.write();
        }
        interestChanged();
    }

    /** After anything that may change what is waited for. */
    void interestChanged() {
        if (open) {
            set(clientKey, toUpstream, toClient);
            set(upstreamKey, toClient, toUpstream);
        }
    }

    private static void set(@Nullable SelectionKey key, Link reading, Link writing) {
        int interest = (reading.wantsToRead() ? SelectionKey.OP_READ : 0)
                | (writing.wantsToWrite() ? SelectionKey.OP_WRITE : 0);
        if (key != null && key.isValid() && key.interestOps() != interest) {
            key.interestOps(interest);
        }
    }

    void linkFinished() {
        if (toUpstream.finished() && toClient.finished()) {
            close();
        }
    }

    /** Resets both sides: what was not delivered is discarded. */
    void reset() {
        for (SocketChannel channel : List.of(client, upstream)) {
            try {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            } catch (IOException e) {
                // Closed by its peer: nothing to reset.
            }
        }
        close();
    }

    void close() {
        if (!open) {
            return;
        }
        open = false;
        toUpstream.abandon();
        toClient.abandon();
        for (SocketChannel channel : List.of(client, upstream)) {
            try {
                channel.close();
            } catch (IOException e) {
                // Gone is gone.
            }
        }
        closed.accept(this);
    }
}
