package dev.rehearsal.migration;

import dev.rehearsal.migration.tool.MigrationTool;
import dev.rehearsal.migration.tool.ToolAccess;
import dev.rehearsal.migration.tool.ToolFailureException;
import dev.rehearsal.scenario.Step;
import dev.rehearsal.scenario.Step.SqlStatement;
import dev.rehearsal.scenario.Step.Transaction;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/** Carries out a step where nobody else is: it is not observed, and nobody has to be spared. Stateless. */
public final class QuietStep {
    private QuietStep() {}

    /**
     * Returns when it is done.
     *
     * @param directJdbcUrl of a superuser, past the fault proxy
     */
    public static void carryOut(Step step, String directJdbcUrl)
            throws SQLException, ToolFailureException, InterruptedException {
        switch (step) {
            case Step.SqlStatements sql ->
                execute(
                        sql.statements().stream().map(SqlStatement::text).toList(),
                        sql.transaction() == Transaction.ONE,
                        directJdbcUrl);
            case Step.ToolStep tool -> MigrationTool.of(tool, Optional.empty()).run(ToolAccess.of(directJdbcUrl));
            // All rows at once.
            case Step.BackfillStep backfill ->
                execute(List.of(backfill.statement().text()), false, directJdbcUrl);
            case Step.DeployStep deploy -> {}
            case Step.PauseStep pause -> {}
            case Step.WaitStep wait -> {}
        }
    }

    private static void execute(List<String> statements, boolean oneTransaction, String directJdbcUrl)
            throws SQLException {
        Properties simple = new Properties();
        simple.setProperty("preferQueryMode", "simple");
        try (Connection connection = DriverManager.getConnection(directJdbcUrl, simple);
                Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            if (oneTransaction) {
                statement.execute("begin");
            }
            for (String sql : statements) {
                statement.execute(sql);
            }
            if (oneTransaction) {
                statement.execute("commit");
            }
        }
    }
}
