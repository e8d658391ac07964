package dev.rehearsal.drill;

import dev.rehearsal.measure.DataFingerprint;
import dev.rehearsal.measure.SchemaFingerprint;
import dev.rehearsal.migration.MigrationOutcome;
import dev.rehearsal.scenario.Step;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What a crash leaves behind, in words: a step undone or done, half a backfill, an invalid index. */
record Remains(UndisturbedRun truth, List<Step> steps) {

    /** @param cut how the migration ended that the crash befell */
    String of(DrillServer server, MigrationOutcome cut) throws SQLException {
        int step = cut.failure()
                .map(failure -> steps.stream().map(Step::name).toList().indexOf(failure.step()))
                .orElse(steps.size());
        SchemaFingerprint schema = server.schema();
        List<String> parts = new ArrayList<>();
        parts.add(schema(schema, step));
        List<String> invalid = InvalidIndexes.of(server);
        if (!invalid.isEmpty()) {
            parts.add("an invalid index, " + Failures.listed(invalid));
        }
        parts.addAll(partial(server.data()));
        return String.join("; ", parts);
    }

    private String schema(SchemaFingerprint schema, int step) {
        if (step == steps.size()) {
            return schema.equals(truth.schema()) ? "every step done" : differing(truth.schema(), schema);
        }
        String name = Step.called(steps.get(step).name());
        boolean changes =
                !truth.boundaries().get(step).equals(truth.boundaries().get(step + 1));
        if (schema.equals(truth.boundaries().get(step))) {
            return changes ? name + " undone" : "the schema as before " + name;
        }
        return schema.equals(truth.boundaries().get(step + 1))
                ? name + " done"
                : differing(truth.boundaries().get(step), schema);
    }

    private static String differing(SchemaFingerprint before, SchemaFingerprint after) {
        return "this: " + Failures.listed(SchemaFingerprint.differences(before, after));
    }

    /** Columns and tables that have more than before the migration and less than after it. */
    private List<String> partial(DataFingerprint now) {
        List<String> partial = new ArrayList<>();
        truth.data().tables().forEach((name, end) -> {
            DataFingerprint.Table is = now.tables().get(name);
            DataFingerprint.Table was = truth.before().tables().get(name);
            if (is == null) {
                return;
            }
            if (strictlyBetween(was == null ? 0 : was.rows(), is.rows(), end.rows())) {
                partial.add("%,d of %,d rows in %s".formatted(is.rows(), end.rows(), name));
            }
            end.columns().forEach((column, values) -> {
                DataFingerprint.Column present = is.columns().get(column);
                long before = was == null || was.columns().get(column) == null
                        ? 0
                        : was.columns().get(column).given();
                if (present != null
                        && is.rows() == end.rows()
                        && strictlyBetween(before, present.given(), values.given())) {
                    partial.add("%,d of %,d values in %s.%s".formatted(present.given(), values.given(), name, column));
                }
            });
        });
        return partial;
    }

    private static boolean strictlyBetween(long before, long now, long after) {
        return Math.min(before, after) < now && now < Math.max(before, after);
    }
}
