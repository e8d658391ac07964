package dev.rehearsal.dataset;

import dev.rehearsal.scenario.EnvironmentException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Some who make rows, each of whom has read the plan by himself, one range after the other: in this process, so that no protocol is between. */
final class TakingTurns implements RowLoaders {
    /** A way that is tried first. */
    private static final String NOWHERE = "jdbc:postgresql://127.0.0.1:1/nothing?user=nobody&connectTimeout=5";

    private final int count;
    private final Map<Integer, Long> rows = new TreeMap<>();

    TakingTurns(int count) {
        this.count = count;
    }

    /** What each has made. */
    Map<Integer, Long> rows() {
        return rows;
    }

    @Override
    public int sessions() {
        return count * RowLoader.SESSIONS;
    }

    @Override
    public void load(String jdbcUrl, RowPlan plan, List<RowRange> ranges, Loaded loaded)
            throws RowsRefusedException, EnvironmentException, InterruptedException {
        List<RowLoader> loaders = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                rows.put(i, 0L);
                loaders.add(RowLoader.opened(List.of(NOWHERE, jdbcUrl), RowPlan.fromLine(plan.toLine())));
            }
            // From the last to the first: no range waits for another.
            for (int i = ranges.size() - 1; i >= 0; i--) {
                long taken = loaders.get(i % count).load(ranges.get(i));
                rows.merge(i % count, taken, Long::sum);
                loaded.range(ranges.get(i), taken);
            }
        } finally {
            loaders.forEach(RowLoader::close);
        }
    }
}
