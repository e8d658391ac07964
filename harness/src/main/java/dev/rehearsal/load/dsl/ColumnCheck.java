package dev.rehearsal.load.dsl;

import io.gatling.javaapi.core.Session;
import java.util.function.Function;

/** Of one column of the first row; see {@link SqlDsl#column}. */
public final class ColumnCheck {
    private final String label;

    ColumnCheck(String label) {
        this.label = label;
    }

    /** Equals a value: numbers as numbers, everything else by its text. */
    public Check is(Object expected) {
        return is(session -> expected);
    }

    /** Equals what the user's session says. */
    public Check is(Function<Session, ?> expected) {
        return new Check.ColumnIs(label, expected);
    }

    /** Is there, and goes into the user's session as the driver gives it; SQL's null takes the attribute away. */
    public Check saveAs(String attribute) {
        return new Check.ColumnSaved(label, attribute);
    }
}
