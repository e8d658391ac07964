package dev.rehearsal.dataset;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the schema's triggers from firing for the rows that are loaded: they are for what comes later.
 *
 * <p>A superuser's session can pass all of them by. Whoever merely owns the tables, on a server that others run, can disable each, so that is done
 * once, and undone by {@link #end}; triggers that the schema itself disables, or has fire always, are left as they are.
 */
final class TriggerRest {
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    /** Those of a partition follow their parent's. */
    private static final String TRIGGERS = """
            select format('alter table %s ', t.tgrelid::regclass), format(' trigger %I', t.tgname)
            from pg_trigger t
            where not t.tgisinternal and t.tgenabled = 'O' and t.tgparentid = 0
            order by 1, 2""";

    private final boolean bySession;
    private final List<Trigger> disabled;

    /** @param alterTable and {@code trigger}: a statement but for the word between them */
    private record Trigger(String alterTable, String trigger) {
        String statement(String word) {
            return alterTable + word + trigger;
        }
    }

    private TriggerRest(boolean bySession, List<Trigger> disabled) {
        this.bySession = bySession;
        this.disabled = List.copyOf(disabled);
    }

    /** @param connection in autocommit */
    static TriggerRest begun(Connection connection) throws SQLException {
        try {
            execute(connection, "set session_replication_role = replica");
            execute(connection, "set session_replication_role = origin");
            return new TriggerRest(true, List.of());
        } catch (SQLException refused) {
            if (!INSUFFICIENT_PRIVILEGE.equals(refused.getSQLState())) {
                throw refused;
            }
        }
        List<Trigger> triggers = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(TRIGGERS)) {
            while (rows.next()) {
                triggers.add(new Trigger(rows.getString(1), rows.getString(2)));
            }
        }
        for (Trigger trigger : triggers) {
            execute(connection, trigger.statement("disable"));
        }
        return new TriggerRest(false, triggers);
    }

    /**
     * The same for a process that only loads, see {@link #begun} and {@link #isBySession}.
     *
     * @param bySession whether its sessions pass triggers by
     */
    static TriggerRest ofSessions(boolean bySession) {
        return new TriggerRest(bySession, List.of());
    }

    /** Whether each session passes triggers by for itself, instead of none being there. */
    boolean isBySession() {
        return bySession;
    }

    /** To be said by each session before it loads. */
    void enter(Connection connection) throws SQLException {
        if (bySession) {
            execute(connection, "set session_replication_role = replica");
        }
    }

    /** To be said when it has; of a session that is lost, nothing. */
    void leave(Connection connection) throws SQLException {
        if (bySession && !connection.isClosed()) {
            execute(connection, "set session_replication_role = origin");
        }
    }

    /** All rows are there. */
    void end(Connection connection) throws SQLException {
        for (Trigger trigger : disabled) {
            execute(connection, trigger.statement("enable"));
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }
}
