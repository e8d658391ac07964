package dev.rehearsal.dataset;

import dev.rehearsal.dataset.ColumnPlan.Placement;
import dev.rehearsal.dataset.DatasetPlan.TablePlan;
import dev.rehearsal.dataset.ServerTable.ForeignKey;
import dev.rehearsal.dataset.ServerTable.UniqueKey;
import dev.rehearsal.scenario.DatasetDefinition.TableDefinition;
import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.Generator;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Problem;
import dev.rehearsal.scenario.sql.CheckCondition;
import dev.rehearsal.scenario.sql.CheckCondition.Limit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
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
    /** How unevenly the rows of a table are referred to where nobody says. */
    private static final double SKEW = 0.7;
    /** The share of rows that refer to nothing where they need not. */
    private static final double LOOSE = 0.15;
    /** Fewer rows leave fewer to refer to, and so on along the foreign keys; they get fewer each time. */
    private static final int MOST_ROUNDS = 30;

    private final DatasetSpec spec;
    private final long seed;
    private final ServerCatalog catalog;
    private final DatasetPlaces places;
    private final ColumnCompiler.FieldSource literals;
    private final Dictionaries dictionaries;
    private final DefaultGenerators defaults;
    private final Samples samples;
    private final Map<String, TableDefinition> definitions = new HashMap<>();
    private final Map<String, Long> rows = new LinkedHashMap<>();
    private final Map<String, Map<String, byte[][]>> present = new HashMap<>();
    private final Set<String> notes = new LinkedHashSet<>();
    private List<Problem> problems = new ArrayList<>();

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
        this.spec = spec;
        this.seed = seed;
        this.catalog = catalog;
        this.places = places;
        this.literals = literals;
        this.dictionaries = dictionaries;
        this.defaults = new DefaultGenerators(dictionaries);
        this.samples = samples;
    }

    /**
     * Plans.
     *
     * @throws InvalidScenarioException with everything that cannot be done as the definition says
     */
    DatasetPlan plan() throws InvalidScenarioException {
        matchDefinitions();
        for (ServerTable table : catalog.tables().values()) {
            rows.put(table.name(), wantedRows(table));
        }
        readPresent();
        Map<String, TablePlan> plans = Map.of();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            Map<String, Long> before = Map.copyOf(rows);
            List<Problem> found = new ArrayList<>(problems);
            plans = planTables();
            if (rows.equals(before)) {
                break;
            }
            problems = found;
        }
        DatasetPlan plan = new DatasetPlan(plans, List.copyOf(notes));
        List<Problem> planned = problems;
        problems = new ArrayList<>();
        refuseRings(plan);
        ColumnCompiler compiler = new ColumnCompiler(plan, seed, places, literals, dictionaries);
        for (TablePlan table : plans.values()) {
            for (ColumnPlan column : table.columns().values()) {
                attempt(() -> compiler.compile(column));
            }
        }
        planned.stream().filter(problem -> !problems.contains(problem)).forEach(problems::add);
        if (!problems.isEmpty()) {
            throw new InvalidScenarioException(problems);
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
                    problems.add(places.ofColumn(
                            column.column().table(),
                            column.column().name(),
                            "refers in a ring, so that nothing says what the value is: " + String.join(" -> ", passed)
                                    + "; give one of these columns a generator"));
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidScenarioException(problems);
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
                    .filter(problem -> !problems.contains(problem))
                    .forEach(problems::add);
        }
    }

    /** A file may name a table without the schema that its search path puts it into. */
    private void matchDefinitions() {
        for (TableDefinition definition : spec.definition().tables().values()) {
            Optional<ServerTable> table = Optional.ofNullable(catalog.tables().get(definition.name()))
                    .or(() -> onlyOneEndingWith("." + definition.name()));
            table.ifPresent(found -> definitions.put(found.name(), definition));
            if (table.isEmpty() && (definition.sized() || !definition.columns().isEmpty())) {
                problems.add(places.ofTable(definition.name(), "schema.sql creates no table " + definition.name()));
            }
        }
    }

    private Optional<ServerTable> onlyOneEndingWith(String name) {
        List<ServerTable> found = catalog.tables().values().stream()
                .filter(table -> table.name().endsWith(name))
                .toList();
        return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }

    private boolean sized(ServerTable table) {
        TableDefinition definition = definitions.get(table.name());
        return definition != null && spec.sized(definition.name());
    }

    private boolean mentioned(ServerTable table) {
        TableDefinition definition = definitions.get(table.name());
        return sized(table) || (definition != null && !definition.columns().isEmpty());
    }

    private long wantedRows(ServerTable table) {
        if (table.filled() && !mentioned(table)) {
            return 0;
        }
        TableDefinition definition = definitions.get(table.name());
        long wanted = spec.rows(definition == null ? table.name() : definition.name());
        if (wanted > 0 && table.filled()) {
            refuseDuplicates(table, definition);
        }
        boolean nowhere =
                table.partitioning().filter(parts -> parts.bounds().isEmpty()).isPresent();
        if (wanted > 0 && nowhere) {
            if (sized(table)) {
                problems.add(places.ofTable(
                        table.name(),
                        "table " + table.name() + " has no partition that rows could go into; create one"));
            } else {
                notes.add(table.name() + " stays empty: it has no partitions");
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
                        key -> problems.add(
                                places.ofTable(
                                        table.name(),
                                        "the schema itself puts rows into " + table.name()
                                                + ", and made-up ones might have the same "
                                                + String.join(", ", key.columns()) + " (" + key.name() + "); leave "
                                                + table.name()
                                                + " out, and it keeps what the schema gives it, or give the key a generator that starts behind, e.g. sequence")));
    }

    private void readPresent() {
        for (ServerTable table : catalog.tables().values()) {
            if (table.filled() && !mentioned(table)) {
                Set<String> referred = new LinkedHashSet<>();
                catalog.tables()
                        .values()
                        .forEach(other -> other.foreignKeys().stream()
                                .filter(key -> key.target().equals(table.name()))
                                .forEach(key -> referred.addAll(key.targetColumns())));
                if (!referred.isEmpty()) {
                    present.put(table.name(), samples.present(table, referred));
                }
            }
        }
    }

    private long keys(String table) {
        Map<String, byte[][]> fields = present.get(table);
        return fields == null || fields.isEmpty()
                ? rows.getOrDefault(table, 0L)
                : fields.values().iterator().next().length;
    }

    private Map<String, TablePlan> planTables() {
        Map<String, TablePlan> plans = new LinkedHashMap<>();
        for (ServerTable table : catalog.tables().values()) {
            boolean left = table.filled() && !mentioned(table);
            plans.put(
                    table.name(),
                    new TablePlan(
                            table,
                            left ? 0 : rows.get(table.name()),
                            left ? Map.of() : new TableWork(table).columns(),
                            present.getOrDefault(table.name(), Map.of())));
        }
        // Rows may have become fewer while later tables were planned; the caller plans again then.
        return plans;
    }

    /** One table while it is planned. */
    private final class TableWork {
        private final ServerTable table;
        private final Map<String, Generator> given;
        private final Map<String, ColumnPlan> columns = new LinkedHashMap<>();
        /** Foreign keys whose columns are all made by that key. */
        private final List<ForeignKey> followed = new ArrayList<>();

        private final Map<String, ColumnLimits> limits = new HashMap<>();
        private final Set<String> undecided = new HashSet<>();
        private long count;

        TableWork(ServerTable table) {
            this.table = table;
            TableDefinition definition = definitions.get(table.name());
            this.given = definition == null ? Map.of() : definition.columns();
            this.count = rows.get(table.name());
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
            rows.merge(table.name(), count, Math::min);
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
                problems.add(places.ofColumn(
                        definitionName(), name, "the table " + table.name() + " has no column " + name));
                return;
            }
            columns.put(name, ColumnPlan.of(column, generator));
        }

        private String definitionName() {
            TableDefinition definition = definitions.get(table.name());
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
                    .allMatch(name -> !table.columns().get(name).notNull()
                            && !limitsOf(name).mustNotBeNull());
            boolean own = key.target().equals(table.name());
            long keys = keys(key.target());
            if (keys == 0 && !optional) {
                noKeys(key);
                return;
            }
            boolean absent = keys == 0
                    || key.columns().stream().anyMatch(name -> limitsOf(name).mustBeNull());
            for (int i = 0; i < key.columns().size(); i++) {
                ServerColumn column = table.columns().get(key.columns().get(i));
                boolean skewed = keys > 1 && !own && keys <= Integer.MAX_VALUE;
                Generator refers = new Generator.References(
                        key.target(), key.targetColumns().get(i), skewed ? SKEW : 0, 0);
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
            if (count > 0 && sized(table)) {
                problems.add(places.ofTable(definitionName(), message + "; give " + key.target() + " rows"));
            } else if (count > 0) {
                notes.add(table.name() + " stays empty: " + message);
                count = 0;
            }
            for (String name : key.columns()) {
                columns.put(name, ColumnPlan.of(table.columns().get(name), new Generator.Sequence(1)));
            }
        }

        /** Two foreign keys share a column: the second is left open where it may be. */
        private void followInPart(ForeignKey key, List<String> open) {
            List<String> optional = open.stream()
                    .filter(name -> !table.columns().get(name).notNull()
                            && !limitsOf(name).mustNotBeNull())
                    .toList();
            if (!optional.isEmpty()) {
                ServerColumn column = table.columns().get(optional.getFirst());
                columns.put(column.name(), ColumnPlan.of(column, new Generator.Nullable(new Generator.Uuid(), 1)));
            } else if (count > 0 && open.stream().noneMatch(given::containsKey)) {
                problems.add(places.ofColumn(
                        definitionName(),
                        open.getFirst(),
                        "the foreign key " + key.name()
                                + " shares columns with another one, so that the rows they refer to"
                                + " cannot be chosen apart; give " + table.name() + "." + open.getFirst()
                                + " a generator"));
            }
        }

        private void choose(ServerColumn column) {
            boolean key =
                    table.keys().stream().anyMatch(unique -> unique.columns().equals(List.of(column.name())));
            choose(column, key).ifPresent(generator -> columns.put(column.name(), ColumnPlan.of(column, generator)));
        }

        private Optional<Generator> choose(ServerColumn column, boolean key) {
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
                chosen = defaults.choose(column, limitsOf(column.name()), key);
            } catch (DefaultGenerators.Unsatisfiable wrong) {
                problems.add(places.ofColumn(
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
            List<String> texts = samples.of(column);
            if (texts.isEmpty()) {
                if (needed && count > 0) {
                    problems.add(
                            places.ofColumn(
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
            new KeyWork(this, key).place();
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
            Generator inner =
                    plan.generator() instanceof Generator.Nullable nullable ? nullable.inner() : plan.generator();
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

    /** Finds the columns of one key that make it unique. */
    private final class KeyWork {
        private final TableWork work;
        private final UniqueKey key;
        private final List<Part> references = new ArrayList<>();
        private final List<Part> singles = new ArrayList<>();

        /**
         * What takes one digit of the number: a column, or the columns of a foreign key, which all say the same row.
         *
         * @param values how many there are to choose from
         */
        private record Part(List<String> columns, long values, Optional<ColumnCompiler.Values> alone) {}

        KeyWork(TableWork work, UniqueKey key) {
            this.work = work;
            this.key = key;
        }

        void place() {
            collect();
            long referred = product(references);
            if (references.isEmpty()) {
                Optional<Part> carrier = singles.stream()
                        .filter(part -> part.values() >= work.count)
                        .max(Comparator.comparingInt(this::suitability));
                if (carrier.isPresent()) {
                    alone(carrier.get());
                    return;
                }
                place(singles, product(singles));
            } else if (referred >= work.count) {
                place(references, referred);
            } else {
                withOneMore(referred);
            }
        }

        /** Rows that refer to the same row differ in one more column, which has a few values for each: lines of an order. */
        private void withOneMore(long referred) {
            long needed = Math.ceilDiv(work.count, referred);
            Optional<Part> more = singles.stream()
                    .filter(part -> part.values() >= needed)
                    .max(Comparator.comparingInt(this::suitability));
            List<Part> parts = new ArrayList<>(references);
            if (more.isPresent()) {
                parts.add(new Part(more.get().columns(), Math.min(more.get().values(), 2 * needed), Optional.empty()));
            } else {
                parts.addAll(singles);
            }
            place(parts, product(parts));
        }

        private void collect() {
            Set<String> within = new HashSet<>(key.columns());
            for (ForeignKey foreign : work.followed) {
                boolean free = foreign.columns().stream()
                        .allMatch(name -> within.contains(name)
                                && work.columns.get(name).placement().isEmpty());
                if (free) {
                    references.add(new Part(foreign.columns(), keys(foreign.target()), Optional.empty()));
                    foreign.columns().forEach(within::remove);
                }
            }
            for (String name : key.columns()) {
                if (within.contains(name)) {
                    single(name);
                }
            }
        }

        private void single(String name) {
            ServerColumn column = work.table.columns().get(name);
            ColumnPlan plan = work.columns.get(name);
            boolean referring = plan != null
                    && work.followed.stream()
                            .anyMatch(foreign -> foreign.columns().contains(name));
            if (referring || (plan != null && plan.placement().isPresent())) {
                return;
            }
            if (plan == null) {
                Optional<Generator> made = work.choose(column, true);
                if (made.isEmpty()) {
                    return;
                }
                plan = ColumnPlan.of(column, made.get());
                work.columns.put(name, plan);
            }
            Optional<ColumnCompiler.Values> values = values(plan);
            if (values.isPresent() && values.get().count() > 0) {
                singles.add(new Part(List.of(name), values.get().count(), values));
            }
        }

        private Optional<ColumnCompiler.Values> values(ColumnPlan plan) {
            Generator inner =
                    plan.generator() instanceof Generator.Nullable nullable ? nullable.inner() : plan.generator();
            ColumnCompiler compiler = new ColumnCompiler(new Sizes(), seed, places, literals, dictionaries);
            try {
                return Optional.of(compiler.values(
                        plan.column(),
                        inner,
                        new RowRandom(seed, plan.column().table(), plan.column().name())));
            } catch (InvalidScenarioException wrong) {
                if (key.columns().size() == 1) {
                    wrong.problems().stream()
                            .filter(problem -> !problems.contains(problem))
                            .forEach(problems::add);
                }
                return Optional.empty();
            }
        }

        /** Numbers and texts that nobody has written a generator for are changed first. */
        private int suitability(Part part) {
            String name = part.columns().getFirst();
            ServerColumn column = work.table.columns().get(name);
            int type = switch (column.type()) {
                case "int8", "int4", "int2" -> 3;
                case "uuid" -> 2;
                case "timestamp", "timestamptz" -> 1;
                default -> column.isText() ? 2 : 0;
            };
            return type + (work.given.containsKey(name) ? 0 : 10);
        }

        private void alone(Part part) {
            String name = part.columns().getFirst();
            Placement placement = part.alone().orElseThrow().alone(name, work.count);
            work.columns.computeIfPresent(name, (unused, plan) -> plan.placed(placement));
        }

        private static long product(List<Part> parts) {
            long product = 1;
            for (Part part : parts) {
                product = part.values() > KeyPermutation.MAXIMUM / product
                        ? KeyPermutation.MAXIMUM
                        : product * part.values();
            }
            return parts.isEmpty() ? 0 : product;
        }

        private void place(List<Part> parts, long domain) {
            if (domain < work.count) {
                tooFew(domain);
                return;
            }
            List<Part> needed = new ArrayList<>(parts);
            if (domain == KeyPermutation.MAXIMUM) {
                // So many that a few of the parts are enough.
                needed.sort(Comparator.comparingLong(Part::values).reversed());
                while (needed.size() > 1 && product(needed) == KeyPermutation.MAXIMUM) {
                    needed.removeLast();
                }
                if (product(needed) < work.count) {
                    needed = new ArrayList<>(parts);
                }
            }
            long whole = product(needed);
            long stride = 1;
            for (Part part : needed) {
                Placement placement = new Placement(key.name(), whole, stride, part.values(), false);
                part.columns()
                        .forEach(name -> work.columns.computeIfPresent(name, (unused, plan) -> plan.placed(placement)));
                stride *= part.values();
            }
        }

        private void tooFew(long possible) {
            String columns = String.join(", ", key.columns());
            if (sized(work.table)) {
                problems.add(places.ofRows(
                        work.definitionName(),
                        "the unique key %s (%s) of %s has room for %,d different rows, but %,d are wanted; at most %,d are possible"
                                .formatted(key.name(), columns, work.table.name(), possible, work.count, possible)));
                return;
            }
            if (possible == 0) {
                notes.add(work.table.name() + " stays empty: nothing makes its unique key " + key.name() + " ("
                        + columns + ") unique; give one of these columns a generator");
            } else {
                notes.add("%s has %,d rows: its unique key %s (%s) has no room for more"
                        .formatted(work.table.name(), possible, key.name(), columns));
            }
            work.count = possible;
        }
    }

    /** Row counts while the plans are not there yet. */
    private final class Sizes implements ColumnCompiler.Tables {
        @Override
        public long rows(String table) {
            return keys(table);
        }

        @Override
        public Optional<ColumnPlan> column(String table, String column) {
            return Optional.empty();
        }
    }
}
