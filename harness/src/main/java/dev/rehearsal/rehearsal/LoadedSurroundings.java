package dev.rehearsal.rehearsal;

import dev.rehearsal.measure.Instruments;
import dev.rehearsal.measure.LaggingReplica;
import dev.rehearsal.migration.Surroundings;
import java.util.Optional;

/** What goes on beside a migration that is rehearsed under load. Safe for use by several threads. */
final class LoadedSurroundings implements Surroundings {
    private final Instruments instruments;

    LoadedSurroundings(Instruments instruments) {
        this.instruments = instruments;
    }

    @Override
    public boolean inhabited() {
        return true;
    }

    @Override
    public Optional<LaggingReplica> furthestBehind() {
        return instruments.furthestBehind();
    }
}
