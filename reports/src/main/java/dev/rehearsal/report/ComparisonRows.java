package dev.rehearsal.report;

import dev.rehearsal.compare.Change;
import dev.rehearsal.compare.Comparison;
import dev.rehearsal.compare.Comparison.Difference;
import dev.rehearsal.compare.Comparison.Felt;
import dev.rehearsal.compare.Comparison.Percentile;
import dev.rehearsal.compare.Ratios;
import dev.rehearsal.compare.Side;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.Quantities;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A comparison as tables of text, the same in every form. */
public final class ComparisonRows {
    private static final String NOTHING = "–";

    private ComparisonRows() {}

    /**
     * @param heading what it is about
     * @param columns of the rows' names, then one a run
     */
    public record Table(String heading, String hint, List<String> columns, List<Row> rows) {
        public Table {
            columns = List.copyOf(columns);
            rows = List.copyOf(rows);
        }

        /** Without the rows of stages before and after the migration in which nothing is marked. */
        Table forAGlance() {
            return new Table(
                    heading,
                    hint,
                    columns,
                    rows.stream()
                            .filter(row -> !row.beside()
                                    || row.cells().stream()
                                            .anyMatch(cell -> !cell.mark().isEmpty()))
                            .toList());
        }
    }

    /** @param beside what is compared: of another stage than the migration */
    public record Row(String name, boolean beside, List<Cell> cells) {
        public Row {
            cells = List.copyOf(cells);
        }

        Row(String name, List<Cell> cells) {
            this(name, false, cells);
        }
    }

    /**
     * @param detail its interval and the like; empty where there is none
     * @param mark {@code worse}, {@code better}, {@code unknown}, or empty
     */
    public record Cell(String text, String detail, String mark) {
        static Cell of(String text) {
            return new Cell(text, "", "");
        }
    }

    /** In the order in which they are read; without those that would be empty. */
    static List<Table> of(Comparison comparison) {
        return Stream.of(conditions(comparison), objectives(comparison), operations(comparison), events(comparison))
                .filter(table -> !table.rows().isEmpty())
                .toList();
    }

    private static List<String> columns(Comparison comparison, String first) {
        List<String> columns = new ArrayList<>(List.of(first));
        comparison.sides().stream().map(Side::label).forEach(columns::add);
        return columns;
    }

    private static Table conditions(Comparison comparison) {
        return new Table(
                "What is not the same",
                "Marked is what keeps runs from being compared.",
                columns(comparison, "condition"),
                comparison.changes().stream().map(ComparisonRows::condition).toList());
    }

    private static Row condition(Change change) {
        return new Row(
                change.what(),
                change.values().stream()
                        .map(value -> new Cell(value, "", change.prevents() ? "unlike" : ""))
                        .toList());
    }

    private static Table objectives(Comparison comparison) {
        return new Table(
                "Objectives",
                "",
                columns(comparison, "objective"),
                comparison.objectives().stream()
                        .map(objective -> new Row(
                                objective.subject(),
                                objective.values().stream()
                                        .map(value -> value.map(judged -> new Cell(
                                                        judged.status(),
                                                        judged.observed()
                                                                + (judged.limit()
                                                                                .isEmpty()
                                                                        ? ""
                                                                        : ", limit " + judged.limit()),
                                                        judged.status()))
                                                .orElse(Cell.of(NOTHING)))
                                        .toList()))
                        .toList());
    }

    private static Table operations(Comparison comparison) {
        List<Row> rows = new ArrayList<>();
        for (Comparison.Operation operation : comparison.operations()) {
            String name = operation.stage() + ": " + operation.operation();
            boolean beside = !operation.stage().equals(Stage.MIGRATION.word());
            rows.add(new Row(
                    name + " p50",
                    beside,
                    operation.values().stream()
                            .map(value -> value.map(felt -> cell(felt.p50())).orElse(Cell.of(NOTHING)))
                            .toList()));
            rows.add(new Row(
                    name + " p99",
                    beside,
                    operation.values().stream()
                            .map(value -> value.map(felt -> cell(felt.p99())).orElse(Cell.of(NOTHING)))
                            .toList()));
            if (operation.values().stream().flatMap(value -> value.stream()).anyMatch(felt -> felt.failed() > 0)) {
                rows.add(new Row(
                        name + " failed",
                        beside,
                        operation.values().stream()
                                .map(value ->
                                        value.map(ComparisonRows::failures).orElse(Cell.of(NOTHING)))
                                .toList()));
            }
        }
        return new Table(
                "Response times",
                "From planned arrival to the end, with where they may lie by chance (99 %), and the ratio to the first run."
                        + " Marked is what chance does not explain, all comparisons taken together.",
                columns(comparison, "operation"),
                rows);
    }

    private static Cell cell(Percentile percentile) {
        String interval = percentile
                .interval()
                .map(i -> Quantities.duration(Math.round(i.low())) + " to " + Quantities.duration(Math.round(i.high())))
                .orElse("too few to tell");
        String ratio = percentile.ratio().isEmpty()
                ? ""
                : ", × " + Ratios.shown(percentile.ratio().getAsDouble())
                        + percentile
                                .ratioInterval()
                                .map(i -> " (" + Ratios.shown(i.low()) + " to " + Ratios.shown(i.high()) + ")")
                                .orElse("");
        return new Cell(Quantities.duration(percentile.nanos()), interval + ratio, mark(percentile.difference()));
    }

    private static Cell failures(Felt felt) {
        return new Cell(
                Quantities.percent((double) felt.failed() / felt.requests()),
                Quantities.count(felt.failed()) + " of " + Quantities.count(felt.requests()),
                mark(felt.failures()));
    }

    private static Table events(Comparison comparison) {
        return new Table(
                "Once in a run",
                "With the error of their measurement. How they vary from run to run one run cannot tell: marked is what differs by more than"
                        + " twice and a tenth of a second.",
                columns(comparison, "what"),
                comparison.events().stream()
                        .map(event -> new Row(
                                event.what(),
                                event.values().stream()
                                        .map(value -> value.map(measured -> new Cell(
                                                        measured.nanos() == 0
                                                                ? "none"
                                                                : Quantities.duration(measured.nanos()),
                                                        measured.errorNanos() > 0
                                                                ? "± " + Quantities.duration(measured.errorNanos())
                                                                : "",
                                                        mark(measured.difference())))
                                                .orElse(Cell.of(NOTHING)))
                                        .toList()))
                        .toList());
    }

    private static String mark(Difference difference) {
        return switch (difference) {
            case WORSE -> "worse";
            case BETTER -> "better";
            case REFERENCE, NONE, UNKNOWN -> "";
        };
    }
}
