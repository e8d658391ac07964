package dev.rehearsal.profile;

import dev.rehearsal.profile.StatisticsReader.ColumnStatistics;
import dev.rehearsal.scenario.DatasetDefinition;
import dev.rehearsal.scenario.DatasetDefinition.TableDefinition;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Generator;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Makes a {@link Profile} of a server: schema, statistics, workload. */
public final class ProductionProfiler {
    private static final String RIGHTS = "let a superuser run: grant select on pg_catalog.pg_statistic to <the user>;"
            + " that shows statistics and no rows (membership in pg_read_all_stats or pg_monitor does not show those of tables)";

    private final ProductionServer server;
    private final boolean keepValues;

    /** @param keepValues whether texts are left as they are, and not masked */
    public ProductionProfiler(ProductionServer server, boolean keepValues) {
        this.server = server;
        this.keepValues = keepValues;
    }

    /**
     * Profiles the database.
     *
     * @param name of the dataset
     * @param directory where it is going to be
     * @throws EnvironmentException if the server fails, or has no statistics that the user may see
     */
    public Profile profile(String name, Path directory) throws EnvironmentException {
        try {
            SchemaReader.Schema schema = SchemaReader.read(server.connection());
            Catalog catalog = Catalog.read(server.connection());
            StatisticsReader statistics = StatisticsReader.read(server.connection());
            requireStatistics(catalog, statistics);
            List<String> notes = new ArrayList<>();
            schema.leftOut().forEach(what -> notes.add("schema.sql leaves out " + what));
            notes.addAll(notShown(catalog, statistics));
            TextMask mask = new TextMask(keepValues, schema.literals());
            GeneratorChooser chooser = new GeneratorChooser(catalog, mask);
            Map<String, TableDefinition> tables = new LinkedHashMap<>();
            for (Catalog.Table table : inOrderOfLoading(catalog)) {
                tables.put(table.shownName(), table(table, statistics.of(table), chooser, catalog, tables, notes));
            }
            Optional<Profile.RecordedWorkload> workload = new WorkloadProfiler(
                            server.connection(), catalog, new ParameterChooser(catalog, tables))
                    .read(notes);
            return new Profile(
                    server.address(),
                    server.version(),
                    new DatasetDefinition(name, directory, schema.sql(), tables),
                    statistics.figures(catalog),
                    workload,
                    notes);
        } catch (SQLException failure) {
            throw new EnvironmentException(
                    "the server at " + server.address() + " failed: " + failure.getMessage(),
                    "read its log, then profile again",
                    failure);
        }
    }

    /** The figures of every table of a database, to be compared with a profile's. */
    public List<TableStatistics> statistics() throws EnvironmentException {
        try {
            return StatisticsReader.read(server.connection()).figures(Catalog.read(server.connection()));
        } catch (SQLException failure) {
            throw new EnvironmentException(
                    "the server at " + server.address() + " failed: " + failure.getMessage(), "read its log", failure);
        }
    }

    private void requireStatistics(Catalog catalog, StatisticsReader statistics) throws EnvironmentException {
        if (catalog.tables().isEmpty()) {
            throw new EnvironmentException(
                    "the database at " + server.address() + " has no tables", "name another database in the URL");
        }
        boolean any = catalog.tables().values().stream()
                .anyMatch(table -> !statistics.of(table).isEmpty());
        if (any) {
            return;
        }
        boolean hidden = !statistics.all()
                && catalog.tables().values().stream().anyMatch(table -> !table.readable() && table.rows() > 0);
        if (hidden) {
            throw new EnvironmentException(
                    "the server at " + server.address() + " shows this user the statistics of no table", RIGHTS);
        }
        throw new EnvironmentException(
                "the database at " + server.address() + " has no statistics", "run ANALYZE in it, then profile again");
    }

    /** Statistics that are not there, or that the session may not see: the difference matters to who shall do something about it. */
    private static List<String> notShown(Catalog catalog, StatisticsReader statistics) {
        List<String> hidden = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (Catalog.Table table : catalog.tables().values()) {
            if (table.rows() > 0 && statistics.of(table).isEmpty()) {
                (statistics.all() || table.readable() ? missing : hidden).add(table.shownName());
            }
        }
        List<String> notes = new ArrayList<>();
        if (!hidden.isEmpty()) {
            notes.add("the user may not see the statistics of " + String.join(", ", hidden) + "; " + RIGHTS);
        }
        if (!missing.isEmpty()) {
            notes.add("there are no statistics of " + String.join(", ", missing) + "; run ANALYZE, then profile again");
        }
        return notes;
    }

    /** A referenced table before its referrer; within a circle, in the order of their making. */
    private static List<Catalog.Table> inOrderOfLoading(Catalog catalog) {
        Set<Catalog.Table> ordered = new LinkedHashSet<>();
        Set<Long> visited = new LinkedHashSet<>();
        Map<String, Catalog.Table> byName = new TreeMap<>();
        catalog.tables().values().forEach(table -> byName.put(table.shownName(), table));
        byName.values().forEach(table -> visit(table, catalog, visited, ordered));
        return List.copyOf(ordered);
    }

    private static void visit(Catalog.Table table, Catalog catalog, Set<Long> visited, Set<Catalog.Table> ordered) {
        if (visited.add(table.oid())) {
            table.foreignKeys().stream()
                    .map(key -> catalog.tables().get(key.target()))
                    .filter(target -> target != null)
                    .forEach(target -> visit(target, catalog, visited, ordered));
            ordered.add(table);
        }
    }

    private TableDefinition table(
            Catalog.Table table,
            Map<String, ColumnStatistics> statistics,
            GeneratorChooser chooser,
            Catalog catalog,
            Map<String, TableDefinition> above,
            List<String> notes) {
        long rows = rows(table, catalog, above);
        Map<String, Generator> columns = new LinkedHashMap<>();
        if (rows == 0) {
            return new TableDefinition(table.shownName(), 0, columns);
        }
        List<Catalog.Column> keysFirst = new ArrayList<>(table.columns().values());
        keysFirst.sort(
                (one, other) -> Boolean.compare(chooser.isCountedUp(table, other), chooser.isCountedUp(table, one)));
        for (Catalog.Column column : keysFirst) {
            if (column.generated()) {
                continue;
            }
            GeneratorChooser.Choice choice =
                    chooser.choose(table, column, Optional.ofNullable(statistics.get(column.name())));
            Optional<Generator> generator = choice.generator().filter(found -> isAbove(found, table, above));
            generator.ifPresent(found -> columns.put(column.name(), found));
            boolean told = choice.reason().equals("has no statistics") && statistics.isEmpty();
            if (generator.isEmpty() && !told) {
                String reason = choice.reason().isEmpty() ? "refers to a table that refers back" : choice.reason();
                notes.add("the column " + table.shownName() + "." + column.name() + " " + reason
                        + ": dataset.yaml leaves it to its default");
            }
        }
        return new TableDefinition(table.shownName(), rows, columns);
    }

    private static boolean isAbove(Generator generator, Catalog.Table table, Map<String, TableDefinition> above) {
        Generator inner = generator instanceof Generator.Nullable nullable ? nullable.inner() : generator;
        return !(inner instanceof Generator.PopularReferences references)
                || references.table().equals(table.shownName())
                || above.containsKey(references.table());
    }

    /** Of a table whose key is also a reference, at most as many as there are rows to refer to: both counts are estimates. */
    private static long rows(Catalog.Table table, Catalog catalog, Map<String, TableDefinition> above) {
        long rows = table.rows();
        for (Catalog.Column column : table.columns().values()) {
            Optional<Catalog.Table> target = table.foreignKey(column.name())
                    .filter(key -> table.isUnique(column.name()))
                    .map(key -> catalog.tables().get(key.target()));
            if (target.isPresent()
                    && column.notNull()
                    && above.containsKey(target.get().shownName())) {
                rows = Math.min(rows, above.get(target.get().shownName()).rows());
            }
        }
        return rows;
    }
}
