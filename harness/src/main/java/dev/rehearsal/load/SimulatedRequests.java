package dev.rehearsal.load;

import dev.rehearsal.run.RequestRecord.Attempts;
import dev.rehearsal.scenario.Simulation;
import dev.rehearsal.scenario.Workload.Service;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;

/** What the users of a simulation ask for, by the names that the scenario has for it. Safe for use by several threads. */
final class SimulatedRequests {
    private final int service;
    private final int firstOperation;
    private final List<String> names;
    private final AtomicLongArray perName;
    private final String simulation;
    private final InFlight inFlight;
    private final Consumer<Frame.Failed> broken;

    /**
     * @param service index in the workload
     * @param firstOperation index of the simulation's first request in the request log
     * @param spec of a service that has a simulation
     * @param broken is told what makes the simulation useless
     */
    SimulatedRequests(int service, int firstOperation, Service spec, InFlight inFlight, Consumer<Frame.Failed> broken) {
        Simulation given = spec.simulation().orElseThrow();
        this.service = service;
        this.firstOperation = firstOperation;
        this.names =
                given.transactions().stream().map(Simulation.Transaction::name).toList();
        this.perName = new AtomicLongArray(names.size());
        this.simulation = "the simulation " + given.className() + " of service " + spec.name();
        this.inFlight = inFlight;
        this.broken = broken;
    }

    /**
     * The number of a name among the simulation's; empty if it is not among them, which then was told.
     *
     * @param kind what the simulation calls it
     * @param otherwise what can be done instead of adding it
     */
    OptionalInt number(String kind, String name, String otherwise) {
        int number = names.indexOf(name);
        if (number >= 0) {
            return OptionalInt.of(number);
        }
        broken(
                "has a " + kind + " '" + name + "', which is not among the service's transactions",
                "Add it to them, or " + otherwise + ".");
        return OptionalInt.empty();
    }

    /** @param arrival the user's, or {@link Attempts#NO_ARRIVAL} */
    InFlight.Request begun(int number, long arrival, long dueNanos) {
        long nth = perName.getAndIncrement(number);
        return inFlight.begun(new Arrival(service, number, arrival, nth, dueNanos), firstOperation + number);
    }

    /** Says what makes the simulation useless: what it has or does, in a sentence of which it is the subject. */
    void broken(String what, String remedy) {
        broken.accept(new Frame.Failed(simulation + " " + what, remedy));
    }
}
