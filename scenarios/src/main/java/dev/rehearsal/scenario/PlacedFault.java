package dev.rehearsal.scenario;

/**
 * A fault, and where it is made.
 *
 * @param database the number of the database whose server and traffic it befalls; 1 where there is one
 */
public record PlacedFault(Fault fault, int database) {
    /** Whose disk of its own {@link EnvironmentSpec#disk} is, and whom a fault befalls that names nobody. */
    static final int FIRST = 1;
}
