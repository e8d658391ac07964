package dev.rehearsal.dataset;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.rehearsal.dataset.DatasetPlan.TablePlan;
import dev.rehearsal.scenario.DatasetDefinition;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Generator;
import dev.rehearsal.scenario.InvalidScenarioException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * All that a process needs to make any row of a dataset: how each column is made, as {@link DatasetPlanner} has decided it once for all, and what the server
 * was asked for meanwhile. It travels as one line.
 *
 * <p>With it go samples of each table, by which whoever makes rows finds out that he would make others: of another build, with another word list, on another
 * kind of machine. Immutable.
 */
public final class RowPlan {
    private final Told told;
    private final DatasetPlan plan;

    /**
     * What travels.
     *
     * @param triggersBySession whether sessions may pass triggers by, see {@link TriggerRest}
     * @param plan without the rows that are present
     * @param present by table and column, see {@link TablePlan#present}; empty: null
     * @param samples of each table that gets rows, see {@link TableRows#sample}
     */
    private record Told(
            long seed,
            boolean triggersBySession,
            KnownFields known,
            DatasetPlan plan,
            Map<String, Map<String, List<Optional<byte[]>>>> present,
            List<String> samples) {}

    private RowPlan(Told told) {
        this.told = told;
        this.plan = with(told.plan(), told.present());
    }

    /** @param tables that get rows, made as the plan says */
    static RowPlan of(DatasetPlan plan, long seed, boolean triggersBySession, KnownFields known, List<TableRows> tables)
            throws InvalidScenarioException {
        List<String> samples = new ArrayList<>();
        for (TableRows table : tables) {
            samples.add(table.sample());
        }
        return new RowPlan(
                new Told(seed, triggersBySession, known, with(plan, Map.of()), present(plan), List.copyOf(samples)));
    }

    private static Map<String, Map<String, List<Optional<byte[]>>>> present(DatasetPlan plan) {
        Map<String, Map<String, List<Optional<byte[]>>>> present = new LinkedHashMap<>();
        plan.tables().forEach((name, table) -> {
            Map<String, List<Optional<byte[]>>> columns = new LinkedHashMap<>();
            table.present().forEach((column, fields) -> columns.put(column, optional(fields)));
            present.put(name, columns);
        });
        return present;
    }

    /** A null is told from an empty field by being that one array, which does not travel. */
    private static List<Optional<byte[]>> optional(byte[][] fields) {
        return Stream.of(fields)
                .map(field -> field == ColumnGenerator.NULL_FIELD ? Optional.<byte[]>empty() : Optional.of(field))
                .toList();
    }

    private static byte[][] fields(List<Optional<byte[]>> fields) {
        return fields.stream()
                .map(field -> field.orElse(ColumnGenerator.NULL_FIELD))
                .toArray(byte[][]::new);
    }

    /** The plan with these rows, and no others, present in its tables. */
    private static DatasetPlan with(DatasetPlan plan, Map<String, Map<String, List<Optional<byte[]>>>> present) {
        Map<String, TablePlan> tables = new LinkedHashMap<>();
        plan.tables().forEach((name, table) -> {
            Map<String, byte[][]> columns = new LinkedHashMap<>();
            present.getOrDefault(name, Map.of()).forEach((column, fields) -> columns.put(column, fields(fields)));
            tables.put(name, new TablePlan(table.table(), table.rows(), table.columns(), columns));
        });
        return new DatasetPlan(tables, plan.notes());
    }

    public String toLine() {
        return mapper().writeValueAsString(told);
    }

    /** @throws IllegalArgumentException if the line is no such plan */
    public static RowPlan fromLine(String line) {
        try {
            return new RowPlan(mapper().readValue(line, Told.class));
        } catch (JacksonException e) {
            throw new IllegalArgumentException("no plan of rows: " + e.getOriginalMessage(), e);
        }
    }

    /** Such as {@code rows 25,000 to 49,999 of orders}. */
    public String words(RowRange range) {
        String table = plan.tables().values().stream()
                .filter(each -> each.rows() > 0)
                .skip(range.table())
                .findFirst()
                .map(each -> each.table().name())
                .orElse("table " + range.table());
        return String.format(Locale.ROOT, "rows %,d to %,d of %s", range.from(), range.to() - 1, table);
    }

    boolean triggersBySession() {
        return told.triggersBySession();
    }

    /**
     * The tables that get rows, by their numbers.
     *
     * @throws EnvironmentException if what would be made here is not what whoever made the plan would make
     */
    List<TableRows> tables() throws EnvironmentException {
        List<TableRows> tables = TableRows.of(
                plan, new ColumnCompiler(plan, told.seed(), elsewhere(), told.known(), new Dictionaries(told.seed())));
        for (int i = 0; i < tables.size(); i++) {
            if (!told.samples().get(i).equals(sample(tables.get(i)))) {
                throw new EnvironmentException(
                        "the rows of " + tables.get(i).name()
                                + " come out otherwise in this process than in the one that planned them",
                        "Take the same build of the harness for all, on the same kind of machine.");
            }
        }
        return tables;
    }

    private static String sample(TableRows table) {
        try {
            return table.sample();
        } catch (InvalidScenarioException e) {
            // It could be made where it was planned.
            return String.valueOf(e.getMessage());
        }
    }

    /** The files that the dataset was read from are on another machine. */
    private static DatasetPlaces elsewhere() {
        return new DatasetPlaces(new DatasetDefinition("", Path.of("/"), "", Map.of()));
    }

    private static ObjectMapper mapper() {
        return JsonMapper.builder()
                .addMixIn(Generator.class, Kinds.class)
                .addMixIn(Generator.Distinct.class, Kinds.class)
                .registerSubtypes(Generator.class.getPermittedSubclasses())
                .registerSubtypes(Generator.Distinct.class.getPermittedSubclasses())
                .build();
    }

    /** The language does not say how its records travel. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    private interface Kinds {}
}
