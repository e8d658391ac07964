package dev.rehearsal.migration;

import dev.rehearsal.migration.tool.ToolFailureException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Problem;
import dev.rehearsal.scenario.Step;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/** Applies what is in production already to a clone that does not have it, before anybody works there; nothing is observed. Stateless. */
public final class BaselineRun {
    private static final String PATH = "migration.baseline";

    private BaselineRun() {}

    /**
     * Applies the steps and analyses the tables.
     *
     * @param directJdbcUrl of a superuser, past the fault proxy
     * @throws InvalidScenarioException if one of them fails: it does not fit the dataset
     */
    public static void apply(List<Step> baseline, String directJdbcUrl)
            throws InvalidScenarioException, InterruptedException {
        if (baseline.isEmpty()) {
            return;
        }
        for (int i = 0; i < baseline.size(); i++) {
            Step step = baseline.get(i);
            Optional<Step> next = i + 1 < baseline.size() ? Optional.of(baseline.get(i + 1)) : Optional.empty();
            if (next.filter(following -> includes(following, step)).isEmpty()) {
                apply(step, directJdbcUrl);
            }
        }
        tidy(baseline.getLast(), directJdbcUrl);
    }

    /** A tool that is shown several migrations applies them all. */
    private static boolean includes(Step following, Step step) {
        return switch (following) {
            case Step.FlywayStep flyway ->
                step instanceof Step.FlywayStep before
                        && before.source().equals(flyway.source())
                        && flyway.scripts().containsAll(before.scripts());
            case Step.LiquibaseStep liquibase ->
                step instanceof Step.LiquibaseStep before
                        && before.source().equals(liquibase.source())
                        && liquibase.changeSets().containsAll(before.changeSets());
            case Step.CommandStep command -> false;
            case Step.SqlStatements sql -> false;
            case Step.BackfillStep backfill -> false;
            case Step.DeployStep deploy -> false;
            case Step.PauseStep pause -> false;
            case Step.WaitStep wait -> false;
        };
    }

    private static void apply(Step step, String directJdbcUrl) throws InvalidScenarioException, InterruptedException {
        try {
            QuietStep.carryOut(step, directJdbcUrl);
        } catch (SQLException e) {
            throw failed(step, FailureText.of(e));
        } catch (ToolFailureException e) {
            throw failed(step, String.valueOf(e.getMessage()));
        }
    }

    private static void tidy(Step last, String directJdbcUrl) throws InvalidScenarioException {
        try (Connection connection = DriverManager.getConnection(directJdbcUrl);
                Statement statement = connection.createStatement()) {
            statement.execute("analyze");
            statement.execute("checkpoint");
        } catch (SQLException e) {
            throw failed(last, FailureText.of(e));
        }
    }

    private static InvalidScenarioException failed(Step step, String message) {
        return new InvalidScenarioException(List.of(new Problem(
                step.location(),
                PATH,
                step.name() + " cannot be applied to the dataset: " + message
                        + "; choose a dataset that fits, or say that it is in it already: baseline: { to: …, in: dataset }",
                "")));
    }
}
