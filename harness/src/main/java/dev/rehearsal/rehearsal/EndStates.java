package dev.rehearsal.rehearsal;

import dev.rehearsal.dataset.BuildProgress;
import dev.rehearsal.measure.DataFingerprint;
import dev.rehearsal.measure.SchemaFingerprint;
import dev.rehearsal.migration.QuietStep;
import dev.rehearsal.migration.ToolBooks;
import dev.rehearsal.migration.tool.ToolFailureException;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.Step;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Where two migrations of the same dataset end when nobody disturbs them.
 *
 * @param schema what is different in the second one's schema, one readable line each, the order of columns left out
 * @param columnOrder whether only the order of columns is different
 * @param data what is different in the second one's rows
 */
public record EndStates(List<String> schema, boolean columnOrder, List<String> data) {
    public EndStates {
        schema = List.copyOf(schema);
        data = List.copyOf(data);
    }

    private record End(SchemaFingerprint schema, DataFingerprint data) {}

    /**
     * Runs each on a clone of its own and compares.
     *
     * @param notRepeatable {@code table.column}: of these only the number of values is compared
     * @throws EnvironmentException if one of them fails
     */
    public static EndStates compare(Scenario one, Scenario other, Set<String> notRepeatable, BuildProgress building)
            throws InvalidScenarioException, EnvironmentException, InterruptedException {
        Set<String> books = new TreeSet<>();
        books.addAll(ToolBooks.of(one.migration()));
        books.addAll(ToolBooks.of(other.migration()));
        End first = ClonedServer.ask(
                one, "run as it is, without load", building, (connection, url) -> end(one, books, connection, url));
        End second = ClonedServer.ask(
                other,
                "run in phases, without load",
                building,
                (connection, url) -> end(other, books, connection, url));
        List<String> exact = SchemaFingerprint.differences(first.schema(), second.schema());
        List<String> schema =
                SchemaFingerprint.differences(withoutOrder(first.schema()), withoutOrder(second.schema()));
        return new EndStates(
                schema,
                schema.isEmpty() && !exact.isEmpty(),
                DataFingerprint.differences(first.data(), second.data(), notRepeatable));
    }

    public boolean same() {
        return schema.isEmpty() && data.isEmpty();
    }

    private static End end(Scenario scenario, Set<String> books, Connection connection, String jdbcUrl)
            throws SQLException, InterruptedException {
        for (Step step : scenario.migration().steps()) {
            try {
                QuietStep.carryOut(step, jdbcUrl);
            } catch (ToolFailureException e) {
                throw new SQLException(step.name() + ": " + e.getMessage(), e);
            }
        }
        close(books, connection);
        return new End(SchemaFingerprint.of(connection), DataFingerprint.of(connection));
    }

    /** A plan's steps are in no tool's books, which are nobody's schema. */
    private static void close(Set<String> books, Connection connection) throws SQLException {
        List<String> tables = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "select c.oid::regclass::text from pg_class c where c.relkind = 'r' and lower(c.relname) = any (?)")) {
            statement.setArray(1, connection.createArrayOf("text", books.toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    tables.add(rows.getString(1));
                }
            }
        }
        if (!tables.isEmpty()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("drop table " + String.join(", ", tables));
            }
        }
    }

    private static SchemaFingerprint withoutOrder(SchemaFingerprint schema) {
        Map<String, String> lines = new TreeMap<>();
        schema.lines().forEach((key, line) -> lines.put(key, line.replaceFirst("\\Acolumn \\d+; ", "")));
        return new SchemaFingerprint(lines);
    }
}
