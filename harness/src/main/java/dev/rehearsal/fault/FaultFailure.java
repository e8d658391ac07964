package dev.rehearsal.fault;

/** A fault could not be injected, or not be taken back. */
final class FaultFailure extends Exception {
    private static final long serialVersionUID = 1L;

    FaultFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
