package dev.rehearsal.rehearsal;

import dev.rehearsal.load.OperationCheck;
import dev.rehearsal.load.OperationCheck.StatementProblem;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Problem;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.SourceLocation;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What the server says against the workload's statements, pointed at in the scenario file. */
final class OperationProblems {
    private OperationProblems() {}

    /** @throws InvalidScenarioException with every statement that the server cannot prepare */
    static void refuse(Scenario scenario, String directJdbcUrl) throws InvalidScenarioException, EnvironmentException {
        List<Problem> problems = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(directJdbcUrl)) {
            for (StatementProblem found : OperationCheck.check(scenario.workload(), connection)) {
                problems.add(problem(scenario, found));
            }
        } catch (SQLException e) {
            throw new EnvironmentException(
                    "the server went away while the workload's statements were checked: " + e.getMessage(),
                    "see its log in the run directory, and start again",
                    e);
        }
        if (!problems.isEmpty()) {
            throw new InvalidScenarioException(problems);
        }
    }

    private static Problem problem(Scenario scenario, StatementProblem found) {
        String operation = "workload.services[" + found.service() + "].operations[" + found.operation() + "]";
        String path = operation + ".transaction[" + found.statement() + "]";
        String written = scenario.sources().of(path).isPresent() ? path : operation + ".transaction";
        SourceLocation location = scenario.sources()
                .at(written, Math.max(0, found.offset()))
                .orElse(new SourceLocation(scenario.file().toString(), 1, 1));
        List<String> lines = scenario.sources().lines();
        String line = location.line() <= lines.size() ? lines.get(location.line() - 1) : "";
        return new Problem(
                location, written, "the server refuses it: " + found.message() + " (" + found.sqlState() + ")", line);
    }
}
