package dev.rehearsal.rehearsal;

import dev.rehearsal.dataset.BuildProgress;
import dev.rehearsal.measure.DataFingerprint;
import dev.rehearsal.measure.SchemaFingerprint;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.Step;
import dev.rehearsal.scenario.Step.SqlStatement;
import dev.rehearsal.scenario.Step.Transaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

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
        End first = ClonedServer.ask(one, "run as it is, without load", building, connection -> end(one, connection));
        End second =
                ClonedServer.ask(other, "run in phases, without load", building, connection -> end(other, connection));
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

    private static End end(Scenario scenario, Connection connection) throws SQLException {
        for (Step step : scenario.migration().steps()) {
            boolean wrapped = step instanceof Step.SqlStatements sql && sql.transaction() == Transaction.ONE;
            try (Statement statement = connection.createStatement()) {
                statement.setEscapeProcessing(false);
                if (wrapped) {
                    statement.execute("begin");
                }
                for (SqlStatement sql : step.knownStatements()) {
                    statement.execute(sql.text());
                }
                if (wrapped) {
                    statement.execute("commit");
                }
            }
        }
        return new End(SchemaFingerprint.of(connection), DataFingerprint.of(connection));
    }

    private static SchemaFingerprint withoutOrder(SchemaFingerprint schema) {
        Map<String, String> lines = new TreeMap<>();
        schema.lines().forEach((key, line) -> lines.put(key, line.replaceFirst("\\Acolumn \\d+; ", "")));
        return new SchemaFingerprint(lines);
    }
}
