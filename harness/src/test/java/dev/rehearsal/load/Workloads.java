package dev.rehearsal.load;

import dev.rehearsal.scenario.Parameter;
import dev.rehearsal.scenario.Rate;
import dev.rehearsal.scenario.Workload;
import dev.rehearsal.scenario.Workload.Arrivals;
import dev.rehearsal.scenario.Workload.Operation;
import dev.rehearsal.scenario.Workload.OperationStatement;
import dev.rehearsal.scenario.Workload.Pool;
import dev.rehearsal.scenario.Workload.Reads;
import dev.rehearsal.scenario.Workload.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Small workloads for tests, from SQL with {@code :name} parameters and no quotes. */
final class Workloads {
    private static final Pattern NAME = Pattern.compile("(?<!:):([a-z]+)");

    private Workloads() {}

    static Workload of(Arrivals arrivals, Service... services) {
        return new Workload(arrivals, List.of(services));
    }

    static Service service(String name, double arrivalsPerSecond, Pool pool, Operation... operations) {
        return new Service(name, arrivalsPerSecond, pool, Optional.empty(), List.of(operations));
    }

    static Service service(
            String name, double arrivalsPerSecond, Pool pool, Duration statementTimeout, Operation... operations) {
        return new Service(name, arrivalsPerSecond, pool, Optional.of(statementTimeout), List.of(operations));
    }

    static Service service(String name, Rate rate, Pool pool, Operation... operations) {
        return new Service(name, rate, pool, Optional.empty(), Optional.empty(), List.of(operations), Map.of());
    }

    static Pool pool(int size, Duration connectionTimeout) {
        return new Pool(size, connectionTimeout);
    }

    static Operation operation(String name, double weight, Map<String, Parameter> parameters, String... transaction) {
        return new Operation(
                name,
                weight,
                parameters,
                Arrays.stream(transaction).map(Workloads::statement).toList(),
                Reads.PRIMARY,
                false);
    }

    /** The same, with a ledger. */
    static Operation inLedger(Operation operation) {
        return new Operation(
                operation.name(),
                operation.weight(),
                operation.parameters(),
                operation.transaction(),
                operation.reads(),
                true);
    }

    static OperationStatement statement(String sql) {
        List<String> names = new ArrayList<>();
        Matcher matcher = NAME.matcher(sql);
        StringBuilder jdbc = new StringBuilder();
        while (matcher.find()) {
            names.add(matcher.group(1));
            matcher.appendReplacement(jdbc, "?");
        }
        matcher.appendTail(jdbc);
        return new OperationStatement(
                sql, jdbc.toString(), names, !sql.startsWith("select") || sql.contains("for update"));
    }
}
