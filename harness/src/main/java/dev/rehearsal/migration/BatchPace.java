package dev.rehearsal.migration;

import dev.rehearsal.scenario.Backfill.BatchSize;
import java.time.Duration;

/** How many keys the next batch has. Of an adaptive size it follows what the last batch took, at most by a factor of two. Not for several threads. */
final class BatchPace {
    private final BatchSize size;
    private int keys;

    BatchPace(BatchSize size) {
        this.size = size;
        this.keys = switch (size) {
            case BatchSize.Fixed fixed -> fixed.rows();
            case BatchSize.Adaptive adaptive -> adaptive.first();
        };
    }

    int keys() {
        return keys;
    }

    /** A full batch took so long. */
    void took(Duration duration) {
        switch (size) {
            case BatchSize.Fixed fixed -> {}
            case BatchSize.Adaptive adaptive -> {
                double wanted = (double) adaptive.target().toNanos() / Math.max(1, duration.toNanos());
                keys = Math.clamp(Math.round(keys * Math.clamp(wanted, 0.5, 2.0)), 1, adaptive.most());
            }
        }
    }

    /** Something held the backfill up: an adaptive size begins again with less. */
    void heldUp() {
        switch (size) {
            case BatchSize.Fixed fixed -> {}
            case BatchSize.Adaptive adaptive -> keys = Math.max(1, keys / 2);
        }
    }
}
