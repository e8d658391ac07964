package dev.rehearsal.scenario;

/**
 * What the scenario asks for cannot be had on this machine: a port is taken, the disk is full, a server does not start. Exit code 3.
 *
 * <p>The message says what happened; {@link #remedy()} what to do.
 */
public final class EnvironmentException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String remedy;

    public EnvironmentException(String message, String remedy) {
        super(message);
        this.remedy = remedy;
    }

    public EnvironmentException(String message, String remedy, Throwable cause) {
        super(message, cause);
        this.remedy = remedy;
    }

    /** One sentence that tells the user what to do. */
    public String remedy() {
        return remedy;
    }
}
