package dev.rehearsal.verdict;

import dev.rehearsal.run.RunRecord;
import dev.rehearsal.run.StageSpan;
import dev.rehearsal.scenario.Stage;
import java.util.List;
import java.util.Optional;

/**
 * The requests of one stage: those whose planned arrival lies in it, whenever they ended.
 *
 * @param operations by service, operation and version, in the workload's order
 * @param services every operation of a service together; operation and version are empty
 * @param overall all of them; service, operation and version are empty
 */
public record StageStatistics(
        StageSpan span,
        List<OperationStatistics> operations,
        List<OperationStatistics> services,
        OperationStatistics overall) {
    public StageStatistics {
        operations = List.copyOf(operations);
        services = List.copyOf(services);
    }

    /** Of every stage of the run, in order. Reads the requests once. */
    public static List<StageStatistics> of(RunRecord run) {
        return new StatisticsCollector(run).collect();
    }

    public Stage stage() {
        return span.stage();
    }

    /** Those of {@code service} (empty: of all) and {@code operation} (empty: of all), together. */
    public OperationStatistics of(Optional<String> service, Optional<String> operation) {
        OperationStatistics together = new OperationStatistics(service.orElse(""), operation.orElse(""), "", false);
        operations.stream()
                .filter(o -> service.isEmpty() || service.get().equals(o.service()))
                .filter(o -> operation.isEmpty() || operation.get().equals(o.operation()))
                .forEach(together::add);
        return together;
    }
}
