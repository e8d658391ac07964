package dev.rehearsal.environment;

/** One thing that was looked for on this machine. */
public sealed interface Check {
    /** What was looked for, in a word or two, such as {@code engine}. */
    String subject();

    /** What was found: a clause without a full stop. */
    String found();

    /** It is there and works. */
    record Ok(String subject, String found) implements Check {}

    /**
     * It is not there, or does not work, and that can be changed.
     *
     * @param remedy what to do: a sentence or two, with the command if there is one
     */
    record Missing(String subject, String found, String remedy) implements Check {}

    /** This machine cannot have it, and rehearsals do without: {@code found} says how. */
    record Cannot(String subject, String found) implements Check {}
}
