package dev.rehearsal.scenario;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A Gatling simulation that says what the users of a service do, in place of operations.
 *
 * @param className fully qualified, of a class that extends Gatling's {@code Simulation}
 * @param path of the jar, or of the folder that the sources of Java stand in
 * @param transactions all that its users may do, in the order in which requests number them; of one that talks HTTP, by the names of its requests
 * @param http the service that it talks to; empty: it runs transactions on the service's own pool
 */
public record Simulation(
        String className, Form form, Path path, List<Transaction> transactions, Optional<HttpService> http) {
    public Simulation {
        transactions = List.copyOf(transactions);
    }

    /** The same with the service at a port. */
    Simulation listening(Optional<Integer> port) {
        return new Simulation(
                className,
                form,
                path,
                transactions,
                http.map(service -> port.map(service::at).orElse(service)));
    }

    /** What the class is in. */
    public enum Form {
        JAR,
        /** To be compiled first. */
        SOURCE;

        /** As the scenario file has it. */
        public String word() {
            return this == JAR ? "jar" : "source";
        }
    }

    /**
     * What is known of one transaction before the simulation runs.
     *
     * @param perUser how often a user who arrives does it, on average: of how many requests there will be, it is the only sign
     */
    public record Transaction(String name, double perUser, boolean writes) {}
}
