package dev.rehearsal.proxy;

/** An answer of Toxiproxy's API other than success. */
final class ApiException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    ApiException(int status, String message) {
        super(message);
        this.status = status;
    }

    /** HTTP's. */
    int status() {
        return status;
    }
}
