package dev.rehearsal.dataset;

import dev.rehearsal.scenario.DatasetDefinition.TableDefinition;
import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is known while a dataset is planned: what it is planned from, and how far it is. Used by one thread. */
final class PlanningState {
    final DatasetSpec spec;
    final long seed;
    final ServerCatalog catalog;
    final DatasetPlaces places;
    final ColumnCompiler.FieldSource literals;
    final Dictionaries dictionaries;
    final DefaultGenerators defaults;
    final DatasetPlanner.Samples samples;
    /** By the names that the server has for the tables. */
    final Map<String, TableDefinition> definitions = new HashMap<>();

    final Map<String, Long> rows = new LinkedHashMap<>();
    /** Fields of tables that the schema itself filled, by table and column. */
    final Map<String, Map<String, byte[][]>> present = new HashMap<>();

    final Set<String> notes = new LinkedHashSet<>();
    List<Problem> problems = new ArrayList<>();

    PlanningState(
            DatasetSpec spec,
            long seed,
            ServerCatalog catalog,
            DatasetPlaces places,
            ColumnCompiler.FieldSource literals,
            Dictionaries dictionaries,
            DatasetPlanner.Samples samples) {
        this.spec = spec;
        this.seed = seed;
        this.catalog = catalog;
        this.places = places;
        this.literals = literals;
        this.dictionaries = dictionaries;
        this.defaults = new DefaultGenerators(dictionaries);
        this.samples = samples;
    }

    /** Whether somebody said how many rows it has. */
    boolean sized(ServerTable table) {
        TableDefinition definition = definitions.get(table.name());
        return definition != null && spec.sized(definition.name());
    }

    /** Whether somebody said anything of it. */
    boolean mentioned(ServerTable table) {
        TableDefinition definition = definitions.get(table.name());
        return sized(table) || (definition != null && !definition.columns().isEmpty());
    }

    /** How many rows there are to refer to. */
    long keys(String table) {
        Map<String, byte[][]> fields = present.get(table);
        return fields == null || fields.isEmpty()
                ? rows.getOrDefault(table, 0L)
                : fields.values().iterator().next().length;
    }

    /** Row counts while the plans are not there yet. */
    ColumnCompiler.Tables sizes() {
        return new ColumnCompiler.Tables() {
            @Override
            public long rows(String table) {
                return keys(table);
            }

            @Override
            public Optional<ColumnPlan> column(String table, String column) {
                return Optional.empty();
            }
        };
    }
}
