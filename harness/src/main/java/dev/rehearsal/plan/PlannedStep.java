package dev.rehearsal.plan;

/**
 * One step of a plan.
 *
 * @param why a sentence for the reader of the plan
 * @param sql statements, each with its semicolon
 * @param alone whether each statement commits by itself
 * @param patient whether it may wait as long as it takes: nobody waits behind it, and an index that is given up halfway is left invalid
 */
public record PlannedStep(String name, String why, String sql, boolean alone, boolean patient) {
    static PlannedStep together(String name, String why, String sql) {
        return new PlannedStep(name, why, sql, false, false);
    }

    static PlannedStep alone(String name, String why, String sql) {
        return new PlannedStep(name, why, sql, true, false);
    }

    /** Of statements that work concurrently. */
    static PlannedStep patient(String name, String why, String sql) {
        return new PlannedStep(name, why, sql, true, true);
    }

    /** The same by another name. */
    PlannedStep named(String other) {
        return new PlannedStep(other, why, sql, alone, patient);
    }
}
