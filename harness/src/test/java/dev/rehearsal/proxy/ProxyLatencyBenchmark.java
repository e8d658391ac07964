package dev.rehearsal.proxy;

import eu.rekawek.toxiproxy.ToxiproxyClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What the proxy adds to a round trip on the loopback interface, beside no proxy and beside Toxiproxy's own server.
 *
 * <p>Run its {@code main}, with the URL of a Toxiproxy server's API as argument if there is one. The paths take turns in short rounds, so that
 * whatever else the machine does falls on all of them.
 *
 * <pre>
 *                p50 µs   p99 µs   added p50 µs        (two cores, with others at work)
 * direct           15.8     37.5            0.0
 * built-in         40.1     71.2           24.3
 * toxiproxy        80.0    180.0           64.2
 * </pre>
 */
final class ProxyLatencyBenchmark {
    private static final int ROUNDS = 60;
    private static final int TRIPS = 1000;
    private static final int WARM_UP_ROUNDS = 20;
    private static final byte[] MESSAGE = new byte[100];

    private ProxyLatencyBenchmark() {}

    /** One way to the same server. */
    private static final class Way {
        private final String name;
        private final Socket socket;
        private final List<long[]> rounds = new ArrayList<>();

        Way(String name, int port) throws IOException {
            this.name = name;
            this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
        }

        void round() throws IOException {
            long[] nanos = new long[TRIPS];
            for (int i = 0; i < TRIPS; i++) {
                long started = System.nanoTime();
                socket.getOutputStream().write(MESSAGE);
                socket.getInputStream().readNBytes(MESSAGE.length);
                nanos[i] = System.nanoTime() - started;
            }
            rounds.add(nanos);
        }

        double micros(double quantile) {
            long[] all = rounds.stream()
                    .skip(WARM_UP_ROUNDS)
                    .flatMapToLong(Arrays::stream)
                    .sorted()
                    .toArray();
            return all[(int) (quantile * (all.length - 1))] / 1e3;
        }
    }

    public static void main(String[] arguments) throws IOException {
        try (EchoServer echo = new EchoServer();
                FaultProxyServer server = FaultProxyServer.start(0, 42)) {
            List<Way> ways = new ArrayList<>();
            ways.add(new Way("direct", echo.port()));
            ways.add(new Way("built-in", server.add("echo", echo.address())));
            if (arguments.length > 0) {
                URI api = URI.create(arguments[0]);
                ToxiproxyClient client = new ToxiproxyClient(api.getHost(), api.getPort());
                String listen = client.createProxy("benchmark", "127.0.0.1:0", echo.address())
                        .getListen();
                ways.add(new Way("toxiproxy", Integer.parseInt(listen.substring(listen.lastIndexOf(':') + 1))));
            }
            for (int i = 0; i < ROUNDS; i++) {
                for (Way way : ways) {
                    way.round();
                }
            }
            System.out.println("               p50 µs   p99 µs   added p50 µs");
            for (Way way : ways) {
                double added = way.micros(0.5) - ways.getFirst().micros(0.5);
                System.out.println(String.format(
                        Locale.ROOT, "%-12s %8.1f %8.1f %14.1f", way.name, way.micros(0.5), way.micros(0.99), added));
            }
            for (Way way : ways) {
                way.socket.close();
            }
        }
    }
}
