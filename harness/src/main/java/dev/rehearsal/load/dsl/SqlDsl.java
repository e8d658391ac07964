package dev.rehearsal.load.dsl;

import io.gatling.javaapi.core.Session;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** The words to import statically, beside those of Gatling's {@code CoreDsl}. */
public final class SqlDsl {
    private SqlDsl() {}

    /**
     * A transaction, to be given to {@code exec}. One statement runs in autocommit; several are one transaction, which is rolled back when one of
     * them fails or a check does. Then the session is marked as failed, so that {@code exitHereIfFailed} and its like work.
     *
     * @param name by which it is reported; among the {@code transactions} of the scenario's service
     */
    public static SqlTransaction transaction(String name, SqlStatement first, SqlStatement... more) {
        return new SqlTransaction(
                name, Stream.concat(Stream.of(first), Stream.of(more)).toList());
    }

    /**
     * A statement. Each {@code :name} in it takes the attribute of that name of the user's session, which feeders and
     * {@link ColumnCheck#saveAs} fill; or what {@link SqlStatement#with} says.
     */
    public static SqlStatement sql(String text) {
        return SqlStatement.of(text, Map.of(), List.of());
    }

    /** How many rows a statement returned; of one that returns none, how many it changed. */
    public static RowCheck rows() {
        return new RowCheck();
    }

    /** A column of the first row that a statement returned, by its label. */
    public static ColumnCheck column(String label) {
        return new ColumnCheck(label);
    }

    /**
     * Random numbers of the user's own, by the scenario's seed: the same user draws the same in each run.
     *
     * @throws IllegalStateException outside the harness
     */
    public static RandomGenerator random(Session session) {
        return PlannedUser.of(session)
                .orElseThrow(
                        () -> new IllegalStateException("only users of the harness have random numbers by its seed"))
                .random();
    }
}
