package dev.rehearsal.drill;

import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent.DrillObserved;
import dev.rehearsal.run.RunEvent.Sight;
import dev.rehearsal.scenario.Drill;
import dev.rehearsal.scenario.SourceLocation;
import java.util.Optional;

/** What one drill sees, on its way into the journal. Safe for use by several threads. */
record DrillLog(Drill drill, RunClock clock, Journal journal) {
    void held(String subject, String message) {
        seen(subject, Sight.HELD, message, Optional.empty());
    }

    void broken(String subject, String message) {
        seen(subject, Sight.BROKEN, message, Optional.empty());
    }

    void broken(String subject, String message, Optional<SourceLocation> location) {
        seen(subject, Sight.BROKEN, message, location);
    }

    void unknown(String subject, String message) {
        seen(subject, Sight.UNKNOWN, message, Optional.empty());
    }

    void unknown(String subject, String message, Optional<SourceLocation> location) {
        seen(subject, Sight.UNKNOWN, message, location);
    }

    void noted(String subject, String message) {
        seen(subject, Sight.NOTED, message, Optional.empty());
    }

    private void seen(String subject, Sight sight, String message, Optional<SourceLocation> location) {
        journal.record(new DrillObserved(clock.nowNanos(), drill.word(), subject, sight, message, location));
    }
}
