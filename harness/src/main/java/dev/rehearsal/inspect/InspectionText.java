package dev.rehearsal.inspect;

import dev.rehearsal.inspect.TouchedTable.Dependent;
import dev.rehearsal.run.RunEvent.Certainty;
import dev.rehearsal.run.RunEvent.ExpectedLock;
import dev.rehearsal.run.RunEvent.ExpectedScan;
import dev.rehearsal.run.RunEvent.Hazard;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.StatementPredicted;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * An inspection as text, for people:
 *
 * <pre>
 * orders-add-token · PostgreSQL 18.6 · inspected, not rehearsed: times and victims only a rehearsal can tell
 *
 * 1 add column
 *   alter table orders add column token uuid not null default gen_random_uuid()
 *     locks     AccessExclusive on orders: nobody reads or writes it
 *     rewrites  orders (1,000,000 rows, 190 MB)
 *     reads     orders whole, under that lock
 *     column    token uuid, not null, default gen_random_uuid() (volatile)
 *     certain   volatile-default: rewrites orders (1,000,000 rows) …
 *               The safe way: add the column bare, …
 *
 * what hangs on orders (1,000,000 rows, 190 MB)
 *     view              open_orders
 * </pre>
 */
public final class InspectionText {
    private static final int WIDTH = 110;
    private static final int LABEL = 10;

    private final StringBuilder out = new StringBuilder();

    private InspectionText() {}

    /** @param title of the scenario */
    public static String of(String title, Inspection inspection) {
        return new InspectionText().render(title, inspection);
    }

    private String render(String title, Inspection inspection) {
        line(title + " · PostgreSQL " + inspection.serverVersion()
                + " · inspected, not rehearsed: times and victims only a rehearsal can tell");
        int step = -1;
        for (StatementView view : inspection.statements()) {
            StatementPredicted prediction = view.prediction();
            if (prediction.step() != step) {
                step = prediction.step();
                line("");
                line((prediction.phase() == Phase.ROLLBACK ? "rollback: " : "") + prediction.stepName());
            }
            statement(view);
        }
        inspection.unread().forEach(this::sentence);
        inspection.remarks().forEach(this::sentence);
        tables(inspection).values().forEach(this::table);
        summary(inspection);
        return out.toString();
    }

    private void statement(StatementView view) {
        StatementPredicted prediction = view.prediction();
        wrapped("  ", 2, oneLine(prediction.sql()));
        List<String> locks = prediction.locks().stream()
                .filter(lock -> HeldLocks.stopsWrites(lock.mode()))
                .map(InspectionText::lock)
                .toList();
        labelled("locks", prediction.locksKnown() ? joined(locks, "none that stops writes") : "not known beforehand");
        if (!prediction.rewrites().isEmpty()) {
            labelled("rewrites", String.join(", ", prediction.rewrites()));
        }
        List<String> scans = prediction.scans().stream()
                .filter(scan -> scan.certain() && !prediction.rewrites().contains(scan.relation()))
                .map(InspectionText::scan)
                .toList();
        if (!scans.isEmpty()) {
            labelled("reads", String.join(", ", scans));
        }
        view.columns().forEach(column -> labelled("column", column(column)));
        prediction.hazards().forEach(this::hazard);
    }

    private void sentence(String text) {
        line("");
        wrapped("", 0, text);
    }

    private static String lock(ExpectedLock lock) {
        String whom = switch (lock.mode()) {
            case "AccessExclusive" -> "nobody reads or writes it";
            case "Exclusive" -> "nobody writes it, nor locks its rows";
            default -> "nobody writes it";
        };
        return lock.mode() + " on " + lock.relation() + ": " + whom;
    }

    private static String scan(ExpectedScan scan) {
        return "%s whole (%,d rows)".formatted(scan.relation(), scan.rows());
    }

    private static String column(NewColumn column) {
        String given = column.defaultExpression()
                .map(expression -> ", default " + expression + " ("
                        + column.volatility().name().toLowerCase(Locale.ROOT) + ")")
                .orElse(
                        column.volatility() == NewColumn.Volatility.VOLATILE
                                ? ", numbered by a sequence"
                                : ", no default");
        return column.name() + " " + column.type() + (column.nullable() ? ", may be null" : ", not null") + given
                + column.index().map(words -> "; index: " + words).orElse("");
    }

    private void hazard(Hazard hazard) {
        labelled(word(hazard.certainty()), hazard.rule() + ": " + hazard.message());
        hazard.saferWay().ifPresent(way -> labelled("", "The safe way: " + way + "."));
    }

    private static String word(Certainty certainty) {
        return certainty.name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, TouchedTable> tables(Inspection inspection) {
        Map<String, TouchedTable> tables = new LinkedHashMap<>();
        inspection
                .statements()
                .forEach(view -> view.tables().forEach(table -> tables.putIfAbsent(table.name(), table)));
        return tables;
    }

    private void table(TouchedTable table) {
        line("");
        line("%s: %,d rows, %s".formatted(table.name(), table.rows(), megabytes(table.bytes())));
        Map<String, List<Dependent>> kinds = table.dependents().stream()
                .collect(Collectors.groupingBy(Dependent::kind, LinkedHashMap::new, Collectors.toList()));
        kinds.forEach((kind, dependents) -> {
            int width = dependents.stream()
                    .mapToInt(dependent -> dependent.name().length())
                    .max()
                    .orElse(0);
            boolean first = true;
            for (Dependent dependent : dependents) {
                String text = pad(dependent.name(), width + 2) + dependent.detail();
                wrapped("    " + pad(first ? kind : "", 18), 24, text.stripTrailing());
                first = false;
            }
        });
    }

    private void summary(Inspection inspection) {
        long certain = inspection.statements().stream()
                .flatMap(view -> view.prediction().hazards().stream())
                .filter(hazard -> hazard.certainty() == Certainty.CERTAIN)
                .count();
        long all = inspection.statements().stream()
                .mapToLong(view -> view.prediction().hazards().size())
                .sum();
        line("");
        line(
                all == 0
                        ? "no hazard is known of it"
                        : "%d %s, %d of them certain; what each means: scenarios/README.md#hazards"
                                .formatted(all, all == 1 ? "hazard" : "hazards", certain));
    }

    private static String megabytes(long bytes) {
        return bytes < 10 << 20 ? "%,d kB".formatted(bytes >> 10) : "%,d MB".formatted(bytes >> 20);
    }

    private static String joined(List<String> parts, String none) {
        return parts.isEmpty() ? none : String.join("; ", parts);
    }

    private void labelled(String label, String text) {
        wrapped("    " + pad(label, LABEL), 4 + LABEL, text);
    }

    /** What comes out of statements may hold anything: control characters would move a terminal's cursor. */
    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ").replaceAll("\\p{Cntrl}", "");
    }

    private void wrapped(String first, int indent, String text) {
        StringBuilder current = new StringBuilder(first);
        boolean empty = true;
        for (String word : oneLine(text).split(" (?=\\S)", -1)) {
            if (!empty && current.length() + 1 + word.length() > WIDTH) {
                line(current.toString());
                current = new StringBuilder(" ".repeat(indent));
                empty = true;
            }
            current.append(empty ? "" : " ").append(word);
            empty = false;
        }
        line(current.toString());
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private void line(String text) {
        out.append(text.stripTrailing()).append('\n');
    }
}
