package dev.rehearsal.scenario;

/** The data that a rehearsal starts from: made up at production's size, or restored from production. */
public sealed interface StartingData permits DatasetSpec, RestoreSpec {
    /** For people, such as {@code shop}. */
    String name();
}
