package dev.rehearsal.drill;

import dev.rehearsal.drill.MidwayFailure.Point;
import dev.rehearsal.measure.DataFingerprint;
import dev.rehearsal.measure.SchemaFingerprint;
import dev.rehearsal.migration.MigrationOutcome;
import dev.rehearsal.migration.MigrationOutcome.Failure;
import dev.rehearsal.migration.StepListener;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.scenario.Databases;
import dev.rehearsal.scenario.Databases.OnFailure;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.Step;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The migration over several databases with the same load on all, in waves. In one, which the seed draws, the migration's session is ended midway, unless it
 * fails by itself on another before. Then the databases differ: how is told, and the ways to bring them together again are tried, not guessed.
 *
 * <ol>
 *   <li>Forwards: the migration again, from its start, wherever it is not complete. It holds if all have one schema and the same data then.
 *   <li>If a statement stops that: back, with the rollback wherever anything was done. Without a rollback, on from the step that had failed.
 * </ol>
 *
 * <p>Columns whose values no two undisturbed databases have in common, such as {@code gen_random_uuid()}, are compared by the number of their values.
 */
final class DriftDrill {
    private static final int FINGERPRINT_CHARACTERS = 8;

    private final Scenario scenario;
    private final DrillLog log;
    private final Databases databases;
    private final List<Step> steps;

    DriftDrill(Scenario scenario, DrillLog log) {
        this.scenario = scenario;
        this.log = log;
        this.databases = scenario.databases().orElseThrow();
        this.steps = scenario.migration().steps();
    }

    /**
     * How far the databases have come.
     *
     * @param byItself whether nobody made it fail: its data or its settings are such
     * @param migrated numbers of those on which every step is done
     * @param untouched of those that were not begun
     */
    private record Standing(
            int failed, boolean byItself, Failure failure, List<Integer> migrated, List<Integer> untouched) {
        /** One that nothing befell, as far as possible one that is migrated: the others are compared with it. */
        int reference() {
            return migrated.isEmpty() ? untouched.getFirst() : migrated.getFirst();
        }
    }

    void run(Fleet.NumberedServers servers) throws SQLException, EnvironmentException, InterruptedException {
        Random random = new Random(scenario.seed() ^ 0x6472696674L);
        int failing = 1 + random.nextInt(databases.count());
        Optional<Point> point = Point.drawn(steps, random);
        if (point.isEmpty()) {
            log.unknown("migration", "No step of the migration does anything to a database that could fail.");
            return;
        }
        try (Fleet fleet = Fleet.started(scenario, databases.count(), servers)) {
            SchemaFingerprint before = fleet.server(failing).schema();
            Optional<Standing> standing = migrated(fleet, failing, point.get());
            if (standing.isPresent()) {
                tellDrift(fleet, standing.get());
                converge(fleet, standing.get(), before);
                tellLoad(fleet);
            }
        }
    }

    /** @return absent if there is nothing to go on with; that was said */
    private Optional<Standing> migrated(Fleet fleet, int failing, Point point)
            throws SQLException, InterruptedException {
        MidwayFailure midway = new MidwayFailure(point, fleet.server(failing));
        Map<Integer, MigrationOutcome> outcomes = new TreeMap<>();
        for (List<Integer> wave : databases.waves()) {
            boolean stopped = databases.onFailure() == OnFailure.STOP
                    && outcomes.values().stream()
                            .anyMatch(outcome -> outcome.failure().isPresent());
            if (!stopped) {
                outcomes.putAll(fleet.run(
                        Phase.MIGRATION, steps, wave, number -> number == failing ? midway : StepListener.none()));
            }
        }
        boolean struck = midway.hasStruck();
        List<Integer> failed = outcomes.entrySet().stream()
                .filter(outcome -> outcome.getValue().failure().isPresent())
                .map(Map.Entry::getKey)
                .toList();
        Optional<Integer> byItself =
                failed.stream().filter(number -> number != failing || !struck).findFirst();
        if (byItself.isPresent() && failed.size() == 1) {
            return Optional.of(standing(byItself.get(), true, outcomes));
        }
        if (byItself.isPresent()) {
            Failure own = outcomes.get(byItself.get()).failure().orElseThrow();
            log.unknown(
                    "migration",
                    "The migration fails by itself, on database " + byItself.get() + ": " + Failures.told(own)
                            + "; of all databases it fails on " + named(failed) + ".",
                    Failures.place(own));
            return Optional.empty();
        }
        if (failed.isEmpty()) {
            log.unknown(
                    "migration",
                    "The migration of database " + failing + " could not be made to fail in step "
                            + point.step().name() + ": "
                            + (struck
                                    ? "it went on over another session and succeeded."
                                    : "no session of it was at work there."));
            return Optional.empty();
        }
        return Optional.of(standing(failing, false, outcomes));
    }

    private Standing standing(int failed, boolean byItself, Map<Integer, MigrationOutcome> outcomes) {
        return new Standing(
                failed,
                byItself,
                outcomes.get(failed).failure().orElseThrow(),
                outcomes.keySet().stream().filter(number -> number != failed).toList(),
                IntStream.rangeClosed(1, databases.count())
                        .boxed()
                        .filter(number -> !outcomes.containsKey(number))
                        .toList());
    }

    private void tellDrift(Fleet fleet, Standing standing) throws SQLException {
        String left = standing.untouched().isEmpty() ? "" : " Left as it was: " + named(standing.untouched()) + ".";
        Map<SchemaFingerprint, List<Integer>> schemas = schemas(fleet);
        StringBuilder told = new StringBuilder("Of " + databases.count() + " databases, migrated " + inWaves()
                + ", number " + standing.failed()
                + (standing.byItself() ? " fails by itself in step " : " was made to fail in step ")
                + standing.failure().step() + ": " + Failures.told(standing.failure()) + "." + left);
        told.append(" Schema fingerprints: ").append(fingerprints(schemas)).append('.');
        int reference = standing.reference();
        SchemaFingerprint expected = fleet.server(reference).schema();
        for (var group : schemas.entrySet()) {
            List<String> differences = SchemaFingerprint.between(
                    expected, "database " + reference, group.getKey(), named(group.getValue()));
            if (!differences.isEmpty()) {
                told.append(' ')
                        .append(capital(named(group.getValue())))
                        .append(" beside database ")
                        .append(reference)
                        .append(": ")
                        .append(Failures.listed(differences))
                        .append('.');
            }
        }
        List<String> data = DataFingerprint.differences(
                fleet.server(reference).data(),
                fleet.server(standing.failed()).data(),
                random(fleet, standing.migrated()));
        if (!data.isEmpty()) {
            told.append(" Compared with the data of database ")
                    .append(reference)
                    .append(", on database ")
                    .append(standing.failed())
                    .append(' ')
                    .append(Failures.listed(data))
                    .append('.');
        }
        log.noted("drift", told.toString());
    }

    private void converge(Fleet fleet, Standing standing, SchemaFingerprint before)
            throws SQLException, InterruptedException {
        Optional<Failure> stopped = again(fleet, standing.failed(), steps);
        if (stopped.isPresent()) {
            log.broken(
                    "convergence",
                    "Run again from its start on database " + standing.failed() + ", the migration stops in step "
                            + stopped.get().step() + ": " + Failures.told(stopped.get())
                            + ". So the databases do not come together by running it again."
                            + stopped.get().sqlState().flatMap(Failures::remedy).orElse(""),
                    Failures.place(stopped.get()));
            if (scenario.migration().rollback().isEmpty()) {
                goOn(fleet, standing);
            } else {
                goBack(fleet, standing, further(standing.failure(), stopped.get()), before);
            }
            return;
        }
        if (!completed(fleet, standing)) {
            return;
        }
        List<String> differences = differences(fleet, standing);
        if (differences.isEmpty()) {
            log.held(
                    "convergence",
                    "Run again from its start on database " + standing.failed()
                            + (standing.untouched().isEmpty()
                                    ? ""
                                    : ", and for the first time on " + named(standing.untouched()))
                            + ", the migration brings all " + databases.count()
                            + " together: the same schema, fingerprint "
                            + fingerprint(fleet.server(1).schema())
                            + ", and the same data.");
        } else {
            log.broken(
                    "convergence",
                    "Run again from its start on database " + standing.failed()
                            + ", the migration succeeds, but the databases still differ: "
                            + Failures.listed(differences) + ".");
        }
    }

    /** The migration on those that were left as they were. */
    private boolean completed(Fleet fleet, Standing standing) throws InterruptedException {
        for (int number : standing.untouched()) {
            Optional<Failure> failure = again(fleet, number, steps);
            if (failure.isPresent()) {
                log.unknown(
                        "convergence",
                        "The migration fails by itself, on database " + number + ": " + Failures.told(failure.get())
                                + ".",
                        Failures.place(failure.get()));
                return false;
            }
        }
        return true;
    }

    /** Where the migration came furthest on the database on which it failed, the first time or when it was run again. */
    private Failure further(Failure first, Failure again) {
        List<String> names = steps.stream().map(Step::name).toList();
        return names.indexOf(again.step()) > names.indexOf(first.step()) ? again : first;
    }

    private void goBack(Fleet fleet, Standing standing, Failure end, SchemaFingerprint before)
            throws SQLException, InterruptedException {
        List<Integer> begun = new ArrayList<>(new TreeSet<>(standing.migrated()));
        begun.add(standing.failed());
        begun.sort(null);
        for (int number : begun) {
            DrillServer server = fleet.server(number);
            MigrationOutcome back = number == standing.failed()
                    ? server.rollBackFrom(end)
                    : server.run(Phase.ROLLBACK, scenario.migration().rollback());
            Optional<Failure> failure = back.failure();
            if (failure.isPresent()) {
                log.broken(
                        "convergence by rollback",
                        "The rollback does not bring them together either: on database " + number + " it stops in step "
                                + failure.get().step() + ": " + Failures.told(failure.get()) + ".",
                        Failures.place(failure.get()));
                return;
            }
        }
        List<String> differences = new ArrayList<>();
        for (int number : begun) {
            differences.addAll(SchemaFingerprint.between(
                    before, "before", fleet.server(number).schema(), "database " + number));
        }
        if (differences.isEmpty()) {
            log.noted(
                    "convergence by rollback",
                    "The rollback on " + named(begun)
                            + " brings all together: every schema is as it was before the migration, fingerprint "
                            + fingerprint(before) + ".");
        } else {
            log.broken(
                    "convergence by rollback",
                    "The rollback succeeds on " + named(begun) + ", but does not bring them together: "
                            + Failures.listed(differences) + ".");
        }
    }

    private void goOn(Fleet fleet, Standing standing) throws SQLException, InterruptedException {
        String from = standing.failure().step();
        int index = steps.stream().map(Step::name).toList().indexOf(from);
        String begin = "There is no rollback to go back with. Run on database " + standing.failed() + " from step "
                + from + " on, the migration ";
        Optional<Failure> failure = again(fleet, standing.failed(), steps.subList(index, steps.size()));
        if (failure.isPresent()) {
            log.broken(
                    "convergence by going on",
                    begin + "stops in step " + failure.get().step() + ": " + Failures.told(failure.get()) + ".",
                    Failures.place(failure.get()));
            return;
        }
        if (!completed(fleet, standing)) {
            return;
        }
        List<String> differences = differences(fleet, standing);
        if (differences.isEmpty()) {
            log.noted("convergence by going on", begin + "brings all together: the same schema and the same data.");
        } else {
            log.broken(
                    "convergence by going on",
                    begin + "succeeds, but the databases still differ: " + Failures.listed(differences) + ".");
        }
    }

    private static Optional<Failure> again(Fleet fleet, int number, List<Step> steps) throws InterruptedException {
        return fleet.server(number).run(Phase.MIGRATION, steps).failure();
    }

    /** Of all that are migrated now, schema and data. */
    private List<String> differences(Fleet fleet, Standing standing) throws SQLException {
        List<Integer> undisturbed = IntStream.rangeClosed(1, databases.count())
                .boxed()
                .filter(number -> number != standing.failed())
                .toList();
        int reference = undisturbed.getFirst();
        SchemaFingerprint schema = fleet.server(reference).schema();
        DataFingerprint data = fleet.server(reference).data();
        Set<String> random = random(fleet, undisturbed);
        if (!random.isEmpty()) {
            log.noted(
                    "what cannot be compared",
                    "Databases that nothing befell do not have the same values in " + String.join(", ", random)
                            + ": there only the number of values was compared.");
        }
        List<String> differences = new ArrayList<>();
        for (int number = 1; number <= databases.count(); number++) {
            if (number != reference) {
                String name = "database " + number;
                differences.addAll(SchemaFingerprint.between(
                        schema, "database " + reference, fleet.server(number).schema(), name));
                DataFingerprint.differences(data, fleet.server(number).data(), random)
                        .forEach(difference -> differences.add("on " + name + " " + difference));
            }
        }
        return differences;
    }

    /** Columns in which databases do not agree although nothing befell them. */
    private static Set<String> random(Fleet fleet, List<Integer> undisturbed) throws SQLException {
        Set<String> names = new TreeSet<>();
        if (undisturbed.size() > 1) {
            DataFingerprint first = fleet.server(undisturbed.getFirst()).data();
            for (int number : undisturbed.subList(1, undisturbed.size())) {
                names.addAll(DataFingerprint.columnsThatDiffer(
                        first, fleet.server(number).data()));
            }
        }
        return names;
    }

    private void tellLoad(Fleet fleet) {
        String failed = fleet.failures().isEmpty()
                ? "none failed"
                : fleet.failures().entrySet().stream()
                        .map(failure -> failure.getValue() + " failed with " + failure.getKey())
                        .collect(Collectors.joining(", "));
        log.noted(
                "load",
                "Of %,d operations meanwhile on all %d databases %s."
                        .formatted(fleet.tried(), databases.count(), failed));
    }

    private Map<SchemaFingerprint, List<Integer>> schemas(Fleet fleet) throws SQLException {
        Map<SchemaFingerprint, List<Integer>> schemas = new LinkedHashMap<>();
        for (int number = 1; number <= databases.count(); number++) {
            schemas.computeIfAbsent(fleet.server(number).schema(), schema -> new ArrayList<>())
                    .add(number);
        }
        return schemas;
    }

    private static String fingerprints(Map<SchemaFingerprint, List<Integer>> schemas) {
        return schemas.entrySet().stream()
                .map(group -> fingerprint(group.getKey()) + " on " + named(group.getValue()))
                .collect(Collectors.joining("; "));
    }

    private static String fingerprint(SchemaFingerprint schema) {
        return schema.sha256().substring(0, FINGERPRINT_CHARACTERS);
    }

    private String inWaves() {
        return databases.wave() == 1 ? "one after the other" : "in waves of " + databases.wave();
    }

    /** Such as {@code database 2}, or {@code databases 1, 3}. */
    private static String named(List<Integer> numbers) {
        return (numbers.size() == 1 ? "database " : "databases ")
                + numbers.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static String capital(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
