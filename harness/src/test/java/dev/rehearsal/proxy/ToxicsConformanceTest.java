package dev.rehearsal.proxy;

import static dev.rehearsal.proxy.Clients.assertComes;
import static dev.rehearsal.proxy.Clients.assertNothingComes;
import static dev.rehearsal.proxy.Clients.endOf;
import static dev.rehearsal.proxy.Clients.fastestOf;
import static dev.rehearsal.proxy.Clients.roundTrip;
import static dev.rehearsal.proxy.Clients.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.rekawek.toxiproxy.model.ToxicDirection;
import eu.rekawek.toxiproxy.model.toxic.Bandwidth;
import eu.rekawek.toxiproxy.model.toxic.Latency;
import eu.rekawek.toxiproxy.model.toxic.LimitData;
import eu.rekawek.toxiproxy.model.toxic.Slicer;
import eu.rekawek.toxiproxy.model.toxic.SlowClose;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What clients of a proxied server feel, through both servers. */
class ToxicsConformanceTest extends ProxiedEchoTest {
    // ---- no toxic ---------------------------------------------------------------------------------------------------

    @Test
    void passesBytesUnchangedBothWays() throws Exception {
        Socket socket = clients.connect(proxy);
        byte[] sent = new byte[20_000_000];
        new Random(1).nextBytes(sent);

        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(socket, sent));
        byte[] received = socket.getInputStream().readNBytes(sent.length);
        writing.join();

        assertThat(Arrays.equals(received, sent)).isTrue();
    }

    @Test
    void closesTheServersSideWhenTheClientLeaves() throws Exception {
        Socket socket = clients.connect(proxy);
        roundTrip(socket);
        assertThat(echo.connections()).isEqualTo(1);

        socket.close();

        Awaitility.await().until(() -> echo.connections() == 0);
    }

    @Test
    void closesTheClientWhenNoServerIsThere() throws Exception {
        echo.close();

        Socket socket = clients.connect(proxy);

        assertThat(endOf(socket)).isNotEqualTo(Clients.End.NONE);
    }

    // ---- latency ----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(ToxicDirection.class)
    void latencyDelaysAnOpenConnectionUntilItIsRemoved(ToxicDirection direction) throws Exception {
        Socket socket = clients.connect(proxy);
        roundTrip(socket);

        Latency latency = proxy.toxics().latency("slow", direction, 120);
        long slow = roundTrip(socket);
        latency.remove();
        long healed = fastestOf(socket, 20);

        assertThat(slow).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(120));
        assertThat(healed).isLessThan(TimeUnit.MILLISECONDS.toNanos(120));
    }

    @Test
    void latencyKeepsTheOrderOfBytesWhateverTheJitter() throws Exception {
        Socket socket = clients.connect(proxy);
        proxy.toxics().latency("slow", ToxicDirection.UPSTREAM, 20).setJitter(19);
        StringBuilder sent = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            String word = i + ",";
            sent.append(word);
            write(socket, word);
            Thread.onSpinWait();
        }

        byte[] received = socket.getInputStream().readNBytes(sent.length());

        assertThat(new String(received, StandardCharsets.US_ASCII)).isEqualTo(sent.toString());
    }

    @Test
    void latencyDelaysThroughputOnlyOnce() throws Exception {
        Socket socket = clients.connect(proxy);
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

    @ParameterizedTest
    @EnumSource(ToxicDirection.class)
    void removingLatencyReleasesWhatItHolds(ToxicDirection direction) throws Exception {
        Socket socket = clients.connect(proxy);
        Latency latency = proxy.toxics().latency("slow", direction, HOUR);
        write(socket, "held");
        assertNothingComes(socket);

        latency.remove();

        assertComes(socket, "held");
    }

    @Test
    void toxicityZeroSparesEveryConnection() throws Exception {
        Latency latency = proxy.toxics().latency("slow", ToxicDirection.DOWNSTREAM, HOUR);
        latency.setToxicity(0);

        assertThat(roundTrip(clients.connect(proxy))).isLessThan(TimeUnit.SECONDS.toNanos(30));
    }

    @ParameterizedTest
    @EnumSource(ToxicDirection.class)
    void jitterVariesTheDelayAroundTheLatency(ToxicDirection direction) throws Exception {
        Socket socket = clients.connect(proxy);
        proxy.toxics().latency("slow", direction, 60).setJitter(50);

        List<Long> trips = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            trips.add(TimeUnit.NANOSECONDS.toMillis(roundTrip(socket)));
        }

        assertThat(trips).allMatch(millis -> millis >= 10).anyMatch(millis -> millis >= 60);
        assertThat(Collections.min(trips)).isLessThan(60);
    }

    @Test
    void twoLatenciesAddUp() throws Exception {
        Socket socket = clients.connect(proxy);
        proxy.toxics().latency("slow", ToxicDirection.DOWNSTREAM, 100);
        proxy.toxics().latency("slower", ToxicDirection.DOWNSTREAM, 150);

        assertThat(roundTrip(socket)).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(250));
    }

    @Test
    void changingLatencyLetsGoOfWhatItHasInHand() throws Exception {
        Socket socket = clients.connect(proxy);
        Latency latency = proxy.toxics().latency("slow", ToxicDirection.DOWNSTREAM, HOUR);
        write(socket, "held");
        assertNothingComes(socket);

        latency.setLatency(2 * HOUR);

        assertComes(socket, "held");
        write(socket, "more");
        assertNothingComes(socket);
    }

    // ---- toxicity ---------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(ToxicDirection.class)
    void toxicityAffectsAShareOfTheConnections(ToxicDirection direction) throws Exception {
        proxy.toxics().limitData("broken", direction, 0).setToxicity(0.5f);

        EnumSet<Clients.End> ends = EnumSet.noneOf(Clients.End.class);
        for (int i = 0; i < 40; i++) {
            Socket socket = clients.connect(proxy);
            write(socket, "x");
            ends.add(endOf(socket));
        }

        assertThat(ends).contains(Clients.End.NONE).hasSizeGreaterThan(1);
    }

    @Test
    void toxicityOneAffectsAConnectionThatWasSpared() throws Exception {
        Socket socket = clients.connect(proxy);
        Latency latency = proxy.toxics().latency("slow", ToxicDirection.UPSTREAM, 200);
        latency.setToxicity(0);
        roundTrip(socket);

        latency.setToxicity(1);

        assertThat(roundTrip(socket)).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(200));
    }

    // ---- bandwidth --------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(ToxicDirection.class)
    void bandwidthLetsBytesThroughAtItsRate(ToxicDirection direction) throws Exception {
        Socket socket = clients.connect(proxy);
        proxy.toxics().bandwidth("narrow", direction, 100);
        byte[] sent = new byte[60_000];

        long started = System.nanoTime();
        write(socket, sent);
        assertThat(socket.getInputStream().readNBytes(sent.length)).hasSize(sent.length);

        assertThat(System.nanoTime() - started).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(600));
    }

    @ParameterizedTest
    @EnumSource(ToxicDirection.class)
    void bandwidthZeroStallsAndLosesNothing(ToxicDirection direction) throws Exception {
        Socket socket = clients.connect(proxy);
        roundTrip(socket);
        Bandwidth stall = proxy.toxics().bandwidth("stall", direction, 0);
        write(socket, "patience");
        assertNothingComes(socket);

        stall.remove();

        assertComes(socket, "patience");
        roundTrip(socket);
    }

    @Test
    void bandwidthZeroPushesBackOnTheSender() throws Exception {
        Socket socket = clients.connect(proxy);
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
        Socket socket = clients.connect(proxy);
        Bandwidth bandwidth = proxy.toxics().bandwidth("stall", ToxicDirection.DOWNSTREAM, 0);
        write(socket, "patience");
        assertNothingComes(socket);

        bandwidth.setRate(1000);

        assertComes(socket, "patience");
    }

    // ---- timeout ----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(ToxicDirection.class)
    void timeoutZeroDropsBytesAndClosesWhenRemoved(ToxicDirection direction) throws Exception {
        Socket socket = clients.connect(proxy);
        roundTrip(socket);
        var timeout = proxy.toxics().timeout("gone", direction, 0);
        write(socket, "lost");
        assertNothingComes(socket);

        timeout.remove();

        assertThat(endOf(socket)).isNotEqualTo(Clients.End.NONE);
        roundTrip(clients.connect(proxy));
    }

    @ParameterizedTest
    @EnumSource(ToxicDirection.class)
    void timeoutClosesByItself(ToxicDirection direction) throws Exception {
        Socket socket = clients.connect(proxy);
        roundTrip(socket);
        proxy.toxics().timeout("gone", direction, 0).setTimeout(50);

        assertThat(endOf(socket)).isNotEqualTo(Clients.End.NONE);
        Awaitility.await().until(() -> echo.connections() == 0);
    }

    // ---- reset_peer -------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(ToxicDirection.class)
    void resetPeerResetsNewConnectionsAfterItsTimeout(ToxicDirection direction) throws Exception {
        proxy.toxics().resetPeer("reset", direction, 100);
        Socket socket = clients.connect(proxy);
        long started = System.nanoTime();
        write(socket, "hello");

        assertThat(endOf(socket)).isEqualTo(Clients.End.RESET);
        assertThat(System.nanoTime() - started).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
    }

    @Test
    void resetPeerThatNothingSetOffSparesAConnection() throws Exception {
        Socket socket = clients.connect(proxy);
        roundTrip(socket);
        var reset = proxy.toxics().resetPeer("reset", ToxicDirection.DOWNSTREAM, 0);

        reset.remove();

        roundTrip(socket);
    }

    // ---- slow_close -------------------------------------------------------------------------------------------------

    @Test
    void slowCloseKeepsTheClientsSideOpenForAWhile() throws Exception {
        proxy.toxics().slowClose("slow", ToxicDirection.DOWNSTREAM, 300);
        Socket socket = clients.connect(proxy);
        roundTrip(socket);

        long started = System.nanoTime();
        socket.shutdownOutput();

        assertThat(endOf(socket)).isEqualTo(Clients.End.CLOSED);
        assertThat(System.nanoTime() - started).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(300));
    }

    @Test
    void slowCloseKeepsTheServersSideOpenForAWhile() throws Exception {
        proxy.toxics().slowClose("slow", ToxicDirection.UPSTREAM, 300);
        Socket socket = clients.connect(proxy);
        roundTrip(socket);

        long started = System.nanoTime();
        socket.close();
        Awaitility.await().pollInterval(5, TimeUnit.MILLISECONDS).until(() -> echo.connections() == 0);

        assertThat(System.nanoTime() - started).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(300));
    }

    @Test
    void removingSlowCloseCloses() throws Exception {
        SlowClose slowClose = proxy.toxics().slowClose("slow", ToxicDirection.DOWNSTREAM, HOUR);
        Socket socket = clients.connect(proxy);
        roundTrip(socket);
        socket.shutdownOutput();
        assertNothingComes(socket);

        slowClose.remove();

        assertThat(endOf(socket)).isEqualTo(Clients.End.CLOSED);
    }

    @Test
    void changingSlowCloseStartsItsDelayAgain() throws Exception {
        SlowClose slowClose = proxy.toxics().slowClose("slow", ToxicDirection.DOWNSTREAM, HOUR);
        Socket socket = clients.connect(proxy);
        roundTrip(socket);
        socket.shutdownOutput();
        assertNothingComes(socket);

        long started = System.nanoTime();
        slowClose.setDelay(200);

        assertThat(endOf(socket)).isEqualTo(Clients.End.CLOSED);
        assertThat(System.nanoTime() - started).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(200));
    }

    // ---- slicer -----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(ToxicDirection.class)
    void slicerSendsSmallPiecesWithPausesBetween(ToxicDirection direction) throws Exception {
        Socket socket = clients.connect(proxy);
        proxy.toxics().slicer("sliced", direction, 10, 20_000).setSizeVariation(3);
        String sent = "0123456789".repeat(10);

        long started = System.nanoTime();
        write(socket, sent);
        assertComes(socket, sent);

        // No piece is larger than 13 bytes, so there are 8 or more, with 7 pauses between them.
        assertThat(System.nanoTime() - started).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(7 * 20));
    }

    @ParameterizedTest
    @EnumSource(ToxicDirection.class)
    void removingSlicerSendsTheRestAtOnce(ToxicDirection direction) throws Exception {
        Socket socket = clients.connect(proxy);
        Slicer slicer = proxy.toxics().slicer("sliced", direction, 1, TimeUnit.MILLISECONDS.toMicros(HOUR));
        write(socket, "sliced");
        assertComes(socket, "s");
        assertNothingComes(socket);

        slicer.remove();

        assertComes(socket, "liced");
        roundTrip(socket);
    }

    @Test
    void slicerLeavesBytesAndTheirOrderAlone() throws Exception {
        Socket socket = clients.connect(proxy);
        proxy.toxics().slicer("sliced", ToxicDirection.UPSTREAM, 500, 0).setSizeVariation(400);
        byte[] sent = new byte[300_000];
        new Random(2).nextBytes(sent);

        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(socket, sent));
        byte[] received = socket.getInputStream().readNBytes(sent.length);
        writing.join();

        assertThat(Arrays.equals(received, sent)).isTrue();
    }

    // ---- limit_data -------------------------------------------------------------------------------------------------

    @Test
    void limitDataClosesAfterSoManyBytesToTheClient() throws Exception {
        Socket socket = clients.connect(proxy);
        proxy.toxics().limitData("limited", ToxicDirection.DOWNSTREAM, 10);
        roundTrip(socket);
        roundTrip(socket);
        write(socket, "last words");

        assertComes(socket, "la");
        assertThat(endOf(socket)).isNotEqualTo(Clients.End.NONE);
        Awaitility.await().until(() -> echo.connections() == 0);
    }

    @Test
    void limitDataClosesAfterSoManyBytesToTheServer() throws Exception {
        Socket socket = clients.connect(proxy);
        proxy.toxics().limitData("limited", ToxicDirection.UPSTREAM, 6);
        roundTrip(socket);
        write(socket, "last words");

        Awaitility.await().until(() -> echo.connections() == 0);
        assertThat(echo.received()).isEqualTo(6);
    }

    @Test
    void limitDataCountsWhatPassedBeforeItWasChanged() throws Exception {
        Socket socket = clients.connect(proxy);
        LimitData limit = proxy.toxics().limitData("limited", ToxicDirection.DOWNSTREAM, 1000);
        roundTrip(socket);

        limit.setBytes(6);
        write(socket, "last words");

        assertComes(socket, "la");
        assertThat(endOf(socket)).isNotEqualTo(Clients.End.NONE);
    }

    @Test
    void limitDataDeliversTheLastBytesThroughTheToxicsBehindIt() throws Exception {
        Socket socket = clients.connect(proxy);
        proxy.toxics().limitData("limited", ToxicDirection.DOWNSTREAM, 4);
        proxy.toxics().latency("slow", ToxicDirection.DOWNSTREAM, 150);

        assertThat(roundTrip(socket)).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(150));
        assertThat(endOf(socket)).isNotEqualTo(Clients.End.NONE);
    }

    @Test
    void removingLimitDataLiftsTheLimit() throws Exception {
        Socket socket = clients.connect(proxy);
        LimitData limit = proxy.toxics().limitData("limited", ToxicDirection.DOWNSTREAM, 6);
        roundTrip(socket);

        limit.remove();

        roundTrip(socket);
    }

    // ---- down, and elsewhere ----------------------------------------------------------------------------------------

    @Test
    void disablingDropsConnectionsAndRefusesNewOnesAtOnce() throws Exception {
        Socket socket = clients.connect(proxy);
        roundTrip(socket);

        proxy.disable();

        assertThat(endOf(socket)).isNotEqualTo(Clients.End.NONE);
        assertThatThrownBy(() -> clients.connect(proxy)).isInstanceOf(SocketException.class);
        proxy.enable();
        roundTrip(clients.connect(proxy));
    }

    @Test
    void aNewUpstreamDropsConnectionsAndLeadsElsewhere() throws Exception {
        Socket socket = clients.connect(proxy);
        roundTrip(socket);
        try (EchoServer other = new EchoServer()) {
            proxy.setUpstream(other.address());

            assertThat(endOf(socket)).isNotEqualTo(Clients.End.NONE);
            Socket again = clients.connect(proxy);
            roundTrip(again);
            assertThat(other.connections()).isEqualTo(1);
        }
    }

    @Test
    void toxicsActInTheOrderTheyWereAdded() throws Exception {
        Socket socket = clients.connect(proxy);
        Bandwidth stall = proxy.toxics().bandwidth("stall", ToxicDirection.DOWNSTREAM, 0);
        Latency latency = proxy.toxics().latency("slow", ToxicDirection.DOWNSTREAM, HOUR);
        write(socket, "held");
        assertNothingComes(socket);

        stall.remove();
        assertNothingComes(socket);
        latency.remove();

        assertComes(socket, "held");
    }
}
