package dev.rehearsal.dataset;

import dev.rehearsal.dataset.DatasetPlan.TablePlan;
import dev.rehearsal.scenario.DatasetDefinition.TableDefinition;
import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.Generator;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides how each table is filled, from the definition and the server's catalog together.
 *
 * <p>Every constraint is met by construction. A foreign key takes the values of a row of the table that it refers to, which can be computed because a
 * row is a function of its number; so the order of tables does not matter, and keys of any type, of several columns, to their own table and in rings
 * are all the same. A unique key takes its values by a permutation of the row number: one column alone if it has values enough, or several as digits of
 * one number. Check constraints narrow what a column is made by.
 */
final class DatasetPlanner {
    /** Fewer rows leave fewer to refer to, and so on along the foreign keys; they get fewer each time. */
    private static final int MOST_ROUNDS = 30;

    private final PlanningState state;

    /** What only the server can say about values. */
    interface Samples {
        /** Texts that the server takes for values of a type that we cannot write; none if none was found. */
        List<String> of(ServerColumn column);

        /** The fields of columns that the schema itself filled, row by row in one order. */
        Map<String, byte[][]> present(ServerTable table, Set<String> columns);
    }

    DatasetPlanner(
            DatasetSpec spec,
            long seed,
            ServerCatalog catalog,
            DatasetPlaces places,
            ColumnCompiler.FieldSource literals,
            Dictionaries dictionaries,
            Samples samples) {
        this.state = new PlanningState(spec, seed, catalog, places, literals, dictionaries, samples);
    }

    /**
     * Plans.
     *
     * @throws InvalidScenarioException with everything that cannot be done as the definition says
     */
    DatasetPlan plan() throws InvalidScenarioException {
        matchDefinitions();
        for (ServerTable table : state.catalog.tables().values()) {
            state.rows.put(table.name(), wantedRows(table));
        }
        readPresent();
        Map<String, TablePlan> plans = Map.of();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            Map<String, Long> before = Map.copyOf(state.rows);
            List<Problem> found = new ArrayList<>(state.problems);
            plans = planTables();
            if (state.rows.equals(before)) {
                break;
            }
            state.problems = found;
        }
        DatasetPlan plan = new DatasetPlan(plans, List.copyOf(state.notes));
        List<Problem> planned = state.problems;
        state.problems = new ArrayList<>();
        refuseRings(plan);
        ColumnCompiler compiler =
                new ColumnCompiler(plan, state.seed, state.places, state.literals, state.dictionaries);
        for (TablePlan table : plans.values()) {
            for (ColumnPlan column : table.columns().values()) {
                attempt(() -> compiler.compile(column));
            }
        }
        planned.stream().filter(problem -> !state.problems.contains(problem)).forEach(state.problems::add);
        if (!state.problems.isEmpty()) {
            throw new InvalidScenarioException(state.problems);
        }
        return plan;
    }

    /** A key may be what it refers to, and so on, as long as this ends somewhere. */
    private void refuseRings(DatasetPlan plan) throws InvalidScenarioException {
        for (TablePlan table : plan.tables().values()) {
            for (ColumnPlan column : table.columns().values()) {
                Set<String> passed = new LinkedHashSet<>();
                Optional<ColumnPlan> next = Optional.of(column);
                while (next.isPresent()
                        && passed.add(next.get().column().table() + "."
                                + next.get().column().name())) {
                    next = referred(next.get()).flatMap(to -> plan.column(to.table(), to.column()));
                }
                if (next.isPresent()) {
                    state.problems.add(state.places.ofColumn(
                            column.column().table(),
                            column.column().name(),
                            "refers in a ring, so that nothing says what the value is: " + String.join(" -> ", passed)
                                    + "; give one of these columns a generator"));
                }
            }
        }
        if (!state.problems.isEmpty()) {
            throw new InvalidScenarioException(state.problems);
        }
    }

    private static Optional<Generator.References> referred(ColumnPlan column) {
        Generator inner = column.generator() instanceof Generator.Nullable nullable
                ? nullable.fraction() == 1 ? new Generator.Uuid() : nullable.inner()
                : column.generator();
        if (inner instanceof Generator.Unique unique) {
            inner = unique.inner();
        }
        return inner instanceof Generator.References references ? Optional.of(references) : Optional.empty();
    }

    private interface Attempt {
        Object make() throws InvalidScenarioException;
    }

    private void attempt(Attempt attempt) {
        try {
            attempt.make();
        } catch (InvalidScenarioException wrong) {
            wrong.problems().stream()
                    .filter(problem -> !state.problems.contains(problem))
                    .forEach(state.problems::add);
        }
    }

    /** A file may name a table without the schema that its search path puts it into. */
    private void matchDefinitions() {
        for (TableDefinition definition : state.spec.definition().tables().values()) {
            Optional<ServerTable> table = Optional.ofNullable(
                            state.catalog.tables().get(definition.name()))
                    .or(() -> onlyOneEndingWith("." + definition.name()));
            table.ifPresent(found -> state.definitions.put(found.name(), definition));
            if (table.isEmpty() && (definition.sized() || !definition.columns().isEmpty())) {
                state.problems.add(
                        state.places.ofTable(definition.name(), "schema.sql creates no table " + definition.name()));
            }
        }
    }

    private Optional<ServerTable> onlyOneEndingWith(String name) {
        List<ServerTable> found = state.catalog.tables().values().stream()
                .filter(table -> table.name().endsWith(name))
                .toList();
        return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }

    private long wantedRows(ServerTable table) {
        if (table.filled() && !state.mentioned(table)) {
            return 0;
        }
        TableDefinition definition = state.definitions.get(table.name());
        long wanted = state.spec.rows(definition == null ? table.name() : definition.name());
        if (wanted > 0 && table.filled()) {
            refuseDuplicates(table, definition);
        }
        boolean nowhere =
                table.partitioning().filter(parts -> parts.bounds().isEmpty()).isPresent();
        if (wanted > 0 && nowhere) {
            if (state.sized(table)) {
                state.problems.add(state.places.ofTable(
                        table.name(),
                        "table " + table.name() + " has no partition that rows could go into; create one"));
            } else {
                state.notes.add(table.name() + " stays empty: it has no partitions");
            }
            return 0;
        }
        return wanted;
    }

    /** Rows that are made up know nothing of those that the schema writes itself. */
    private void refuseDuplicates(ServerTable table, @Nullable TableDefinition definition) {
        Set<String> given = definition == null ? Set.of() : definition.columns().keySet();
        table.keys().stream()
                .filter(key -> key.columns().stream().noneMatch(given::contains))
                .findFirst()
                .ifPresent(
                        key -> state.problems.add(
                                state.places.ofTable(
                                        table.name(),
                                        "the schema itself puts rows into " + table.name()
                                                + ", and made-up ones might have the same "
                                                + String.join(", ", key.columns()) + " (" + key.name() + "); leave "
                                                + table.name()
                                                + " out, and it keeps what the schema gives it, or give the key a generator that starts behind, e.g. sequence")));
    }

    private void readPresent() {
        for (ServerTable table : state.catalog.tables().values()) {
            if (table.filled() && !state.mentioned(table)) {
                Set<String> referred = new LinkedHashSet<>();
                state.catalog
                        .tables()
                        .values()
                        .forEach(other -> other.foreignKeys().stream()
                                .filter(key -> key.target().equals(table.name()))
                                .forEach(key -> referred.addAll(key.targetColumns())));
                if (!referred.isEmpty()) {
                    state.present.put(table.name(), state.samples.present(table, referred));
                }
            }
        }
    }

    private Map<String, TablePlan> planTables() {
        Map<String, TablePlan> plans = new LinkedHashMap<>();
        for (ServerTable table : state.catalog.tables().values()) {
            boolean left = table.filled() && !state.mentioned(table);
            plans.put(
                    table.name(),
                    new TablePlan(
                            table,
                            left ? 0 : state.rows.get(table.name()),
                            left ? Map.of() : new TablePlanner(state, table).columns(),
                            state.present.getOrDefault(table.name(), Map.of())));
        }
        // Rows may have become fewer while later tables were planned; the caller plans again then.
        return plans;
    }
}
