package dev.rehearsal.verdict;

import dev.rehearsal.run.RequestLog.OperationKey;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.run.StageSpan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One pass over the requests, cut by stage and operation. */
final class StatisticsCollector {
    private final RunRecord run;
    private final List<StageSpan> spans;
    private final List<List<OperationStatistics>> byStage = new ArrayList<>();

    StatisticsCollector(RunRecord run) {
        this.run = run;
        this.spans = run.stages();
        for (int i = 0; i < spans.size(); i++) {
            byStage.add(run.requests().operations().stream().map(this::empty).toList());
        }
    }

    private OperationStatistics empty(OperationKey key) {
        boolean planned = run.http(key.service()).isEmpty();
        return new OperationStatistics(key.service(), key.operation(), key.version(), key.writes(), planned);
    }

    List<StageStatistics> collect() {
        run.requests().forEach(this::add);
        List<StageStatistics> stages = new ArrayList<>();
        for (int i = 0; i < spans.size(); i++) {
            stages.add(stage(spans.get(i), byStage.get(i)));
        }
        return stages;
    }

    private void add(RequestRecord request) {
        for (int i = 0; i < spans.size(); i++) {
            if (spans.get(i).contains(request.t0Nanos())) {
                byStage.get(i).get(request.operation()).add(request, run.timelineEndNanos());
                return;
            }
        }
    }

    private static StageStatistics stage(StageSpan span, List<OperationStatistics> all) {
        Map<String, OperationStatistics> services = new LinkedHashMap<>();
        OperationStatistics overall = new OperationStatistics("", "", "", false);
        for (OperationStatistics operation : all) {
            services.computeIfAbsent(operation.service(), name -> new OperationStatistics(name, "", "", false))
                    .add(operation);
            overall.add(operation);
        }
        return new StageStatistics(span, all, List.copyOf(services.values()), overall);
    }
}
