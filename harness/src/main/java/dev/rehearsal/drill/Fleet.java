package dev.rehearsal.drill;

import dev.rehearsal.load.Trials;
import dev.rehearsal.migration.MigrationOutcome;
import dev.rehearsal.migration.StepListener;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.Step;
import dev.rehearsal.scenario.Workload.Operation;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Several databases with the same data and the same load, each on a server of its own: shards are, and a server's locks, its log and its crashes are
 * nobody else's then. Not for several threads at once.
 */
final class Fleet implements AutoCloseable {
    private final List<DrillServer> servers = new ArrayList<>();
    private final List<QuietLoad> loads = new ArrayList<>();

    private Fleet() {}

    /** Where its servers come from. */
    @FunctionalInterface
    interface NumberedServers {
        /** @param number from 1 */
        DrillServer start(int number) throws EnvironmentException, InterruptedException;
    }

    static Fleet started(Scenario scenario, int count, NumberedServers servers)
            throws SQLException, EnvironmentException, InterruptedException {
        List<Operation> operations = scenario.workload().services().stream()
                .flatMap(service -> service.operations().stream())
                .toList();
        Fleet fleet = new Fleet();
        boolean complete = false;
        try {
            for (int number = 1; number <= count; number++) {
                fleet.servers.add(servers.start(number));
            }
            for (DrillServer server : fleet.servers) {
                Trials trials = Trials.of(operations, scenario.seed(), server.jdbcUrl());
                fleet.loads.add(QuietLoad.begun(operations, trials, server.applicationUrl()));
            }
            complete = true;
            return fleet;
        } finally {
            if (!complete) {
                fleet.close();
            }
        }
    }

    /** @param number from 1 */
    DrillServer server(int number) {
        return servers.get(number - 1);
    }

    /** The same steps on these databases at the same time, each up to the first that fails. */
    Map<Integer, MigrationOutcome> run(
            Phase phase, List<Step> steps, List<Integer> numbers, Function<Integer, StepListener> listeners)
            throws InterruptedException {
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofPlatform().name("drill-database-", 1).factory())) {
            Map<Integer, Future<MigrationOutcome>> running = new TreeMap<>();
            for (int number : numbers) {
                running.put(number, threads.submit(() -> server(number).run(phase, steps, listeners.apply(number))));
            }
            Map<Integer, MigrationOutcome> outcomes = new TreeMap<>();
            try {
                for (var one : running.entrySet()) {
                    outcomes.put(one.getKey(), one.getValue().get());
                }
            } catch (ExecutionException e) {
                throw new IllegalStateException("a step's failure is an outcome", e.getCause());
            } finally {
                running.values().forEach(one -> one.cancel(true));
            }
            return outcomes;
        }
    }

    /** Operations that were tried on all databases together. */
    long tried() {
        return loads.stream().mapToLong(QuietLoad::tried).sum();
    }

    /** By SQLState, on all databases together. */
    Map<String, Long> failures() {
        Map<String, Long> all = new TreeMap<>();
        loads.forEach(load -> load.failures().forEach((state, count) -> all.merge(state, count, Long::sum)));
        return all;
    }

    @Override
    public void close() throws EnvironmentException {
        loads.reversed().forEach(QuietLoad::close);
        close(servers.size() - 1);
    }

    /** This one and those before it, whether or not one of them fails to. */
    private void close(int last) throws EnvironmentException {
        if (last >= 0) {
            try {
                servers.get(last).close();
            } finally {
                close(last - 1);
            }
        }
    }
}
