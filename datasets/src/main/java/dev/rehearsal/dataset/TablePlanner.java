package dev.rehearsal.dataset;

import dev.rehearsal.dataset.ServerTable.ForeignKey;
import dev.rehearsal.dataset.ServerTable.UniqueKey;
import dev.rehearsal.scenario.DatasetDefinition.TableDefinition;
import dev.rehearsal.scenario.Generator;
import dev.rehearsal.scenario.sql.CheckCondition;
import dev.rehearsal.scenario.sql.CheckCondition.Limit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One table while it is planned: what makes each of its columns. What {@link UniqueKeyPlanner} works on is open to it. */
final class TablePlanner {
    /** How unevenly the rows of a table are referred to where nobody says. */
    private static final double SKEW = 0.7;
    /** The share of rows that refer to nothing where they need not. */
    private static final double LOOSE = 0.15;

    private final PlanningState state;
    final ServerTable table;
    final Map<String, Generator> given;
    final Map<String, ColumnPlan> columns = new LinkedHashMap<>();
    /** Foreign keys whose columns are all made by that key. */
    final List<ForeignKey> followed = new ArrayList<>();

    private final Map<String, ColumnLimits> limits = new HashMap<>();
    private final Set<String> undecided = new HashSet<>();
    /** Rows; fewer once a key has no room for more. */
    long count;

    TablePlanner(PlanningState state, ServerTable table) {
        this.state = state;
        this.table = table;
        TableDefinition definition = state.definitions.get(table.name());
        this.given = definition == null ? Map.of() : definition.columns();
        this.count = state.rows.get(table.name());
    }

    Map<String, ColumnPlan> columns() {
        readChecks();
        readPartitions();
        given.forEach(this::takeGiven);
        followForeignKeys();
        for (ServerColumn column : table.columns().values()) {
            if (!columns.containsKey(column.name()) && !column.computed()) {
                choose(column);
            }
        }
        table.keys().stream()
                .sorted(Comparator.comparingInt(key -> key.columns().size()))
                .forEach(this::makeUnique);
        Map<String, ColumnPlan> ordered = new LinkedHashMap<>();
        table.columns().keySet().stream()
                .filter(columns::containsKey)
                .forEach(name -> ordered.put(name, columns.get(name)));
        state.rows.merge(table.name(), count, Math::min);
        return ordered;
    }

    private void readChecks() {
        Map<String, List<Limit>> found = new HashMap<>();
        for (ServerTable.Check check : table.checks()) {
            CheckCondition condition = CheckCondition.read(check.expression());
            condition
                    .limits()
                    .forEach(limit -> found.computeIfAbsent(limit.column(), name -> new ArrayList<>())
                            .add(limit));
            if (!condition.understood()) {
                undecided.addAll(condition.columns());
            }
        }
        found.forEach((name, list) -> limits.put(name, new ColumnLimits(name, list)));
    }

    private void readPartitions() {
        table.partitioning().ifPresent(partitioning -> {
            for (Limit limit : PartitionBounds.limits(partitioning)) {
                List<Limit> all = new ArrayList<>(limitsOf(limit.column()).limits());
                all.add(limit);
                limits.put(limit.column(), new ColumnLimits(limit.column(), all));
            }
        });
    }

    private ColumnLimits limitsOf(String column) {
        return limits.getOrDefault(column, new ColumnLimits(column, List.of()));
    }

    private void takeGiven(String name, Generator generator) {
        ServerColumn column = table.columns().get(name);
        if (column == null) {
            state.problems.add(state.places.ofColumn(
                    definitionName(), name, "the table " + table.name() + " has no column " + name));
            return;
        }
        columns.put(name, ColumnPlan.of(column, generator));
    }

    String definitionName() {
        TableDefinition definition = state.definitions.get(table.name());
        return definition == null ? table.name() : definition.name();
    }

    private void followForeignKeys() {
        for (ForeignKey key : table.foreignKeys()) {
            List<String> open = key.columns().stream()
                    .filter(name -> !columns.containsKey(name))
                    .toList();
            if (open.size() == key.columns().size()) {
                follow(key);
            } else if (!open.isEmpty()) {
                followInPart(key, open);
            }
        }
    }

    private void follow(ForeignKey key) {
        boolean optional = key.columns().stream()
                .allMatch(name ->
                        !table.columns().get(name).notNull() && !limitsOf(name).mustNotBeNull());
        boolean own = key.target().equals(table.name());
        long keys = state.keys(key.target());
        if (keys == 0 && !optional) {
            noKeys(key);
            return;
        }
        boolean absent = keys == 0
                || key.columns().stream().anyMatch(name -> limitsOf(name).mustBeNull());
        for (int i = 0; i < key.columns().size(); i++) {
            ServerColumn column = table.columns().get(key.columns().get(i));
            boolean skewed = keys > 1 && !own && keys <= Integer.MAX_VALUE;
            Generator refers =
                    new Generator.References(key.target(), key.targetColumns().get(i), skewed ? SKEW : 0, 0);
            double nulls = absent ? 1 : LOOSE;
            columns.put(
                    column.name(),
                    new ColumnPlan(
                            column,
                            absent
                                    ? new Generator.Nullable(new Generator.Uuid(), 1)
                                    : optional ? new Generator.Nullable(refers, nulls) : refers,
                            key.name(),
                            Optional.empty(),
                            own && !absent));
        }
        if (!absent) {
            followed.add(key);
        }
    }

    private void noKeys(ForeignKey key) {
        String message = table.name() + "." + String.join(", ", key.columns()) + " must refer to a row of "
                + key.target() + " (" + key.name() + "), which has none";
        if (count > 0 && state.sized(table)) {
            state.problems.add(state.places.ofTable(definitionName(), message + "; give " + key.target() + " rows"));
        } else if (count > 0) {
            state.notes.add(table.name() + " stays empty: " + message);
            count = 0;
        }
        for (String name : key.columns()) {
            columns.put(name, ColumnPlan.of(table.columns().get(name), new Generator.Sequence(1)));
        }
    }

    /** Two foreign keys share a column: the second is left open where it may be. */
    private void followInPart(ForeignKey key, List<String> open) {
        List<String> optional = open.stream()
                .filter(name ->
                        !table.columns().get(name).notNull() && !limitsOf(name).mustNotBeNull())
                .toList();
        if (!optional.isEmpty()) {
            ServerColumn column = table.columns().get(optional.getFirst());
            columns.put(column.name(), ColumnPlan.of(column, new Generator.Nullable(new Generator.Uuid(), 1)));
        } else if (count > 0 && open.stream().noneMatch(given::containsKey)) {
            state.problems.add(state.places.ofColumn(
                    definitionName(),
                    open.getFirst(),
                    "the foreign key " + key.name()
                            + " shares columns with another one, so that the rows they refer to"
                            + " cannot be chosen apart; give " + table.name() + "." + open.getFirst()
                            + " a generator"));
        }
    }

    private void choose(ServerColumn column) {
        boolean key = table.keys().stream().anyMatch(unique -> unique.columns().equals(List.of(column.name())));
        choose(column, key).ifPresent(generator -> columns.put(column.name(), ColumnPlan.of(column, generator)));
    }

    Optional<Generator> choose(ServerColumn column, boolean key) {
        boolean inKey =
                table.keys().stream().anyMatch(unique -> unique.columns().contains(column.name()));
        if (undecided.contains(column.name())
                && !column.notNull()
                && !inKey
                && limitsOf(column.name()).isEmpty()) {
            // A check that is not understood passes where it comes to null.
            return column.details().defaultExpression().isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Generator.Nullable(new Generator.Uuid(), 1));
        }
        Optional<Generator> chosen;
        try {
            chosen = state.defaults.choose(column, limitsOf(column.name()), key);
        } catch (DefaultGenerators.Unsatisfiable wrong) {
            state.problems.add(state.places.ofColumn(
                    definitionName(),
                    column.name(),
                    "the check constraints of " + table.name() + "." + column.name() + " cannot be met: "
                            + wrong.getMessage() + " (" + checksOf(column.name())
                            + "); correct them, or give the column a generator"));
            return Optional.empty();
        }
        if (key
                && chosen.isPresent()
                && chosen.get() instanceof Generator.UniformLong
                && table.keys().getFirst().columns().equals(List.of(column.name()))
                && limitsOf(column.name()).isEmpty()) {
            // A primary key of whole numbers counts, whether or not the server would count by itself.
            return Optional.of(new Generator.Sequence(1));
        }
        return chosen.isPresent() ? chosen : sampled(column, key);
    }

    private String checksOf(String column) {
        return String.join(
                "; ",
                table.checks().stream()
                        .filter(check -> CheckCondition.read(check.expression())
                                .columns()
                                .contains(column))
                        .map(check -> check.name() + ": " + check.expression())
                        .toList());
    }

    /** A type that we cannot write: the server is asked for the bytes of a few values. */
    private Optional<Generator> sampled(ServerColumn column, boolean key) {
        boolean needed =
                column.notNull() && column.details().defaultExpression().isEmpty();
        boolean ours = column.isText() || column.type().matches("u?int[248]|numeric|float[48]|bool");
        if (ours && !key && !needed) {
            return Optional.empty();
        }
        if (!needed && column.details().defaultExpression().isPresent()) {
            return Optional.empty();
        }
        List<String> texts = state.samples.of(column);
        if (texts.isEmpty()) {
            if (needed && count > 0) {
                state.problems.add(
                        state.places.ofColumn(
                                definitionName(),
                                column.name(),
                                table.name() + "." + column.name() + " is not null and of the type "
                                        + column.typeForPeople()
                                        + ", of which no value is known; give it a generator, e.g. { choice: [ … ] } with values as the server reads them"));
            }
            return Optional.empty();
        }
        Generator choice = new Generator.Choice(texts, java.util.Collections.nCopies(texts.size(), 1.0));
        return Optional.of(column.notNull() ? choice : new Generator.Nullable(choice, 0.1));
    }

    /** Sees to it that no two rows have the same values in these columns. */
    private void makeUnique(UniqueKey key) {
        boolean unknown = key.columns().stream()
                .anyMatch(name -> !table.columns().containsKey(name)
                        || table.columns().get(name).computed());
        if (key.columns().isEmpty() || unknown || count == 0 || isUnique(key)) {
            return;
        }
        new UniqueKeyPlanner(state, this, key).place();
    }

    private boolean isUnique(UniqueKey key) {
        for (String name : key.columns()) {
            ColumnPlan plan = columns.get(name);
            if (plan != null && (isNull(plan) || isUniqueAlone(plan))) {
                return true;
            }
        }
        Map<String, Long> digits = new HashMap<>();
        Map<String, Long> domains = new HashMap<>();
        Set<String> counted = new HashSet<>();
        for (String name : key.columns()) {
            Optional.ofNullable(columns.get(name))
                    .flatMap(ColumnPlan::placement)
                    .filter(placement -> counted.add(placement.key() + " " + placement.stride()))
                    .ifPresent(placement -> {
                        digits.merge(placement.key(), placement.radix(), (a, b) -> a * b);
                        domains.put(placement.key(), placement.domain());
                    });
        }
        return digits.entrySet().stream().anyMatch(entry -> entry.getValue().equals(domains.get(entry.getKey())));
    }

    private static boolean isNull(ColumnPlan plan) {
        return plan.generator() instanceof Generator.Nullable nullable && nullable.fraction() == 1;
    }

    private static boolean isUniqueAlone(ColumnPlan plan) {
        Generator inner = plan.generator() instanceof Generator.Nullable nullable ? nullable.inner() : plan.generator();
        boolean byItself = inner instanceof Generator.Sequence
                || inner instanceof Generator.Uuid
                || inner instanceof Generator.Unique
                || (inner instanceof Generator.Pattern pattern
                        && pattern.pattern().contains("{row}"));
        return byItself
                || plan.placement()
                        .filter(place -> place.radix() == place.domain())
                        .isPresent();
    }
}
