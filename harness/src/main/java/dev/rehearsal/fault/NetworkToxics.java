package dev.rehearsal.fault;

import dev.rehearsal.scenario.Fault;
import eu.rekawek.toxiproxy.Proxy;
import eu.rekawek.toxiproxy.ToxiproxyClient;
import eu.rekawek.toxiproxy.model.ToxicDirection;
import eu.rekawek.toxiproxy.model.ToxicList;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The network faults as toxics of the proxies that have their servers' and links' names. Not for several threads at once. */
final class NetworkToxics {
    private static final String UP = "-up";
    private static final String DOWN = "-down";

    private final ToxiproxyClient client;
    /** How many faults keep each proxy down. */
    private final Map<String, Integer> downs = new HashMap<>();

    NetworkToxics(URI faultApi) {
        this.client = new ToxiproxyClient(faultApi.getScheme(), faultApi.getHost(), faultApi.getPort());
    }

    void begin(String name, Fault fault) throws FaultFailure {
        call(fault.kind() + " could not be injected", () -> {
            Proxy proxy = client.getProxy(fault.of());
            ToxicList toxics = proxy.toxics();
            switch (fault) {
                case Fault.Latency latency -> {
                    var toxic = toxics.latency(
                            name, direction(latency), latency.delay().toMillis());
                    if (!latency.jitter().isZero()) {
                        toxic.setJitter(latency.jitter().toMillis());
                    }
                }
                case Fault.Bandwidth bandwidth ->
                    toxics.bandwidth(name, direction(bandwidth), bandwidth.kilobytesPerSecond());
                case Fault.Timeout timeout -> toxics.timeout(name, direction(timeout), millis(timeout.timeout()));
                case Fault.ResetPeer reset -> toxics.resetPeer(name, direction(reset), millis(reset.timeout()));
                case Fault.SlowClose slowClose ->
                    toxics.slowClose(name, direction(slowClose), millis(slowClose.delay()));
                case Fault.Slicer slicer -> {
                    var toxic = toxics.slicer(
                            name,
                            direction(slicer),
                            slicer.averageSizeBytes(),
                            TimeUnit.NANOSECONDS.toMicros(slicer.delay().toNanos()));
                    if (slicer.sizeVariationBytes() > 0) {
                        toxic.setSizeVariation(slicer.sizeVariationBytes());
                    }
                }
                case Fault.LimitData limit -> toxics.limitData(name, direction(limit), limit.bytes());
                case Fault.Down down -> {
                    if (downs.merge(fault.of(), 1, Integer::sum) == 1) {
                        proxy.disable();
                    }
                }
                case Fault.Partition partition -> {
                    toxics.timeout(name + UP, ToxicDirection.UPSTREAM, 0);
                    toxics.timeout(name + DOWN, ToxicDirection.DOWNSTREAM, 0);
                }
                case Fault.Election election -> throw new IllegalArgumentException("not a fault of the network");
                case Fault.Failover failover -> throw new IllegalArgumentException("not a fault of the network");
                case Fault.ServerFault server -> throw new IllegalArgumentException("not a fault of the network");
                case Fault.DiskFull full -> throw new IllegalArgumentException("not a fault of the network");
                case Fault.Blocker blocker -> throw new IllegalArgumentException("not a fault of the network");
            }
        });
    }

    void end(String name, Fault fault) throws FaultFailure {
        call(fault.kind() + " could not be taken back", () -> {
            Proxy proxy = client.getProxy(fault.of());
            if (fault instanceof Fault.Partition) {
                proxy.toxics().get(name + UP).remove();
                proxy.toxics().get(name + DOWN).remove();
            } else if (!(fault instanceof Fault.Down)) {
                proxy.toxics().get(name).remove();
            } else if (downs.merge(fault.of(), -1, Integer::sum) == 0) {
                proxy.enable();
            }
        });
    }

    /** Removes all toxics and enables the proxy, whoever set them. */
    void heal() throws FaultFailure {
        call("the fault proxy could not be healed", client::reset);
    }

    private static ToxicDirection direction(Fault.NetworkFault fault) {
        return switch (fault.direction()) {
            case DOWNSTREAM -> ToxicDirection.DOWNSTREAM;
            case UPSTREAM -> ToxicDirection.UPSTREAM;
        };
    }

    private static long millis(Duration duration) {
        return duration.toMillis();
    }

    @FunctionalInterface
    private interface Call {
        void run() throws IOException;
    }

    /** The client throws what it comes across, a number format exception for an answer that it does not like. */
    private static void call(String what, Call call) throws FaultFailure {
        try {
            call.run();
        } catch (IOException | RuntimeException e) {
            throw new FaultFailure(what + ": " + e, e);
        }
    }
}
