package dev.rehearsal.report;

import dev.rehearsal.verdict.DrillResult;
import dev.rehearsal.verdict.Verdict;
import java.util.List;

/** Drills as the page shows them. */
final class DrillRows {
    private DrillRows() {}

    static List<PageView.Drill> of(Verdict verdict) {
        return verdict.drills().stream().map(DrillRows::drill).toList();
    }

    private static PageView.Drill drill(DrillResult drill) {
        return new PageView.Drill(
                drill.run().name(),
                drill.status().word(),
                Prose.of(drill.summary()),
                drill.seen().stream()
                        .map(seen -> new PageView.DrillCheck(
                                DrillResult.word(seen.sight()),
                                seen.subject(),
                                Prose.of(seen.message()),
                                seen.location().map(Object::toString).orElse("")))
                        .toList(),
                MatrixRows.of(drill.run().operations()));
    }
}
