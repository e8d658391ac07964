package dev.rehearsal.load;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.SocketFactory;

/**
 * The sockets of an injector's pools where the fault proxy is only to be reached through the harness's gate, see {@link Tunnels}. The driver makes it by
 * its name, so what it needs is prepared before.
 */
public final class TunnelSockets extends SocketFactory {
    private static final Duration HANDSHAKE = Duration.ofSeconds(10);
    private static final AtomicReference<Way> WAY = new AtomicReference<>();

    private final int database;

    private record Way(HarnessAddress harness, InjectorToken token, Handshake.Caller caller) {}

    /** @param database its number, as {@link Tunnels#through} wrote it */
    public TunnelSockets(String database) {
        this.database = Integer.parseInt(database);
    }

    /** Says where the gate is that all sockets of this process go through. */
    static void prepare(HarnessAddress harness, InjectorToken token, Handshake.Caller caller) {
        WAY.set(new Way(harness, token, caller));
    }

    /** Connected already: the driver has no say in where to. */
    @Override
    public Socket createSocket() throws IOException {
        Way way = WAY.get();
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(way.harness().resolved(), Math.toIntExact(HANDSHAKE.toMillis()));
            socket.setSoTimeout(Math.toIntExact(HANDSHAKE.toMillis()));
            // Unbuffered: what comes behind the handshake is the server's.
            new Handshake(
                            way.token(),
                            new DataInputStream(socket.getInputStream()),
                            new DataOutputStream(socket.getOutputStream()))
                    .asInjector(new Handshake.Caller(
                            Handshake.Purpose.DATABASE,
                            way.caller().version(),
                            database,
                            way.caller().host()));
            socket.setSoTimeout(0);
            return socket;
        } catch (Handshake.RefusedException e) {
            socket.close();
            throw new IOException("the harness does not lead to its database: " + e.getMessage(), e);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return createSocket();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return createSocket();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return createSocket();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        return createSocket();
    }
}
