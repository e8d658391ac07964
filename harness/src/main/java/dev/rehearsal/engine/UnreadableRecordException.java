package dev.rehearsal.engine;

/** Thrown for what is not one whole record of the form that the server writes. */
public final class UnreadableRecordException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 200;

    /** @param record of which the beginning is shown */
    UnreadableRecordException(String what, String record) {
        super(what + ": " + (record.length() <= SHOWN ? record : record.substring(0, SHOWN) + "…"));
    }
}
