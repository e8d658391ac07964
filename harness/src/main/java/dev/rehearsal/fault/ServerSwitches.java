package dev.rehearsal.fault;

import dev.rehearsal.scenario.EnvironmentException;

/**
 * What can be done to the server itself, of whatever runtime it is. Called by the injector's thread alone, and each return follows its
 * departure.
 *
 * @param pause every process stands still when it returns
 * @param resume they go on
 * @param crash none of them is there any more when it returns
 * @param restart the server answers again when it returns
 */
public record ServerSwitches(Switch pause, Switch resume, Switch crash, Switch restart) {
    /** One of these deeds. */
    @FunctionalInterface
    public interface Switch {
        void run() throws EnvironmentException;
    }
}
