package dev.rehearsal.proxy;

import static dev.rehearsal.proxy.Clients.assertComes;
import static dev.rehearsal.proxy.Clients.assertNothingComes;
import static dev.rehearsal.proxy.Clients.endOf;
import static dev.rehearsal.proxy.Clients.roundTrip;
import static dev.rehearsal.proxy.Clients.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.rekawek.toxiproxy.Proxy;
import eu.rekawek.toxiproxy.ToxiproxyClient;
import eu.rekawek.toxiproxy.model.ToxicDirection;
import eu.rekawek.toxiproxy.model.toxic.Bandwidth;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the built-in server promises beyond what Toxiproxy does. */
@Timeout(120)
class BuiltInProxyTest {
    private static final int MANY = 2000;
    private static final long HOUR = 3_600_000;

    private final Clients clients = new Clients();
    private FaultProxyServer server;
    private EchoServer echo;
    private Proxy proxy;

    @BeforeEach
    void start() throws Exception {
        echo = new EchoServer();
        start(42);
    }

    private void start(long seed) throws IOException {
        server = FaultProxyServer.start(0, seed);
        proxy = new ToxiproxyClient(server.uri().getHost(), server.uri().getPort())
                .createProxy("primary", "127.0.0.1:0", echo.address());
    }

    @AfterEach
    void stop() throws Exception {
        clients.close();
        server.close();
        echo.close();
    }

    @Test
    void holdsThousandsOfConnectionsInLittleMemory() throws Exception {
        roundTrip(clients.connect(proxy));
        long before = usedHeap();

        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            Socket socket = clients.connect(proxy);
            write(socket, "number " + i);
            sockets.add(socket);
        }
        for (int i = 0; i < MANY; i++) {
            assertComes(sockets.get(i), "number " + i);
        }

        assertThat(echo.connections()).isEqualTo(MANY + 1);
        assertThat(server.heldBytes()).isZero();
        // The clients' and the echo server's ends are in this heap, too, the latter's 16 kB buffers foremost.
        assertThat((usedHeap() - before) / MANY).isLessThan(32_000);
    }

    @Test
    void boundsWhatAllDelayedConnectionsHoldTogether() throws Exception {
        proxy.toxics().latency("slow", ToxicDirection.UPSTREAM, HOUR);
        int senders = 12;

        for (int i = 0; i < senders; i++) {
            try (SocketChannel channel =
                    SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), Clients.port(proxy)))) {
                channel.configureBlocking(false);
                sendUntilRefused(channel);
                // Alone, each may make it hold 8 MB.
                assertThat(server.heldBytes()).isLessThanOrEqualTo((64L << 20) + (i + 1) * (2L << 16));
            }
        }
        assertThat(echo.received()).isZero();
    }

    /** As much as fits into the proxy and into the kernel's buffers before it. */
    private static void sendUntilRefused(SocketChannel channel) throws IOException, InterruptedException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 20);
        int refusals = 0;
        while (refusals < 20) {
            bytes.clear();
            if (channel.write(bytes) > 0) {
                refusals = 0;
            } else {
                refusals++;
                Thread.sleep(10);
            }
        }
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Test
    void theSameSeedAffectsTheSameConnections() throws Exception {
        String first = affectedOf(64);
        server.close();
        start(42);
        String again = affectedOf(64);
        server.close();
        start(43);
        String other = affectedOf(64);

        assertThat(again).isEqualTo(first).contains("x", ".");
        assertThat(other).isNotEqualTo(first).contains("x", ".");
    }

    /** For each of so many connections, x if it was closed, else a dot. */
    private String affectedOf(int connections) throws IOException {
        proxy.toxics().limitData("broken", ToxicDirection.DOWNSTREAM, 0).setToxicity(0.5f);
        StringBuilder affected = new StringBuilder();
        for (int i = 0; i < connections; i++) {
            Socket socket = clients.connect(proxy);
            write(socket, "?");
            affected.append(endOf(socket) == Clients.End.NONE ? '.' : 'x');
        }
        return affected.toString();
    }

    @Test
    void aSlicerWithoutASizeCutsIntoSingleBytes() throws Exception {
        Socket socket = clients.connect(proxy);
        proxy.toxics().slicer("sliced", ToxicDirection.DOWNSTREAM, 0, 1000);

        long started = System.nanoTime();
        write(socket, "0123456789");
        assertComes(socket, "0123456789");

        assertThat(System.nanoTime() - started).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(9));
    }

    @Test
    void anEndBehindAStallArrivesAfterTheBytes() throws Exception {
        Socket socket = clients.connect(proxy);
        Bandwidth stall = proxy.toxics().bandwidth("stall", ToxicDirection.UPSTREAM, 0);
        write(socket, "last words");
        socket.shutdownOutput();
        assertNothingComes(socket);

        stall.remove();

        assertComes(socket, "last words");
        assertThat(endOf(socket)).isEqualTo(Clients.End.CLOSED);
    }

    @Test
    void extremeNumbersBreakNothing() throws Exception {
        Socket socket = clients.connect(proxy);
        proxy.toxics()
                .latency("slow", ToxicDirection.DOWNSTREAM, Long.MIN_VALUE)
                .setJitter(Long.MIN_VALUE);
        proxy.toxics().bandwidth("wide", ToxicDirection.DOWNSTREAM, Long.MAX_VALUE);
        proxy.toxics()
                .slicer("sliced", ToxicDirection.DOWNSTREAM, 2, Long.MIN_VALUE)
                .setSizeVariation(Long.MAX_VALUE);
        proxy.toxics().limitData("limited", ToxicDirection.DOWNSTREAM, Long.MAX_VALUE);
        proxy.toxics().slowClose("late", ToxicDirection.UPSTREAM, Long.MAX_VALUE);

        roundTrip(socket);
        proxy.toxics()
                .latency("forever", ToxicDirection.UPSTREAM, Long.MAX_VALUE)
                .setJitter(Long.MAX_VALUE);
        write(socket, "held");
        assertThat(server.heldBytes()).isLessThanOrEqualTo(4);
    }

    @Test
    void closingTheServerClosesEverything() throws Exception {
        Socket socket = clients.connect(proxy);
        roundTrip(socket);

        server.close();

        assertThat(endOf(socket)).isNotEqualTo(Clients.End.NONE);
        assertThatThrownBy(() -> clients.connect(proxy)).isInstanceOf(IOException.class);
        try (ServerSocket freed = new ServerSocket(Clients.port(proxy), 1, InetAddress.getLoopbackAddress())) {
            assertThat(freed.isBound()).isTrue();
        }
    }
}
