package dev.rehearsal.environment;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a machine can run.
 *
 * @param machine what every rehearsal needs
 * @param local what servers from the harness's own programs need
 * @param containers what servers in containers need
 */
public record MachineReport(List<Check> machine, RuntimeReport local, RuntimeReport containers) {
    public MachineReport {
        machine = List.copyOf(machine);
    }

    /** Where servers run, and whether they can: each of {@code needed} and one of {@code oneOf}, if there are any. */
    public record RuntimeReport(List<Check> needed, List<Check> oneOf) {
        public RuntimeReport {
            needed = List.copyOf(needed);
            oneOf = List.copyOf(oneOf);
        }

        /** Whether a rehearsal could run now, with nothing to fetch first. */
        public boolean runs() {
            return nothingMissing(needed)
                    && (oneOf.isEmpty() || oneOf.stream().anyMatch(check -> check instanceof Check.Ok));
        }

        public List<Check> checks() {
            return Stream.concat(needed.stream(), oneOf.stream()).toList();
        }
    }

    /** Whether some rehearsal could run. */
    public boolean somethingRuns() {
        return nothingMissing(machine) && (local.runs() || containers.runs());
    }

    private static boolean nothingMissing(List<Check> checks) {
        return checks.stream().noneMatch(check -> check instanceof Check.Missing);
    }
}
