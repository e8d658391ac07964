package dev.rehearsal.run;

import dev.rehearsal.run.RunEvent.DrillEnded;
import dev.rehearsal.run.RunEvent.DrillObserved;
import dev.rehearsal.run.RunEvent.DrillStarted;
import dev.rehearsal.run.RunEvent.DrillsPlanned;
import dev.rehearsal.run.RunEvent.OfDrill;
import dev.rehearsal.run.RunEvent.OperationTried;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Folds what was seen of drills. */
final class DrillFold {
    private Optional<DrillsPlanned> planned = Optional.empty();
    private final List<OfDrill> events = new ArrayList<>();

    void add(DrillsPlanned event) {
        planned = Optional.of(event);
    }

    /** @throws IllegalArgumentException if no such drill was planned */
    void add(OfDrill event) {
        if (planned.stream().noneMatch(all -> all.drills().contains(event.drill()))) {
            throw new IllegalArgumentException("drill " + event.drill() + " is spoken of and was never planned");
        }
        events.add(event);
    }

    /** In the order of the plan, also those that never began. */
    List<DrillRun> runs(long lastSeenNanos) {
        return planned.map(all -> all.drills().stream()
                        .map(name -> new DrillRun(
                                name,
                                all.byDefault(),
                                all.location(),
                                of(name, DrillStarted.class).stream()
                                        .findFirst()
                                        .map(RunEvent::atNanos)
                                        .orElse(lastSeenNanos),
                                of(name, DrillEnded.class).stream()
                                        .findFirst()
                                        .map(RunEvent::atNanos)
                                        .orElse(lastSeenNanos),
                                !of(name, DrillEnded.class).isEmpty(),
                                of(name, DrillObserved.class),
                                of(name, OperationTried.class)))
                        .toList())
                .orElse(List.of());
    }

    private <T extends OfDrill> List<T> of(String drill, Class<T> kind) {
        return events.stream()
                .filter(event -> event.drill().equals(drill))
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }
}
