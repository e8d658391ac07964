package dev.rehearsal.rehearsal;

import dev.rehearsal.load.LiveView;
import dev.rehearsal.load.Load;
import dev.rehearsal.measure.Instruments;
import dev.rehearsal.measure.LaggingReplica;
import dev.rehearsal.migration.Surroundings;
import dev.rehearsal.scenario.EnvironmentException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** What goes on beside a migration that is rehearsed under load. Safe for use by several threads. */
final class LoadedSurroundings implements Surroundings {
    private final Instruments instruments;
    private final Load load;
    private final Supplier<Optional<Duration>> baselineP99;
    private final Path outputs;

    /** @param outputs where what commands print is kept */
    LoadedSurroundings(Instruments instruments, Load load, Supplier<Optional<Duration>> baselineP99, Path outputs) {
        this.instruments = instruments;
        this.load = load;
        this.baselineP99 = baselineP99;
        this.outputs = outputs;
    }

    @Override
    public Optional<Path> outputs() {
        return Optional.of(outputs);
    }

    @Override
    public boolean inhabited() {
        return true;
    }

    @Override
    public Optional<LaggingReplica> furthestBehind() {
        return instruments.furthestBehind();
    }

    @Override
    public Optional<Duration> p99() {
        LiveView live = load.live();
        return live.finishedPerSecond() > 0 ? Optional.of(Duration.ofNanos(live.p99Nanos())) : Optional.empty();
    }

    @Override
    public Optional<Duration> baselineP99() {
        return baselineP99.get();
    }

    @Override
    public long deploy(String service, String version, Duration over)
            throws EnvironmentException, InterruptedException {
        return load.deploy(service, version, over);
    }

    @Override
    public int waitingForLocks() {
        return instruments.waitingForLocks();
    }
}
