package dev.rehearsal.scenario;

/**
 * The data that a server which is not the harness's own holds: never touched, copied for every run.
 *
 * @param database that {@code environment.url} names
 */
public record ExistingSpec(String database) implements StartingData {
    /** The word that stands for it in a scenario. */
    static final String WORD = "existing";

    @Override
    public String name() {
        return database;
    }
}
