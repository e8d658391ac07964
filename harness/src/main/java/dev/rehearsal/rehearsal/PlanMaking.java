package dev.rehearsal.rehearsal;

import dev.rehearsal.dataset.BuildProgress;
import dev.rehearsal.inspect.Inspector;
import dev.rehearsal.inspect.ToolWords;
import dev.rehearsal.plan.Plan;
import dev.rehearsal.plan.Plan.Impossible;
import dev.rehearsal.plan.Planner;
import dev.rehearsal.plan.TableShape;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Foreseen;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.Step;
import dev.rehearsal.scenario.Step.SqlStatement;
import dev.rehearsal.scenario.sql.SchemaChange;
import dev.rehearsal.scenario.sql.TableAction;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes the plan of a scenario's migration, with what a server over its dataset says of the table.
 *
 * @param notRepeatable {@code table.column} of columns whose values are others each time they are computed
 */
public record PlanMaking(Plan plan, Set<String> notRepeatable) {
    public PlanMaking {
        notRepeatable = Set.copyOf(notRepeatable);
    }

    public static PlanMaking of(Scenario scenario, BuildProgress building)
            throws InvalidScenarioException, EnvironmentException, InterruptedException {
        List<Step> steps = scenario.migration().steps();
        if (!scenario.migration().baseline().isEmpty() && chosenOneByOne(steps)) {
            return impossible(
                    "the migration is chosen by only, and the plan has no way to say which are its baseline",
                    "Choose it by baseline and target.");
        }
        if (steps.stream().noneMatch(Step.ToolStep.class::isInstance)) {
            List<SqlStatement> statements = steps.stream()
                    .flatMap(step -> step.knownStatements().stream())
                    .toList();
            if (statements.size() != 1) {
                return notOne(statements.size());
            }
        }
        return ClonedServer.ask(
                scenario, "planned", building, (connection, url) -> planned(steps, connection, new AskedTools(url)));
    }

    private static PlanMaking planned(List<Step> steps, Connection connection, ToolWords tools)
            throws SQLException, InterruptedException {
        List<SqlStatement> statements = new ArrayList<>();
        for (Step step : steps) {
            if (step instanceof Step.ToolStep tool) {
                Foreseen foreseen = tools.of(tool);
                if (!foreseen.doubts().isEmpty()) {
                    return impossible(
                            Step.called(step.name()) + " (" + step.kind() + ") "
                                    + foreseen.doubts().getFirst(),
                            "Write the change as SQL, in a scenario of its own.");
                }
                foreseen.scripts().forEach(script -> statements.addAll(script.statements()));
            } else {
                statements.addAll(step.knownStatements());
            }
        }
        if (statements.size() != 1) {
            return notOne(statements.size());
        }
        SchemaChange change = SchemaChange.read(statements.get(0).text());
        String table = switch (change) {
            case SchemaChange.TableAltered altered -> altered.table();
            case SchemaChange.IndexCreated index -> index.table();
            case SchemaChange.RowsChanged rows -> rows.table();
            case SchemaChange.TableCreated created -> "";
            case SchemaChange.Dropped dropped -> "";
            case SchemaChange.OtherObject other -> "";
            case SchemaChange.Nothing nothing -> "";
            case SchemaChange.Unread unread -> "";
        };
        return planned(change, table, connection);
    }

    private static boolean chosenOneByOne(List<Step> steps) {
        return steps.stream()
                .flatMap(step -> step.comesFrom().stream())
                .anyMatch(source -> !source.selection().only().isEmpty()
                        && !source.selection().inDataset());
    }

    private static PlanMaking notOne(int statements) {
        return impossible(
                "the migration has " + statements + " statements, and a plan is made of one",
                "Decide which of them is risky (harness inspect tells), and give it a scenario of its own.");
    }

    private static PlanMaking planned(SchemaChange change, String table, Connection connection) throws SQLException {
        Optional<TableShape> shape = TableShape.of(connection, table);
        if (shape.isEmpty() && !table.isEmpty()) {
            return impossible(
                    "the dataset has no ordinary table " + table,
                    "Decide which table is meant; partitioned ones are changed partition by partition.");
        }
        Set<String> volatileColumns = new TreeSet<>();
        if (change instanceof SchemaChange.TableAltered altered) {
            for (TableAction action : altered.actions()) {
                if (action instanceof TableAction.ColumnAdded added
                        && added.column().defaultExpression().isPresent()
                        && Inspector.isVolatile(
                                added.column().defaultExpression().get(), connection)) {
                    volatileColumns.add(table + "." + added.column().name());
                }
            }
        }
        TableShape found = shape.orElseGet(() -> TableShape.unknown(table));
        return new PlanMaking(Planner.plan(change, found, !volatileColumns.isEmpty()), volatileColumns);
    }

    private static PlanMaking impossible(String why, String decide) {
        return new PlanMaking(new Impossible(why, decide), Set.of());
    }
}
