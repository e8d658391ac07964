package dev.rehearsal.dataset;

import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.sql.SqlScript;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Runs a schema file, as {@code pg_dump --schema-only} writes it or as people do, in a database that has nothing of what was around the original.
 *
 * <p>What only says whose something is, or who may use it, is passed over where the role does not exist here; so are extensions that this server does not
 * have, and what psql or another database would be told. Everything else that the server refuses is an error with its place. Statements run one by one:
 * the file's own {@code begin} and {@code commit} would make one passed-over statement the end of all.
 */
final class SchemaInstallation {
    private static final Pattern TRANSACTION =
            Pattern.compile("(?is)(begin|commit|end|start\\s+transaction)(\\s+(work|transaction))?\\s*");
    /** About another database, or about connecting to one. */
    private static final Pattern ELSEWHERE =
            Pattern.compile("(?is)(create|alter|drop)\\s+(database|subscription|tablespace)\\b.*");

    private static final Pattern ABOUT_ROLES = Pattern.compile(
            "(?is)(grant|revoke|reassign|alter\\s+default\\s+privileges|create\\s+policy|alter\\s+policy|create\\s+user\\s+mapping|set\\s+(session|local)?\\s*(role|authorization)|comment\\s+on\\s+role)\\b.*|alter\\b.*\\bowner\\s+to\\b.*");
    private static final Pattern EXTENSION =
            Pattern.compile("(?is)create\\s+extension\\s+(?:if\\s+not\\s+exists\\s+)?\"?([\\w-]+)\"?.*");
    private static final Pattern ABOUT_EXTENSIONS = Pattern.compile(
            "(?is)(comment\\s+on|alter)\\s+extension\\b.*|security\\s+label\\b.*|(create|alter)\\s+(server|foreign\\s+table|foreign\\s+data\\s+wrapper)\\b.*");
    private static final Pattern SETTING =
            Pattern.compile("(?is)set\\b.*|select\\s+(pg_catalog\\.)?set_config\\s*\\(.*");
    private static final Pattern SCHEMA_OF_ROLE = Pattern.compile(
            "(?is)(create\\s+schema\\s+(?:if\\s+not\\s+exists\\s+)?(?!authorization)\\S+)\\s+authorization\\s+\\S+(.*)");
    private static final Pattern NO_ROLE = Pattern.compile("role \"(.*)\" does not exist");
    private static final String UNDEFINED_OBJECT = "42704";
    private static final int TITLE = 60;

    private final DatasetPlaces places;
    private final List<String> notes = new ArrayList<>();
    private final Set<String> roles = new TreeSet<>();
    private final Set<String> extensions = new TreeSet<>();

    SchemaInstallation(DatasetPlaces places) {
        this.places = places;
    }

    /**
     * Runs every statement of {@code schemaSql}.
     *
     * @return what was passed over, one sentence each
     * @throws InvalidScenarioException at the first statement that the server refuses
     */
    List<String> run(String schemaSql, Connection connection) throws InvalidScenarioException, SQLException {
        for (SqlScript.Statement statement : SqlScript.splitDump(schemaSql).statements()) {
            String sql = statement.text();
            if (TRANSACTION.matcher(sql).matches()) {
                continue;
            }
            if (ELSEWHERE.matcher(sql).matches()) {
                notes.add("passed over: " + title(sql));
                continue;
            }
            run(statement, sql, connection);
        }
        List<String> all = new ArrayList<>(notes);
        if (!roles.isEmpty()) {
            all.add("owners and rights of roles that do not exist here were passed over: " + String.join(", ", roles));
        }
        if (!extensions.isEmpty()) {
            all.add("extensions that this server does not have were passed over: " + String.join(", ", extensions));
        }
        return all;
    }

    private void run(SqlScript.Statement statement, String sql, Connection connection)
            throws InvalidScenarioException, SQLException {
        try {
            execute(connection, sql);
        } catch (PSQLException failure) {
            Matcher schema = SCHEMA_OF_ROLE.matcher(sql);
            boolean role = NO_ROLE.matcher(message(failure)).find();
            if (role && schema.matches()) {
                roles.add(roleOf(failure));
                run(statement, schema.group(1) + schema.group(2), connection);
            } else if (!passedOver(sql, failure)) {
                throw refused(statement, failure);
            }
        }
    }

    private boolean passedOver(String sql, PSQLException failure) {
        boolean undefined = UNDEFINED_OBJECT.equals(failure.getSQLState());
        if (NO_ROLE.matcher(message(failure)).find() && ABOUT_ROLES.matcher(sql).matches()) {
            roles.add(roleOf(failure));
            return true;
        }
        Matcher extension = EXTENSION.matcher(sql);
        if (extension.matches() && !"42710".equals(failure.getSQLState())) {
            extensions.add(extension.group(1));
            return true;
        }
        if (undefined && ABOUT_EXTENSIONS.matcher(sql).matches()) {
            notes.add("passed over, for want of what it is about: " + title(sql));
            return true;
        }
        if (SETTING.matcher(sql).matches()) {
            notes.add("passed over, because this server does not take it: " + title(sql));
            return true;
        }
        return false;
    }

    private static String roleOf(PSQLException failure) {
        Matcher role = NO_ROLE.matcher(message(failure));
        return role.find() ? role.group(1) : "?";
    }

    private static String message(PSQLException failure) {
        ServerErrorMessage message = failure.getServerErrorMessage();
        return message == null || message.getMessage() == null ? "" : message.getMessage();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    /** The user's schema is wrong if the server says so; a lost connection is not the schema's fault. */
    private InvalidScenarioException refused(SqlScript.Statement statement, PSQLException failure)
            throws PSQLException {
        ServerErrorMessage message = failure.getServerErrorMessage();
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        if (message == null || state.startsWith("57P") || state.startsWith("53") || state.startsWith("58")) {
            throw failure;
        }
        // Positions count code points from 1.
        int inStatement = message.getPosition() <= 0
                ? 0
                : statement
                        .text()
                        .offsetByCodePoints(
                                0,
                                Math.min(
                                        message.getPosition() - 1,
                                        statement
                                                .text()
                                                .codePointCount(
                                                        0, statement.text().length())));
        String detail = message.getDetail() == null ? "" : " (" + message.getDetail() + ")";
        String missing = extensions.isEmpty()
                ? ""
                : "; it may come with an extension that this server does not have: " + String.join(", ", extensions);
        return places.wrongSchema(
                statement.offset() + inStatement,
                message.getMessage() + detail + "; in: " + title(statement.text()) + missing);
    }

    /** A short text for people: the first words. */
    static String title(String sql) {
        String line = sql.replaceAll("\\s+", " ");
        return line.length() <= TITLE ? line : line.substring(0, TITLE - 1) + "…";
    }
}
