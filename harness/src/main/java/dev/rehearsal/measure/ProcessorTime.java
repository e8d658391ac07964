package dev.rehearsal.measure;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** How busy the machine was, and what of it was the server, since it was last asked. Not safe for use by several threads. */
final class ProcessorTime {
    private final long postmasterPid;
    private final OperatingSystemMXBean machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private Map<Long, Duration> used;
    private long atNanos = System.nanoTime();

    /** Fractions of all processors together, 0 to 1; the server's is negative where its processes cannot be seen. */
    record Shares(double server, double machine) {}

    /** @param postmasterPid negative where the server's processes cannot be seen */
    ProcessorTime(long postmasterPid) {
        this.postmasterPid = postmasterPid;
        this.used = usedByProcess();
    }

    /** Of server processes that have ended in between, nothing is counted. */
    Shares sinceLast() {
        double server = treeSinceLast();
        return new Shares(server, Math.clamp(machine.getCpuLoad(), 0, 1));
    }

    /**
     * Of the process tree alone; negative where it cannot be seen. Apart, because whoever asks for the machine's share takes it away from who asks next.
     */
    double treeSinceLast() {
        Map<Long, Duration> usedBefore = used;
        long before = atNanos;
        used = usedByProcess();
        atNanos = System.nanoTime();
        long serverNanos = used.entrySet().stream()
                .mapToLong(process -> process.getValue()
                        .minus(usedBefore.getOrDefault(process.getKey(), Duration.ZERO))
                        .toNanos())
                .sum();
        double availableNanos = Math.max(1.0, (double) (atNanos - before) * machine.getAvailableProcessors());
        return postmasterPid < 0 ? -1 : Math.clamp(serverNanos / availableNanos, 0, 1);
    }

    private Map<Long, Duration> usedByProcess() {
        Map<Long, Duration> byProcess = new HashMap<>();
        ProcessHandle.of(postmasterPid).stream()
                .flatMap(postmaster -> Stream.concat(Stream.of(postmaster), postmaster.descendants()))
                .forEach(process -> process.info()
                        .totalCpuDuration()
                        .ifPresent(duration -> byProcess.put(process.pid(), duration)));
        return byProcess;
    }
}
