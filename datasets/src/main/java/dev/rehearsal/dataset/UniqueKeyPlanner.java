package dev.rehearsal.dataset;

import dev.rehearsal.dataset.ColumnPlan.Placement;
import dev.rehearsal.dataset.ServerTable.ForeignKey;
import dev.rehearsal.dataset.ServerTable.UniqueKey;
import dev.rehearsal.scenario.Generator;
import dev.rehearsal.scenario.InvalidScenarioException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds the columns of one key that make it unique, and gives each its digit of the row's number. */
final class UniqueKeyPlanner {
    private final PlanningState state;
    private final TablePlanner work;
    private final UniqueKey key;
    private final List<Part> references = new ArrayList<>();
    private final List<Part> singles = new ArrayList<>();

    /**
     * What takes one digit of the number: a column, or the columns of a foreign key, which all say the same row.
     *
     * @param values how many there are to choose from
     */
    private record Part(List<String> columns, long values, Optional<ColumnCompiler.Values> alone) {}

    UniqueKeyPlanner(PlanningState state, TablePlanner work, UniqueKey key) {
        this.state = state;
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
                references.add(new Part(foreign.columns(), state.keys(foreign.target()), Optional.empty()));
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
                && work.followed.stream().anyMatch(foreign -> foreign.columns().contains(name));
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
        Generator inner = plan.generator() instanceof Generator.Nullable nullable ? nullable.inner() : plan.generator();
        ColumnCompiler compiler =
                new ColumnCompiler(state.sizes(), state.seed, state.places, state.literals, state.dictionaries);
        try {
            return Optional.of(compiler.values(
                    plan.column(),
                    inner,
                    new RowRandom(
                            state.seed, plan.column().table(), plan.column().name())));
        } catch (InvalidScenarioException wrong) {
            if (key.columns().size() == 1) {
                wrong.problems().stream()
                        .filter(problem -> !state.problems.contains(problem))
                        .forEach(state.problems::add);
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
            product =
                    part.values() > KeyPermutation.MAXIMUM / product ? KeyPermutation.MAXIMUM : product * part.values();
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
        if (state.sized(work.table)) {
            state.problems.add(state.places.ofRows(
                    work.definitionName(),
                    "the unique key %s (%s) of %s has room for %,d different rows, but %,d are wanted; at most %,d are possible"
                            .formatted(key.name(), columns, work.table.name(), possible, work.count, possible)));
            return;
        }
        if (possible == 0) {
            state.notes.add(work.table.name() + " stays empty: nothing makes its unique key " + key.name() + " ("
                    + columns + ") unique; give one of these columns a generator");
        } else {
            state.notes.add("%s has %,d rows: its unique key %s (%s) has no room for more"
                    .formatted(work.table.name(), possible, key.name(), columns));
        }
        work.count = possible;
    }
}
