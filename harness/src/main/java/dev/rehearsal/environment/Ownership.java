package dev.rehearsal.environment;

import java.util.Map;
import java.util.Optional;

/** Whose a container or a network is, as labels: of which process of which machine, for certain. */
record Ownership(String machine, ProcessIdentity harness) {
    /** Everything of ours has it. */
    static final String MACHINE = "dev.rehearsal.machine";

    private static final String PROCESS = "dev.rehearsal.process";
    private static final String STARTED = "dev.rehearsal.process.started";

    /** Of what this process makes. */
    static Map<String, String> labels() {
        return new Ownership(RunningRegistry.machine(), ProcessIdentity.ofThisProcess()).asLabels();
    }

    Map<String, String> asLabels() {
        return Map.of(
                MACHINE, machine,
                PROCESS, Long.toString(harness.pid()),
                STARTED, Long.toString(harness.startedAtMillis()));
    }

    /** Empty for labels that are none of ours. */
    static Optional<Ownership> of(Map<String, String> labels) {
        try {
            return Optional.of(new Ownership(
                    labels.getOrDefault(MACHINE, ""),
                    new ProcessIdentity(
                            Long.parseLong(labels.getOrDefault(PROCESS, "")),
                            Long.parseLong(labels.getOrDefault(STARTED, "")))));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Processes of another machine, or of another container, cannot be seen from here: what is theirs stays. */
    boolean isAbandoned() {
        return machine.equals(RunningRegistry.machine()) && harness.alive().isEmpty();
    }
}
