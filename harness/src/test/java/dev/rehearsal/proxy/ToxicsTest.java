package dev.rehearsal.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.rekawek.toxiproxy.Proxy;
import eu.rekawek.toxiproxy.ToxiproxyClient;
import eu.rekawek.toxiproxy.model.ToxicDirection;
import eu.rekawek.toxiproxy.model.toxic.Bandwidth;
import eu.rekawek.toxiproxy.model.toxic.Latency;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients of a proxied server feel, driven by the real Toxiproxy client. */
@Timeout(60)
class ToxicsTest {
    private FaultProxyServer server;
    private EchoServer echo;
    private Proxy proxy;
    private final List<Socket> sockets = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        server = FaultProxyServer.start(0);
        echo = new EchoServer();
        proxy = new ToxiproxyClient(server.uri().getHost(), server.uri().getPort())
                .createProxy("primary", "127.0.0.1:0", echo.address());
    }

    @AfterEach
    void stop() throws Exception {
        for (Socket socket : sockets) {
            socket.close();
        }
        server.close();
        echo.close();
    }

    // ---- no toxic
    // -------------------------------------------------------------------------------------------------------

    @Test
    void passesBytesUnchangedBothWays() throws Exception {
        Socket socket = connect();
        byte[] sent = new byte[20_000_000];
        new Random(1).nextBytes(sent);

        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(socket, sent));
        byte[] received = socket.getInputStream().readNBytes(sent.length);
        writing.join();

        assertThat(Arrays.equals(received, sent)).isTrue();
    }

    @Test
    void passesOnHalfACloseAndAnswersStillArrive() throws Exception {
        Socket socket = connect();
        write(socket, bytes("last words"));
        socket.shutdownOutput();

        assertThat(socket.getInputStream().readAllBytes()).isEqualTo(bytes("last words"));
    }

    @Test
    void holdsThousandsOfConnections() throws Exception {
        for (int i = 0; i < 1500; i++) {
            write(connect(), bytes("number " + i));
        }
        for (int i = 0; i < sockets.size(); i++) {
            byte[] expected = bytes("number " + i);
            assertThat(sockets.get(i).getInputStream().readNBytes(expected.length))
                    .isEqualTo(expected);
        }
    }

    @Test
    void closesTheServersSideWhenTheClientLeaves() throws Exception {
        Socket socket = connect();
        roundTrip(socket);
        assertThat(echo.connections()).isEqualTo(1);

        socket.close();

        Awaitility.await().until(() -> echo.connections() == 0);
    }

    @Test
    void closesTheClientWhenNoServerIsThere() throws Exception {
        echo.close();

        Socket socket = connect();

        assertThat(endOf(socket)).isNotEqualTo(End.NONE);
    }

    // ---- latency
    // --------------------------------------------------------------------------------------------------------

    @Test
    void latencyDelaysAnOpenConnectionUntilItIsRemoved() throws Exception {
        Socket socket = connect();
        roundTrip(socket);

        Latency latency = proxy.toxics().latency("slow", ToxicDirection.DOWNSTREAM, 120);
        long slow = roundTrip(socket);
        latency.remove();
        long healed = fastestOf(socket, 20);

        assertThat(slow).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(120));
        assertThat(healed).isLessThan(TimeUnit.MILLISECONDS.toNanos(120));
    }

    @Test
    void latencyKeepsTheOrderOfBytesWhateverTheJitter() throws Exception {
        Socket socket = connect();
        proxy.toxics().latency("slow", ToxicDirection.UPSTREAM, 20).setJitter(19);
        StringBuilder sent = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            String word = i + ",";
            sent.append(word);
            write(socket, bytes(word));
            Thread.onSpinWait();
        }

        byte[] received = socket.getInputStream().readNBytes(sent.length());

        assertThat(new String(received, java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo(sent.toString());
    }

    @Test
    void latencyDelaysThroughputOnlyOnce() throws Exception {
        Socket socket = connect();
        proxy.toxics().latency("slow", ToxicDirection.DOWNSTREAM, 200);
        byte[] sent = new byte[4_000_000];

        long started = System.nanoTime();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(socket, sent));
        socket.getInputStream().readNBytes(sent.length);
        writing.join();

        // A proxy that read each chunk only after it had sent the one before would take 60 × 200 ms.
        assertThat(System.nanoTime() - started)
                .isBetween(TimeUnit.MILLISECONDS.toNanos(200), TimeUnit.MILLISECONDS.toNanos(6000));
    }

    @Test
    void removingLatencyReleasesWhatItHolds() throws Exception {
        Socket socket = connect();
        Latency latency = proxy.toxics().latency("slow", ToxicDirection.DOWNSTREAM, 3_600_000);
        write(socket, bytes("held"));
        assertNothingComes(socket);

        latency.remove();

        assertThat(socket.getInputStream().readNBytes(4)).isEqualTo(bytes("held"));
    }

    @Test
    void toxicityZeroSparesEveryConnection() throws Exception {
        Latency latency = proxy.toxics().latency("slow", ToxicDirection.DOWNSTREAM, 3_600_000);
        latency.setToxicity(0);

        assertThat(roundTrip(connect())).isLessThan(TimeUnit.SECONDS.toNanos(30));
    }

    // ---- bandwidth
    // ------------------------------------------------------------------------------------------------------

    @Test
    void bandwidthLetsBytesThroughAtItsRate() throws Exception {
        Socket socket = connect();
        proxy.toxics().bandwidth("narrow", ToxicDirection.DOWNSTREAM, 100);
        byte[] sent = new byte[60_000];

        long started = System.nanoTime();
        write(socket, sent);
        assertThat(socket.getInputStream().readNBytes(sent.length)).hasSize(sent.length);

        assertThat(System.nanoTime() - started).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(600));
    }

    @Test
    void bandwidthZeroStallsAndLosesNothing() throws Exception {
        Socket socket = connect();
        roundTrip(socket);
        Bandwidth stall = proxy.toxics().bandwidth("stall", ToxicDirection.DOWNSTREAM, 0);
        write(socket, bytes("patience"));
        assertNothingComes(socket);

        stall.remove();

        assertThat(socket.getInputStream().readNBytes(8)).isEqualTo(bytes("patience"));
        roundTrip(socket);
    }

    @Test
    void bandwidthZeroPushesBackOnTheSender() throws Exception {
        Socket socket = connect();
        Bandwidth stall = proxy.toxics().bandwidth("stall", ToxicDirection.UPSTREAM, 0);
        byte[] sent = new byte[30_000_000];
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(socket, sent));
        assertThatThrownBy(() -> writing.get(300, TimeUnit.MILLISECONDS))
                .isInstanceOf(java.util.concurrent.TimeoutException.class);

        stall.remove();

        assertThat(socket.getInputStream().readNBytes(sent.length)).hasSize(sent.length);
        writing.join();
    }

    @Test
    void aStallThatIsWidenedLetsBytesThrough() throws Exception {
        Socket socket = connect();
        Bandwidth bandwidth = proxy.toxics().bandwidth("stall", ToxicDirection.DOWNSTREAM, 0);
        write(socket, bytes("patience"));
        assertNothingComes(socket);

        bandwidth.setRate(1000);

        assertThat(socket.getInputStream().readNBytes(8)).isEqualTo(bytes("patience"));
    }

    @Test
    void anEndBehindAStallArrivesAfterTheBytes() throws Exception {
        Socket socket = connect();
        Bandwidth stall = proxy.toxics().bandwidth("stall", ToxicDirection.UPSTREAM, 0);
        write(socket, bytes("last words"));
        socket.shutdownOutput();
        assertNothingComes(socket);

        stall.remove();

        assertThat(socket.getInputStream().readAllBytes()).isEqualTo(bytes("last words"));
    }

    // ---- timeout
    // --------------------------------------------------------------------------------------------------------

    @Test
    void timeoutZeroDropsBytesAndClosesWhenRemoved() throws Exception {
        Socket socket = connect();
        roundTrip(socket);
        var timeout = proxy.toxics().timeout("gone", ToxicDirection.DOWNSTREAM, 0);
        write(socket, bytes("lost"));
        assertNothingComes(socket);

        timeout.remove();

        assertThat(endOf(socket)).isNotEqualTo(End.NONE);
        roundTrip(connect());
    }

    @Test
    void timeoutClosesByItself() throws Exception {
        Socket socket = connect();
        roundTrip(socket);
        proxy.toxics().timeout("gone", ToxicDirection.UPSTREAM, 50);

        assertThat(endOf(socket)).isNotEqualTo(End.NONE);
        Awaitility.await().until(() -> echo.connections() == 0);
    }

    // ---- reset_peer
    // -----------------------------------------------------------------------------------------------------

    @Test
    void resetPeerResetsConnectionsThatWereOpen() throws Exception {
        Socket socket = connect();
        roundTrip(socket);
        proxy.toxics().resetPeer("reset", ToxicDirection.DOWNSTREAM, 0);
        write(socket, bytes("hello"));

        assertThat(endOf(socket)).isEqualTo(End.RESET);
    }

    @Test
    void resetPeerResetsNewConnectionsAfterItsTimeout() throws Exception {
        proxy.toxics().resetPeer("reset", ToxicDirection.UPSTREAM, 100);
        Socket socket = connect();
        long started = System.nanoTime();
        write(socket, bytes("hello"));

        assertThat(endOf(socket)).isEqualTo(End.RESET);
        assertThat(System.nanoTime() - started).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
    }

    // ---- down, and elsewhere
    // --------------------------------------------------------------------------------------------

    @Test
    void disablingDropsConnectionsAndRefusesNewOnesAtOnce() throws Exception {
        Socket socket = connect();
        roundTrip(socket);

        proxy.disable();

        assertThat(endOf(socket)).isNotEqualTo(End.NONE);
        assertThatThrownBy(this::connect).isInstanceOf(SocketException.class);
        proxy.enable();
        roundTrip(connect());
    }

    @Test
    void aNewUpstreamDropsConnectionsAndLeadsElsewhere() throws Exception {
        Socket socket = connect();
        roundTrip(socket);
        try (EchoServer other = new EchoServer()) {
            proxy.setUpstream(other.address());

            assertThat(endOf(socket)).isNotEqualTo(End.NONE);
            Socket again = connect();
            roundTrip(again);
            assertThat(other.connections()).isEqualTo(1);
        }
    }

    @Test
    void toxicsActInTheOrderTheyWereAdded() throws Exception {
        Socket socket = connect();
        Bandwidth stall = proxy.toxics().bandwidth("stall", ToxicDirection.DOWNSTREAM, 0);
        Latency latency = proxy.toxics().latency("slow", ToxicDirection.DOWNSTREAM, 3_600_000);
        write(socket, bytes("held"));
        assertNothingComes(socket);

        stall.remove();
        assertNothingComes(socket);
        latency.remove();

        assertThat(socket.getInputStream().readNBytes(4)).isEqualTo(bytes("held"));
    }

    @Test
    void closingTheServerClosesEverything() throws Exception {
        Socket socket = connect();
        roundTrip(socket);

        server.close();

        assertThat(endOf(socket)).isNotEqualTo(End.NONE);
        assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
        try (ServerSocket freed = new ServerSocket(port(), 1, InetAddress.getLoopbackAddress())) {
            assertThat(freed.isBound()).isTrue();
        }
    }

    // ---- the client
    // -----------------------------------------------------------------------------------------------------

    private enum End {
        NONE,
        CLOSED,
        RESET
    }

    private static End endOf(Socket socket) throws IOException {
        socket.setSoTimeout(20_000);
        try {
            return socket.getInputStream().read() < 0 ? End.CLOSED : End.NONE;
        } catch (SocketTimeoutException e) {
            return End.NONE;
        } catch (SocketException e) {
            return End.RESET;
        }
    }

    private static void assertNothingComes(Socket socket) throws IOException {
        socket.setSoTimeout(150);
        assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        socket.setSoTimeout(0);
    }

    private int port() {
        String listen = proxy.getListen();
        return Integer.parseInt(listen.substring(listen.lastIndexOf(':') + 1));
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
        socket.setTcpNoDelay(true);
        sockets.add(socket);
        return socket;
    }

    /** Nanoseconds until the answer was there. */
    private static long roundTrip(Socket socket) throws IOException {
        byte[] ping = bytes("ping");
        long started = System.nanoTime();
        write(socket, ping);
        assertThat(socket.getInputStream().readNBytes(ping.length)).isEqualTo(ping);
        return System.nanoTime() - started;
    }

    private static long fastestOf(Socket socket, int tries) throws IOException {
        long fastest = Long.MAX_VALUE;
        for (int i = 0; i < tries; i++) {
            fastest = Math.min(fastest, roundTrip(socket));
        }
        return fastest;
    }

    private static void write(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }
}
