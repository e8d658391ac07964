package dev.rehearsal.scenario;

/** The data that a rehearsal starts from: made up at production's size, restored from production, or what a server holds already. */
public sealed interface StartingData permits DatasetSpec, RestoreSpec, ExistingSpec {
    /** For people, such as {@code shop}. */
    String name();
}
