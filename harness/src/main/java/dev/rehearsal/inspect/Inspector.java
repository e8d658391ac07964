package dev.rehearsal.inspect;

import dev.rehearsal.inspect.NewColumn.Volatility;
import dev.rehearsal.run.RunEvent.ExpectedRefusal;
import dev.rehearsal.run.RunEvent.ExpectedScan;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.StatementPredicted;
import dev.rehearsal.scenario.Foreseen;
import dev.rehearsal.scenario.MigrationPlan;
import dev.rehearsal.scenario.Step;
import dev.rehearsal.scenario.Step.SqlStatement;
import dev.rehearsal.scenario.Step.Transaction;
import dev.rehearsal.scenario.Workload;
import dev.rehearsal.scenario.sql.ColumnDefinition;
import dev.rehearsal.scenario.sql.ColumnDefinition.Identity;
import dev.rehearsal.scenario.sql.SchemaChange;
import dev.rehearsal.scenario.sql.SqlSchema;
import dev.rehearsal.scenario.sql.TableAction;
import dev.rehearsal.scenario.sql.TableConstraint;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looks at a migration and its rollback, statement by statement, each on what those before it leave. */
public final class Inspector {
    private final UsedColumns used;
    private final TableSizes sizes;
    private final Scratch scratch;
    private final DefaultVolatility volatility;
    private final ToolWords tools;
    private final List<StatementView> views = new ArrayList<>();
    private final List<String> unread = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();

    private Inspector(Workload workload, TableSizes sizes, Scratch scratch, ToolWords tools) {
        this.used = new UsedColumns(workload);
        this.sizes = sizes;
        this.scratch = scratch;
        this.volatility = new DefaultVolatility(scratch);
        this.tools = tools;
    }

    /**
     * Looks at all of them.
     *
     * @param sizes of the tables with their rows
     * @param copy a connection to a copy of the schema that is nobody else's, in autocommit: its rows are deleted, and the migration is run on it
     * @param tools asked over sessions of their own to the same copy
     * @throws SQLException if the connection breaks; a statement that is refused is part of the view
     */
    public static Inspection inspect(
            MigrationPlan migration, Workload workload, TableSizes sizes, Connection copy, ToolWords tools)
            throws SQLException, InterruptedException {
        Scratch scratch = Scratch.emptied(copy, books(migration, tools));
        Inspector inspector = new Inspector(workload, sizes, scratch, tools);
        int index = 0;
        for (Step step : migration.steps()) {
            inspector.step(step, index++, Phase.MIGRATION);
        }
        for (Step step : migration.rollback()) {
            inspector.step(step, index++, Phase.ROLLBACK);
        }
        return new Inspection(version(copy), inspector.views, inspector.unread, inspector.remarks);
    }

    private static Set<String> books(MigrationPlan migration, ToolWords tools) {
        return Stream.concat(migration.steps().stream(), migration.rollback().stream())
                .filter(Step.ToolStep.class::isInstance)
                .map(Step.ToolStep.class::cast)
                .flatMap(step -> tools.books(step).stream())
                .map(name -> name.toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }

    /**
     * Whether the server computes an expression anew for each row. Nothing is changed.
     *
     * @param connection in autocommit
     */
    public static boolean isVolatile(String expression, Connection connection) throws SQLException {
        return new DefaultVolatility(Scratch.asItIs(connection)).of(expression) == Volatility.VOLATILE;
    }

    private static String version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show server_version")) {
            row.next();
            return row.getString(1).replaceFirst(" .*", "");
        }
    }

    private void step(Step step, int index, Phase phase) throws SQLException, InterruptedException {
        if (!(step instanceof Step.ToolStep tool)) {
            statements(step, index, 0, phase);
            return;
        }
        Foreseen foreseen = tools.of(tool);
        String whose = Step.called(step.name()) + " (" + step.kind() + ") ";
        foreseen.doubts().forEach(doubt -> unread.add(whose + doubt));
        foreseen.remarks().forEach(remark -> remarks.add(whose + remark));
        int number = 0;
        for (Step.ScriptStep script : foreseen.scripts()) {
            number = statements(script, index, number, phase);
        }
    }

    /** Returns the number of the statement that comes next. */
    private int statements(Step step, int index, int first, Phase phase) throws SQLException {
        boolean wrapped = step instanceof Step.SqlStatements sql && sql.transaction() == Transaction.ONE;
        boolean lockTimeout = step instanceof Step.SqlStatements sql
                && sql.lockPolicy().lockTimeout().isPresent();
        if (wrapped) {
            scratch.run("begin");
        }
        HeldLocks held = new HeldLocks();
        int number = first;
        for (SqlStatement statement : withoutNotes(step, phase)) {
            if (!scratch.inTransaction()) {
                held = new HeldLocks();
            }
            statement(step, index, number++, phase, statement, lockTimeout, held);
        }
        if (scratch.inTransaction()) {
            scratch.run(wrapped ? "commit" : "rollback");
        }
        return number;
    }

    /** What takes a migration of Flyway's back ends with a statement on Flyway's own table, which is not there before Flyway was. */
    private static List<SqlStatement> withoutNotes(Step step, Phase phase) {
        List<SqlStatement> all = step.knownStatements();
        return phase == Phase.ROLLBACK && step.kind().equals("flyway") ? all.subList(0, all.size() - 1) : all;
    }

    private void statement(
            Step step, int index, int number, Phase phase, SqlStatement statement, boolean lockTimeout, HeldLocks held)
            throws SQLException {
        SchemaChange change = SchemaChange.read(statement.text());
        List<NewColumn> columns = columns(change);
        Effect effect = scratch.effect(statement.text());
        List<TouchedTable> tables = tables(change, effect);
        Facts facts = new Facts(change, effect, tables, columns, sizes, used, lockTimeout, phase, held);
        List<ExpectedScan> scans = new ArrayList<>();
        facts.scans()
                .forEach(table ->
                        scans.add(new ExpectedScan(table, sizes.of(table).rows(), true)));
        facts.perhapsScanned()
                .forEach(table ->
                        scans.add(new ExpectedScan(table, sizes.of(table).rows(), false)));
        views.add(new StatementView(
                new StatementPredicted(
                        0,
                        index,
                        number,
                        step.name(),
                        phase,
                        statement.text(),
                        statement.location(),
                        facts.notAnalysed(),
                        unread.isEmpty() ? refusal(effect, facts) : Optional.empty(),
                        effect.locksSeen(),
                        effect.locks(),
                        List.copyOf(effect.rewritten()),
                        facts.scansKnown(),
                        scans,
                        effect.before().indexNames(),
                        new Hazards(facts, !unread.isEmpty()).all()),
                tables,
                columns));
        held.add(effect.locks());
    }

    private static Optional<ExpectedRefusal> refusal(Effect effect, Facts facts) {
        Optional<ExpectedRefusal> certain =
                effect.refusal().map(refusal -> new ExpectedRefusal(refusal.sqlState(), refusal.message(), true));
        return certain.isPresent() ? certain : facts.refusedForItsRows();
    }

    private List<TouchedTable> tables(SchemaChange change, Effect effect) throws SQLException {
        Set<String> names = new LinkedHashSet<>(named(change));
        effect.locks().stream()
                .filter(lock -> HeldLocks.stopsWrites(lock.mode()))
                .forEach(lock -> names.add(lock.relation()));
        List<TouchedTable> tables = new ArrayList<>();
        for (String name : names) {
            OptionalLong table =
                    effect.before().table(name).map(OptionalLong::of).orElse(OptionalLong.empty());
            if (table.isPresent() && scratch.original().contains(name)) {
                TableSizes.Size size = sizes.of(name);
                tables.add(new TouchedTable(
                        name, size.rows(), size.bytes(), Dependents.of(scratch.connection(), table.getAsLong())));
            }
        }
        return tables;
    }

    private static Set<String> named(SchemaChange change) {
        return switch (change) {
            case SchemaChange.TableAltered altered -> Set.of(altered.table());
            case SchemaChange.IndexCreated created -> Set.of(created.table());
            case SchemaChange.Dropped dropped -> new TreeSet<>(dropped.names());
            case SchemaChange.RowsChanged changed -> Set.of(changed.table());
            case SchemaChange.TableCreated created -> Set.of();
            case SchemaChange.OtherObject object -> Set.of();
            case SchemaChange.Nothing nothing -> Set.of();
            case SchemaChange.Unread unread -> Set.of();
        };
    }

    private List<NewColumn> columns(SchemaChange change) throws SQLException {
        List<NewColumn> columns = new ArrayList<>();
        if (change instanceof SchemaChange.TableAltered altered) {
            for (TableAction action : altered.actions()) {
                if (action instanceof TableAction.ColumnAdded added) {
                    columns.add(column(added.column()));
                }
            }
        }
        return columns;
    }

    private NewColumn column(ColumnDefinition column) throws SQLException {
        Volatility found = Volatility.NONE;
        if (column.serial() || column.identity() != Identity.NONE) {
            found = Volatility.VOLATILE;
        } else if (column.defaultExpression().isPresent()) {
            found = volatility.of(column.defaultExpression().get());
        }
        boolean refers = column.constraints().stream()
                .anyMatch(constraint -> constraint.kind() instanceof TableConstraint.ForeignKey);
        boolean indexed = column.constraints().stream()
                .anyMatch(constraint -> constraint.kind() instanceof TableConstraint.Unique);
        return new NewColumn(
                SqlSchema.quoted(column.name()),
                column.type(),
                !column.notNull(),
                column.defaultExpression(),
                found,
                refers && !indexed
                        ? Optional.of("needs one: it refers to another table, whose deletes look for it here")
                        : Optional.empty());
    }
}
