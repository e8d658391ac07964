package dev.rehearsal.run;

import dev.rehearsal.run.RunEvent.DrillObserved;
import dev.rehearsal.run.RunEvent.OperationTried;
import dev.rehearsal.scenario.SourceLocation;
import java.util.List;

/**
 * One drill as it went.
 *
 * @param name the scenario file's word
 * @param byDefault whether it was done because the scenario says nothing about drills
 * @param location where the scenario's steps begin, for what has no place of its own
 * @param startNanos of a drill that never began, the last thing seen
 * @param endNanos of a drill whose end was never recorded, the last thing seen
 * @param complete whether its end was recorded
 */
public record DrillRun(
        String name,
        boolean byDefault,
        SourceLocation location,
        long startNanos,
        long endNanos,
        boolean complete,
        List<DrillObserved> observed,
        List<OperationTried> operations) {
    public DrillRun {
        observed = List.copyOf(observed);
        operations = List.copyOf(operations);
    }
}
