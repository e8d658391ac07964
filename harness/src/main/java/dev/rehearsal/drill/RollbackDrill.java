package dev.rehearsal.drill;

import dev.rehearsal.load.Trials;
import dev.rehearsal.measure.DataFingerprint;
import dev.rehearsal.measure.SchemaFingerprint;
import dev.rehearsal.migration.MigrationOutcome;
import dev.rehearsal.migration.MigrationOutcome.Failure;
import dev.rehearsal.migration.ToolBooks;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.Workload.Operation;
import dev.rehearsal.scenario.Workload.Service;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Whether the way back leads back, on two servers.
 *
 * <ol>
 *   <li>With nobody else there: migrated and rolled back, schema and every value are as they were. That no row is touched by others makes it exact.
 *   <li>As it will be: migrated, then the new application writes, then rolled back with the old application at work. The steps succeed over the new rows
 *       too, what the new application wrote into columns that stay is kept, every operation of the old application works again. What goes with a column
 *       or a table that the rollback drops is lost by design: it is named and counted.
 * </ol>
 */
final class RollbackDrill {
    /** Of each operation that writes: enough that each kind of row is there, not so many that it takes time. */
    private static final int WRITES = 25;

    private static final int DIFFERENCES = 20;
    private static final long LOAD_AROUND_MILLIS = 200;

    private final Scenario scenario;
    private final DrillLog log;
    private final Set<String> books;
    private final Set<String> told = new HashSet<>();

    RollbackDrill(Scenario scenario, DrillLog log) {
        this.scenario = scenario;
        this.log = log;
        this.books = ToolBooks.of(scenario.migration());
    }

    void run(NamedServers servers) throws SQLException, EnvironmentException, InterruptedException {
        if (scenario.migration().rollback().isEmpty()) {
            log.unknown(
                    "rollback",
                    "There is nothing to roll back with. Add migration.rollback.steps, or take rollback out of the drills.");
            return;
        }
        boolean goesBack;
        try (DrillServer server = servers.start("rollback-undisturbed", 0)) {
            goesBack = undisturbed(server);
        }
        if (goesBack) {
            try (DrillServer server = servers.start("rollback-under-load", 0)) {
                underLoad(server);
            }
        }
    }

    /** @return false if the steps themselves fail */
    private boolean undisturbed(DrillServer server) throws SQLException, InterruptedException {
        SchemaFingerprint schema = schema(server);
        DataFingerprint data = data(server);
        if (!migrated(server)) {
            return false;
        }
        Optional<Failure> failure = rolledBack(server);
        if (failure.isPresent()) {
            log.broken(
                    "steps",
                    "The rollback fails: " + Failures.told(failure.get()) + ".",
                    Failures.place(failure.get()));
            return false;
        }
        schemaIs(schema, schema(server));
        List<String> changed = DataFingerprint.differences(data, data(server), Set.of());
        changed.forEach(difference ->
                log.broken("data", "After the rollback " + difference + ", although nobody wrote meanwhile."));
        if (changed.isEmpty()) {
            log.held("data", "Every value of every row that nobody touched is as it was.");
        }
        return true;
    }

    private void underLoad(DrillServer server) throws SQLException, EnvironmentException, InterruptedException {
        SchemaFingerprint schema = schema(server);
        DataFingerprint before = data(server);
        List<Operation> old = operations(Service::operations);
        List<Operation> fresh = operations(Service::newest);
        List<Operation> all = new ArrayList<>(old);
        all.addAll(fresh);
        Trials trials = Trials.of(all, scenario.seed(), server.jdbcUrl());
        if (!migrated(server)) {
            return;
        }
        String mark = server.mark();
        boolean wrote = write(fresh, trials, server);
        SchemaFingerprint migrated = schema(server);
        DataFingerprint written = data(server);
        List<String> lost = new LostByDesign(before, written, mark).in(server);
        Optional<Failure> failure;
        QuietLoad load = QuietLoad.begun(old, trials, server.applicationUrl());
        try (load) {
            Thread.sleep(LOAD_AROUND_MILLIS);
            failure = rolledBack(server);
            Thread.sleep(LOAD_AROUND_MILLIS);
        }
        if (failure.isPresent()) {
            log.broken(
                    "steps",
                    "The rollback fails once the new application has written, with the old one at work: "
                            + Failures.told(failure.get()) + ".",
                    Failures.place(failure.get()));
            return;
        }
        log.held(
                "steps",
                wrote
                        ? "The rollback succeeds over what the new application wrote, with the old one at work."
                        : "The rollback succeeds with the old application at work.");
        felt(load);
        SchemaFingerprint after = schema(server);
        schemaIs(schema, after);
        if (wrote) {
            kept(written, data(server), migrated, after);
        }
        if (!lost.isEmpty()) {
            log.noted("lost by design", "Lost by design: " + Failures.listed(lost) + ".");
        }
        oldApplication(trials, server);
    }

    /** But for the books of tools: that they are kept is no difference. */
    private SchemaFingerprint schema(DrillServer server) throws SQLException {
        return server.schema().without(books);
    }

    private DataFingerprint data(DrillServer server) throws SQLException {
        return server.data().without(books);
    }

    private boolean migrated(DrillServer server) throws InterruptedException {
        MigrationOutcome outcome =
                server.run(Phase.MIGRATION, scenario.migration().steps());
        outcome.failure()
                .ifPresent(failure -> log.unknown(
                        "migration",
                        "There is nothing to roll back, because the migration itself fails: " + Failures.told(failure)
                                + ".",
                        Failures.place(failure)));
        return outcome.failure().isEmpty();
    }

    private Optional<Failure> rolledBack(DrillServer server) throws InterruptedException {
        return server.run(Phase.ROLLBACK, scenario.migration().rollback()).failure();
    }

    /** Each difference is a finding of its own, once. */
    private void schemaIs(SchemaFingerprint before, SchemaFingerprint after) {
        List<String> differences = SchemaFingerprint.differences(before, after);
        differences.stream()
                .limit(DIFFERENCES)
                .filter(told::add)
                .forEach(difference -> log.broken(
                        "schema, "
                                + difference
                                        .substring(0, difference.indexOf(' '))
                                        .replaceAll(":$", ""),
                        "After the rollback the schema is not as it was: " + difference + "."));
        if (differences.size() > DIFFERENCES) {
            log.broken(
                    "schema",
                    "And " + (differences.size() - DIFFERENCES)
                            + " more differences of the schema after the rollback.");
        }
        if (differences.isEmpty()) {
            log.held("schema", "The schema is as it was.");
        }
    }

    /** @return false if there is nothing that writes */
    private boolean write(List<Operation> operations, Trials trials, DrillServer server) throws SQLException {
        List<Operation> writes = operations.stream().filter(Operation::writes).toList();
        if (writes.isEmpty()) {
            log.noted("new rows", "No operation of the workload writes, so the rollback met no new rows.");
            return false;
        }
        try (Connection session = Trials.session(server.applicationUrl(), ApplicationNames.application("drill"))) {
            for (Operation operation : writes) {
                Optional<Trials.Ending> failed = Optional.empty();
                for (int i = 0; i < WRITES; i++) {
                    Trials.Ending ending = trials.perform(operation, session);
                    failed = ending.works() ? failed : Optional.of(ending);
                }
                failed.ifPresent(ending -> log.unknown(
                        "new rows",
                        "The new application's " + operation.name()
                                + " does not work once migrated, so its rows are missing: " + ending.told() + "."));
            }
        }
        return true;
    }

    private void felt(QuietLoad load) {
        Map<String, Long> failures = load.failures();
        String failed = failures.isEmpty()
                ? "none failed"
                : failures.entrySet().stream()
                        .map(failure -> failure.getValue() + " failed with " + failure.getKey())
                        .sorted()
                        .collect(Collectors.joining(", "));
        log.noted(
                "load",
                "Of %,d operations of the old application around the rollback %s.".formatted(load.tried(), failed));
    }

    /** What the new application wrote into columns that stay. Of one whose type the rollback changes, only the number of values can be compared. */
    private void kept(
            DataFingerprint written, DataFingerprint now, SchemaFingerprint migrated, SchemaFingerprint after) {
        Set<String> changed = migrated.lines().keySet().stream()
                .filter(key -> !migrated.lines().get(key).equals(after.lines().get(key)))
                .collect(Collectors.toSet());
        List<String> differences = DataFingerprint.differences(written, now, changed);
        differences.forEach(difference ->
                log.broken("data", "The rollback does not keep what the new application wrote: " + difference + "."));
        if (differences.isEmpty()) {
            log.held("new rows", "What the new application wrote into tables and columns that stay is kept.");
        }
    }

    private void oldApplication(Trials trials, DrillServer server) throws SQLException {
        int works = 0;
        int all = 0;
        try (Connection session = Trials.session(server.applicationUrl(), ApplicationNames.application("drill"))) {
            for (Operation operation : operations(Service::operations)) {
                Trials.Ending ending = trials.tryOut(operation, session);
                all++;
                if (ending.works()) {
                    works++;
                } else {
                    log.broken(
                            "old application, " + operation.name(),
                            "After the rollback the old application's " + operation.name() + " does not work: "
                                    + ending.told() + ".");
                }
            }
        }
        if (works == all) {
            log.held("old application", "Each of the %,d operations of the old application works.".formatted(all));
        }
    }

    private List<Operation> operations(Function<Service, List<Operation>> which) {
        return scenario.workload().services().stream()
                .flatMap(service -> which.apply(service).stream())
                .toList();
    }
}
