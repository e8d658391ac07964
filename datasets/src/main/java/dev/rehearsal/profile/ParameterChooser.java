package dev.rehearsal.profile;

import dev.rehearsal.profile.WorkloadProfiler.NotReplayable;
import dev.rehearsal.scenario.DatasetDefinition.TableDefinition;
import dev.rehearsal.scenario.Generator;
import dev.rehearsal.scenario.Parameter;
import dev.rehearsal.scenario.Workload.Operation;
import dev.rehearsal.scenario.Workload.OperationStatement;
import dev.rehearsal.scenario.Workload.Reads;
import dev.rehearsal.scenario.sql.NamedParameters;
import dev.rehearsal.scenario.sql.RecordedStatement;
import dev.rehearsal.scenario.sql.RecordedStatement.Role;
import dev.rehearsal.scenario.sql.StatementKind;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Fills the parameters of recorded statements from the columns that they are compared with, or become. */
final class ParameterChooser {
    private static final String ROWS_WANTED = "10";
    /** Values for an array. */
    private static final int ELEMENTS = 3;
    /** Fewer than all, but so many that the rest cannot be told from nothing. */
    private static final double ALL = 0.98;

    private final Catalog catalog;
    private final Map<String, TableDefinition> dataset;

    /** @param dataset by the tables' names as dataset files have them */
    ParameterChooser(Catalog catalog, Map<String, TableDefinition> dataset) {
        this.catalog = catalog;
        this.dataset = dataset;
    }

    /** @param parameter stands in the statement for the parameter, with {@code %s} where its name goes */
    private record Filled(Parameter parameter, String text) {
        static Filled plain(Parameter parameter) {
            return new Filled(parameter, ":%s");
        }
    }

    /**
     * One recorded statement as an operation.
     *
     * @param tables by the names that the statement calls them by
     * @param types of the parameters, as the server has them
     * @param remarks gets what is not as it was, each a sentence
     */
    Operation operation(
            String name,
            RecordedStatement statement,
            Map<String, Catalog.Table> tables,
            List<String> types,
            List<String> remarks)
            throws NotReplayable {
        requireNoOrphans(statement, tables);
        Map<String, Parameter> parameters = new LinkedHashMap<>();
        Map<Integer, String> texts = new LinkedHashMap<>();
        for (Map.Entry<Integer, Role> each : statement.parameters().entrySet()) {
            int number = each.getKey();
            String type = number <= types.size() ? types.get(number - 1) : "unknown";
            Optional<Found> found = column(each.getValue(), tables);
            String parameter =
                    unused(found.map(column -> column.column().name()).orElse("p" + number), parameters);
            if (type.endsWith("[]")) {
                texts.put(number, array(parameter, found, each.getValue(), type, parameters));
                continue;
            }
            Filled filled = found.isPresent()
                    ? filled(found.get(), each.getValue())
                    : plain(each.getValue(), number, type, name, remarks);
            parameters.put(parameter, filled.parameter());
            texts.put(number, filled.text().replace("%s", parameter));
        }
        String sql = statement.with(number -> texts.getOrDefault(number, "$" + number));
        NamedParameters named = NamedParameters.of(sql);
        OperationStatement transaction = new OperationStatement(
                sql, named.jdbcSql(), named.names(), StatementKind.of(sql).writes());
        return new Operation(name, 1, parameters, List.of(transaction), Reads.PRIMARY, false);
    }

    /** Alone, a statement that deletes what others refer to would fail: what deleted those first is not known to belong to it. */
    private void requireNoOrphans(RecordedStatement statement, Map<String, Catalog.Table> tables) throws NotReplayable {
        if (!statement.verb().equals("DELETE")) {
            return;
        }
        Catalog.Table target = tables.values().iterator().next();
        for (Catalog.Table other : catalog.tables().values()) {
            for (Catalog.ForeignKey key : other.foreignKeys()) {
                if (key.target() == target.oid() && !key.clears() && other.rows() > 0) {
                    throw new NotReplayable("deletes rows that " + other.shownName() + " may refer to");
                }
            }
        }
    }

    private record Found(Catalog.Table table, Catalog.Column column) {}

    private static Optional<Found> column(Role role, Map<String, Catalog.Table> tables) {
        return switch (role) {
            case Role.Compared compared -> column(compared.qualifier(), compared.column(), tables);
            case Role.Assigned assigned -> column(assigned.qualifier(), assigned.column(), tables);
            case Role.Limit limit -> Optional.empty();
            case Role.Offset offset -> Optional.empty();
            case Role.Unknown unknown -> Optional.empty();
        };
    }

    private static Optional<Found> column(String qualifier, String column, Map<String, Catalog.Table> tables) {
        return tables.entrySet().stream()
                .filter(table -> qualifier.isEmpty() || table.getKey().equals(qualifier))
                .map(Map.Entry::getValue)
                .filter(table -> table.columns().containsKey(column))
                .map(table -> new Found(table, table.columns().get(column)))
                .findFirst();
    }

    private static String unused(String wanted, Map<String, Parameter> taken) {
        String plain = wanted.matches("[A-Za-z_][A-Za-z0-9_]*") ? wanted : "p";
        String name = plain;
        for (int i = 2; taken.containsKey(name); i++) {
            name = plain + "_" + i;
        }
        return name;
    }

    private String array(
            String parameter, Optional<Found> found, Role role, String type, Map<String, Parameter> parameters)
            throws NotReplayable {
        if (found.isEmpty() || !(role instanceof Role.Compared)) {
            throw new NotReplayable("takes an array that matches no column");
        }
        StringBuilder elements = new StringBuilder();
        for (int i = 0; i < ELEMENTS; i++) {
            String element = unused(parameter, parameters);
            parameters.put(element, compared(found.get()));
            elements.append(i == 0 ? "" : ", ").append(':').append(element);
        }
        return "cast(array[" + elements + "] as " + type + ")";
    }

    private Filled filled(Found found, Role role) throws NotReplayable {
        return role instanceof Role.Assigned ? assigned(found) : Filled.plain(compared(found));
    }

    /** As often as the values are in the column. */
    private Parameter compared(Found found) {
        Optional<Generator> generator = generator(found).map(ParameterChooser::valued);
        if (generator.isPresent() && generator.get() instanceof Generator.Histogram histogram) {
            boolean few = histogram.bounds().isEmpty() && histogram.commonShare() > ALL;
            if (few && !histogram.common().isEmpty()) {
                return new Parameter.Choice(
                        histogram.common().stream().map(Generator.Common::value).toList(),
                        histogram.common().stream()
                                .map(common -> Math.max(1e-3, Math.rint(common.share() * 1e5) / 1e3))
                                .toList());
            }
        }
        double zipf = generator.isPresent() && generator.get() instanceof Generator.PopularReferences references
                ? exponent(references.popular())
                : 0;
        return new Parameter.References(
                found.table().shownName(), found.column().name(), zipf);
    }

    /** Of the Zipf distribution whose most popular and least popular known keys are as far apart as these. */
    static double exponent(List<Double> popular) {
        if (popular.size() < 3) {
            return 0;
        }
        double ratio = popular.get(0) / popular.get(popular.size() - 1);
        return Math.clamp(Math.rint(100 * Math.log(ratio) / Math.log(popular.size())) / 100, 0, 2);
    }

    private Filled assigned(Found found) throws NotReplayable {
        Catalog.Table table = found.table();
        Catalog.Column column = found.column();
        if (table.isUnique(column.name())) {
            return fresh(found);
        }
        if (table.isPartOfKey(column.name())) {
            throw new NotReplayable("writes " + column.name() + ", which is unique together with other columns");
        }
        Optional<Catalog.ForeignKey> reference = table.foreignKey(column.name());
        if (reference.isPresent()
                && catalog.tables().containsKey(reference.get().target())) {
            Catalog.Table target = catalog.tables().get(reference.get().target());
            if (target.rows() > 0) {
                return Filled.plain(new Parameter.References(
                        target.shownName(), reference.get().targetColumns().get(0), 0));
            }
        }
        return Filled.plain(compared(found));
    }

    /** A value that no row has: counted up from far beyond those that are there. */
    private static Filled fresh(Found found) throws NotReplayable {
        Catalog.Column column = found.column();
        long start = Math.max(1_000_000_000L, 1_000 * found.table().rows());
        boolean fits = column.type().equals("int8") || (column.type().equals("int4") && start < 1_500_000_000L);
        if (fits) {
            return Filled.plain(new Parameter.Sequence(start));
        }
        Parameter.Sequence count = new Parameter.Sequence(1);
        boolean wide = column.modifier() < 4 || column.modifier() - 4 >= 24;
        return switch (column.type()) {
            case "text", "varchar" -> {
                if (!wide) {
                    throw new NotReplayable(
                            "writes " + column.name() + ", which is unique and too short for values that are made up");
                }
                yield new Filled(count, "('new-' || cast(:%s as text))");
            }
            case "uuid" -> new Filled(count, "cast(md5('new-' || cast(:%s as text)) as uuid)");
            default ->
                throw new NotReplayable("writes " + column.name() + ", which is unique, and new values of "
                        + column.type() + " cannot be made up");
        };
    }

    private Filled plain(Role role, int number, String type, String operation, List<String> remarks)
            throws NotReplayable {
        if (role instanceof Role.Limit) {
            return Filled.plain(new Parameter.Literal(ROWS_WANTED));
        }
        if (role instanceof Role.Offset) {
            return Filled.plain(new Parameter.Literal("0"));
        }
        remarks.add(operation + ": $" + number + " stands beside no column of the profile; it is any " + type);
        return switch (type) {
            case "smallint", "integer", "bigint" -> Filled.plain(new Parameter.UniformLong(1, 100));
            case "numeric", "double precision", "real" ->
                Filled.plain(new Parameter.UniformDecimal(new BigDecimal("1.00"), new BigDecimal("100.00"), 2));
            case "text", "character varying", "character", "name" -> Filled.plain(new Parameter.Literal("x"));
            case "boolean" -> Filled.plain(new Parameter.Choice(List.of("true", "false"), List.of(1.0, 1.0)));
            case "date", "timestamp without time zone", "timestamp with time zone" ->
                Filled.plain(new Parameter.Literal("now"));
            case "interval" -> Filled.plain(new Parameter.Literal("1 day"));
            default -> throw new NotReplayable("takes a value of type " + type + " that matches no column");
        };
    }

    private Optional<Generator> generator(Found found) {
        return Optional.ofNullable(dataset.get(found.table().shownName()))
                .map(table -> table.columns().get(found.column().name()));
    }

    private static Generator valued(Generator generator) {
        return generator instanceof Generator.Nullable nullable ? nullable.inner() : generator;
    }
}
