package dev.rehearsal.engine;

/** Whether a server's log can be read from here. */
public sealed interface LogAccess {
    /** It can. */
    record AtHand(LogFile file) implements LogAccess {}

    /**
     * It cannot.
     *
     * @param reason why, a sentence
     */
    record Unreadable(String reason) implements LogAccess {}
}
