package dev.rehearsal.compare;

import dev.rehearsal.run.RunEvent.DatasetReady;
import dev.rehearsal.run.RunEvent.EnvironmentReady;
import dev.rehearsal.run.RunEvent.OperationPlan;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.ServicePlan;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.run.StageSpan;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.Quantities;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What is not the same in all runs. Data, server, machine and traffic have to be, or the runs say nothing about each other; the migration is what is
 * compared, and the seed, the length of the baseline and the harness itself are only told.
 */
final class Changes {
    private static final String NOTHING = "–";

    private final List<Side> sides;
    private final List<Change> changes = new ArrayList<>();

    private Changes(List<Side> sides) {
        this.sides = sides;
    }

    static List<Change> between(List<Side> sides) {
        Changes changes = new Changes(sides);
        changes.dataset();
        changes.environment();
        changes.traffic();
        changes.told();
        return changes.changes;
    }

    private void dataset() {
        compare(
                "dataset",
                true,
                run -> dataset(
                        run,
                        d -> d.name() + ", "
                                + d.fingerprint()
                                        .substring(
                                                0, Math.min(12, d.fingerprint().length()))));
        Set<String> tables = new TreeSet<>();
        sides.forEach(side ->
                side.run().dataset().ifPresent(d -> tables.addAll(d.rows().keySet())));
        for (String table : tables) {
            compare(
                    "rows of " + table,
                    true,
                    run -> dataset(
                            run,
                            d -> Optional.ofNullable(d.rows().get(table))
                                    .map(Quantities::count)
                                    .orElse(NOTHING)));
        }
        compare("way of cloning", false, run -> dataset(run, DatasetReady::cloneMethod));
    }

    private void environment() {
        compare("server", true, run -> environment(run, e -> e.engine() + " " + e.version()));
        compare("runtime", true, run -> environment(run, EnvironmentReady::runtime));
        compare("fault proxy", true, run -> environment(run, EnvironmentReady::proxy));
        compare(
                "pooler",
                true,
                run -> environment(
                        run,
                        e -> e.pooler()
                                .map(p -> p.program() + ", " + p.mode() + ", " + p.poolSize()
                                        + " connections, migration " + p.migration())
                                .orElse("none")));
        compare("replicas", true, run -> environment(run, e -> String.valueOf(e.replicas())));
        compare(
                "processors",
                true,
                run -> environment(run, e -> String.valueOf(e.host().cpus())));
        compare(
                "memory",
                true,
                run -> environment(run, e -> Quantities.bytes(e.host().memoryBytes())));
        compare(
                "server's limits",
                true,
                run -> environment(
                        run,
                        e -> e.containers()
                                .map(c -> (c.cpus().isPresent()
                                                ? c.cpus().getAsDouble() + " processors"
                                                : "all processors")
                                        + ", "
                                        + (c.memoryBytes().isPresent()
                                                ? Quantities.bytes(
                                                        c.memoryBytes().getAsLong())
                                                : "all memory"))
                                .orElse("none")));
        compare("operating system", true, run -> environment(run, e -> e.host().os()));
        compare("Java", false, run -> environment(run, e -> e.host().java()));
        Set<String> settings = new TreeSet<>();
        sides.forEach(side -> side.run()
                .environment()
                .ifPresent(e -> settings.addAll(e.settings().keySet())));
        for (String setting : settings) {
            compare(setting, true, run -> environment(run, e -> e.settings().getOrDefault(setting, "default")));
        }
    }

    private void traffic() {
        compare("arrivals", true, run -> run.started().arrivals());
        Set<String> services = new LinkedHashSet<>();
        sides.forEach(side -> side.run().started().services().forEach(service -> services.add(service.name())));
        for (String service : services) {
            compare("arrival rate of " + service, true, run -> service(run, service, Changes::rate));
            compare(
                    "operations of " + service,
                    true,
                    run -> service(
                            run,
                            service,
                            s -> s.operations().stream().map(Changes::operation).collect(Collectors.joining(", "))));
            compare("pool of " + service, true, run -> service(run, service, s -> String.valueOf(s.poolSize())));
            compare(
                    "time limits of " + service,
                    true,
                    run -> service(
                            run,
                            service,
                            s -> "connection "
                                    + Quantities.duration(s.connectionTimeoutNanos()) + ", statement "
                                    + (s.statementTimeoutNanos().isPresent()
                                            ? Quantities.duration(
                                                    s.statementTimeoutNanos().getAsLong())
                                            : "none")));
        }
        compare(
                "faults",
                true,
                run -> run.faults().isEmpty()
                        ? "none"
                        : run.faults().stream().map(fault -> fault.kind()).collect(Collectors.joining(", ")));
    }

    private void told() {
        compare("seed", false, run -> String.valueOf(run.started().seed()));
        compare(
                "length of the baseline",
                false,
                run -> run.stage(Stage.BASELINE)
                        .map(StageSpan::durationNanos)
                        .map(Quantities::clock)
                        .orElse(NOTHING));
        compare("harness", false, run -> run.started().harnessVersion());
        compare("migration", false, run -> statements(run));
    }

    /** On one line, whatever the layout of their texts. */
    private static String statements(RunRecord run) {
        String all = run.steps(Phase.MIGRATION).stream()
                .flatMap(step -> step.statements().stream())
                .map(statement -> statement.sql().strip().replaceAll("\\s+", " "))
                .collect(Collectors.joining("; "));
        return all.isEmpty() ? NOTHING : all;
    }

    private static String rate(ServicePlan service) {
        return service.changing()
                .map(changing -> changing.points().stream()
                                .map(point ->
                                        number(point.perSecond()) + "/s at " + Quantities.duration(point.atNanos()))
                                .collect(Collectors.joining(", "))
                        + (changing.repeatsNanos().isPresent() ? ", and again" : ""))
                .orElseGet(() -> number(service.arrivalsPerSecond()) + "/s");
    }

    private static String operation(OperationPlan plan) {
        return plan.name() + " " + number(plan.arrivalsPerSecond()) + "/s";
    }

    private static String number(double value) {
        return value == Math.rint(value)
                ? Quantities.count((long) value)
                : String.valueOf(Math.round(value * 100) / 100.0);
    }

    private static String dataset(RunRecord run, Function<DatasetReady, String> value) {
        return run.dataset().map(value).orElse(NOTHING);
    }

    private static String environment(RunRecord run, Function<EnvironmentReady, String> value) {
        return run.environment().map(value).orElse(NOTHING);
    }

    private static String service(RunRecord run, String name, Function<ServicePlan, String> value) {
        Map<String, ServicePlan> services = new TreeMap<>();
        run.started().services().forEach(service -> services.put(service.name(), service));
        return Optional.ofNullable(services.get(name)).map(value).orElse(NOTHING);
    }

    private void compare(String what, boolean prevents, Function<RunRecord, String> value) {
        List<String> values =
                sides.stream().map(side -> value.apply(side.run())).toList();
        if (values.stream().distinct().count() > 1) {
            changes.add(new Change(what, values, prevents));
        }
    }
}
