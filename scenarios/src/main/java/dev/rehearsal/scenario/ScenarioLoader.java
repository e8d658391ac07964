package dev.rehearsal.scenario;

import dev.rehearsal.scenario.DatasetLoader.Dataset;
import dev.rehearsal.scenario.sql.SqlSchema;
import dev.rehearsal.scenario.yaml.YamlNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Reads a scenario file with everything it refers to, and finds everything that is wrong with them. */
public final class ScenarioLoader {
    static final String NAME_RULE = "lower-case letters, digits and hyphens, beginning with a letter or digit";
    static final long DEFAULT_SEED = 42;

    private static final int LONGEST_NAME = 100;
    private static final Keys KEYS = Keys.of(
            "name",
            "description",
            "seed",
            "environment",
            "dataset",
            "workload",
            "migration",
            "timeline",
            "faults",
            "databases",
            "drills",
            "objectives");
    private static final String NEEDED = "name, dataset and migration";

    private final Path file;
    private final Problems problems = new Problems();
    private final SqlTexts texts = new SqlTexts(problems);

    private final Optional<RestoredTables> restored;
    private final Optional<AddedMigrations> added;

    private ScenarioLoader(Path file, Optional<RestoredTables> restored, Optional<AddedMigrations> added) {
        this.file = file.toAbsolutePath().normalize();
        this.restored = restored;
        this.added = added;
    }

    /**
     * Reads a scenario. Nothing is started and no database is asked.
     *
     * @param overrides values that replace those of the file, by dotted path such as {@code workload.services[0].rate}
     * @throws InvalidScenarioException with everything that is wrong in the file, in its dataset and in its SQL
     */
    public static Scenario load(Path file, Map<String, String> overrides) throws InvalidScenarioException {
        return load(file, overrides, Optional.empty());
    }

    /**
     * Reads a scenario whose database may have been restored.
     *
     * @param restored the tables of {@code dataset.restore}, or those that are there; without them what the file says of its tables stays unchecked, and a file that describes no
     *     traffic gives a scenario {@linkplain Scenario#awaitsTables() that awaits them}
     */
    public static Scenario load(Path file, Map<String, String> overrides, Optional<RestoredTables> restored)
            throws InvalidScenarioException {
        return load(file, overrides, restored, Optional.empty());
    }

    /**
     * The same, of which only those migrations are rehearsed that a branch adds; what was there before is its baseline.
     *
     * @param added empty: all that the scenario says
     */
    public static Scenario load(
            Path file,
            Map<String, String> overrides,
            Optional<RestoredTables> restored,
            Optional<AddedMigrations> added)
            throws InvalidScenarioException {
        ScenarioLoader loader = new ScenarioLoader(file, restored, added);
        Optional<Scenario> scenario = loader.load(overrides);
        if (scenario.isEmpty() || !loader.problems.isEmpty()) {
            throw new InvalidScenarioException(loader.problems.sorted());
        }
        return scenario.get();
    }

    static boolean isName(String text) {
        return text.length() <= LONGEST_NAME && text.matches("[a-z0-9][a-z0-9-]*");
    }

    private Optional<Scenario> load(Map<String, String> overrides) {
        Optional<SourceFile> source =
                SourceFile.read(file, Optional.empty(), "scenario file", SourceFile.MAXIMUM_BYTES, problems);
        return source.flatMap(text -> Yaml.read(text, NEEDED, problems)
                .map(root -> Overrides.apply(root, overrides, problems))
                .flatMap(root -> read(root, text)));
    }

    private Optional<Scenario> read(Value root, SourceFile source) {
        Path folder = file.getParent();
        Block block = root.block(KEYS, "write " + NEEDED);
        String name = block.require("name", "name the scenario, e.g. name: add-region")
                .map(value -> value.text(ScenarioLoader::isName, NAME_RULE))
                .orElse("");
        String description = block.get("description")
                .map(value -> value.text("describe the scenario"))
                .orElse("");
        long seed = block.get("seed")
                .map(value -> value.whole(Long.MIN_VALUE, Long.MAX_VALUE, DEFAULT_SEED))
                .orElse(DEFAULT_SEED);
        EnvironmentSpec environment = block.get("environment")
                .map(value -> EnvironmentReader.read(value, folder))
                .orElseGet(EnvironmentReader::absent);
        int replicas = environment.replication().replicas();
        DatasetReader dataset = new DatasetReader(problems, folder, restored, environment.external());
        block.require("dataset", "write e.g. dataset: { use: ../../datasets/catalog/shop }")
                .ifPresent(dataset::read);
        MigrationReader steps = new MigrationReader(texts, problems, folder, dataset.dataset(), replicas, added);
        MigrationPlan migration = block.require("migration", "give it steps")
                .map(steps::read)
                .orElseGet(() -> new MigrationPlan(MigrationReader.DEFAULT_TIME_LIMIT, List.of(), List.of()));
        if (environment.external().isPresent() && environment.pooler().isPresent()) {
            refuseTools(migration);
        }
        Optional<List<Drill>> listed =
                block.get("drills").map(value -> DrillReader.read(value, environment, block.has("databases")));
        List<Drill> drills = listed.orElse(List.of(Drill.values()));
        Workload workload = workload(block, dataset.dataset(), migration, drills, environment);
        if (!problems.anyWithin("workload") && !problems.anyWithin("environment.pooler")) {
            PoolerReader.check(block.get("environment"), environment.pooler(), workload);
        }
        Optional<Databases> databases =
                block.get("databases").flatMap(value -> DatabasesReader.read(value, environment, workload));
        if (!problems.anyWithin("workload")) {
            steps.checkDeploys(workload);
        }
        StageWords stages =
                new StageWords(hasRollback(block) || !migration.rollback().isEmpty());
        List<PlacedFault> faults = block.get("faults")
                .map(value -> new FaultReader(
                                texts,
                                new CueReader(stages, steps.stepNames(), migration, tableKnown(dataset.dataset())),
                                environment,
                                // Mistakes of databases are told where they stand.
                                databases.map(Databases::count).orElse(block.has("databases") ? Databases.MOST : 1))
                        .read(value))
                .orElse(List.of());
        List<Objective> objectives = block.get("objectives")
                .map(value -> objectiveReader(workload, stages, dataset.dataset(), migration, drills, replicas)
                        .read(value))
                .orElseGet(
                        () -> DefaultObjectives.at(firstKey(root), stages.hasRollback(), LedgerNeed.ofFaults(block)));
        Timeline timeline = timeline(block, workload, objectives, stages.hasRollback());
        if (!problems.anyWithin("workload")
                && !problems.anyWithin("timeline")
                && dataset.dataset().isPresent()) {
            checkReachability(block, workload, objectives, timeline);
        }
        return dataset.spec()
                .map(spec -> new Scenario(
                        name,
                        description,
                        seed,
                        environment,
                        spec,
                        workload,
                        migration,
                        timeline,
                        faults,
                        databases,
                        listed.orElseGet(() ->
                                DefaultDrills.of(workload, migration, objectives, replicas, databases.isPresent())),
                        listed.isPresent(),
                        objectives,
                        file,
                        sources(root, source)));
    }

    /** As the file means it, whether or not its steps could be read. */
    private static boolean hasRollback(Block block) {
        return block.get("migration")
                .filter(value -> value.node() instanceof YamlNode.Mapping mapping
                        && mapping.get("rollback")
                                .filter(rollback -> !(rollback instanceof YamlNode.Scalar))
                                .isPresent())
                .isPresent();
    }

    private Workload workload(
            Block block,
            Optional<Dataset> dataset,
            MigrationPlan migration,
            List<Drill> drills,
            EnvironmentSpec environment) {
        if (block.has("workload")) {
            return new WorkloadReader(
                            file.getParent(),
                            texts,
                            new DatasetReferences(dataset),
                            usesVersions(migration, drills),
                            environment.replication().replicas(),
                            environment.pooler().filter(PoolerSpec::shares).isPresent(),
                            LedgerNeed.of(block))
                    .read(block.get("workload").orElseThrow());
        }
        Workload none = new Workload(Workload.Arrivals.POISSON, List.of());
        if (dataset.isEmpty()) {
            return none;
        }
        Set<String> names = migrationNames(migration);
        Optional<Workload> made = new DefaultWorkload(
                        dataset.get().definition(), dataset.get().schema(), names, LedgerNeed.of(block))
                .workload();
        if (made.isEmpty()) {
            problems.add(
                    block.value().location(),
                    "",
                    "'workload' is missing, and none can be made up, because no table of the dataset has a key of one column; describe the traffic");
        }
        return made.orElse(none);
    }

    /** Nobody would know what they did: without the server's log that is told by their messages, and in which session it was by nobody. */
    private void refuseTools(MigrationPlan migration) {
        allSteps(migration)
                .filter(Step.ToolStep.class::isInstance)
                .map(Step::location)
                .distinct()
                .forEach(
                        location -> problems.add(
                                location,
                                "migration",
                                "what a tool (flyway, liquibase, command) does is known from the server's log, which is not read of a server"
                                        + " at a url, or from its messages, and behind a pooler not in which session; leave pooler out, write its"
                                        + " statements as sql, file or folder, or leave url out and rehearse on a server of the harness's own"));
    }

    private static boolean usesVersions(MigrationPlan migration, List<Drill> drills) {
        return drills.stream().anyMatch(Drill::usesVersions)
                || allSteps(migration).anyMatch(Step.DeployStep.class::isInstance);
    }

    private static Stream<Step> allSteps(MigrationPlan migration) {
        return Stream.concat(migration.steps().stream(), migration.rollback().stream());
    }

    private static Set<String> migrationNames(MigrationPlan migration) {
        Set<String> names = new HashSet<>();
        allSteps(migration)
                .map(step ->
                        step instanceof Step.FlywayStep flyway && flyway.read().isPresent()
                                ? flyway.read().get()
                                : step)
                .flatMap(step -> step.knownStatements().stream())
                .forEach(statement ->
                        names.addAll(SqlSchema.read(statement.text()).names()));
        return names;
    }

    private static Predicate<String> tableKnown(Optional<Dataset> dataset) {
        return name -> dataset.isEmpty() || dataset.get().schema().tables().containsKey(SqlSchema.name(name));
    }

    private ObjectiveReader objectiveReader(
            Workload workload,
            StageWords stages,
            Optional<Dataset> dataset,
            MigrationPlan migration,
            List<Drill> drills,
            int replicas) {
        boolean namesComplete = !workload.services().isEmpty() && !problems.anyAt(ScenarioLoader::hidesNames);
        Set<String> names = new HashSet<>(migrationNames(migration));
        dataset.ifPresent(found -> names.addAll(found.schema().names()));
        return new ObjectiveReader(
                workload,
                namesComplete,
                stages,
                relation -> dataset.isEmpty()
                        || names.contains(relation.substring(relation.lastIndexOf('.') + 1))
                        || names.stream().anyMatch(name -> isImplicitName(name, relation)),
                drills,
                replicas);
    }

    /** Whether a problem at {@code path} can hide the name of a service or of an operation. */
    private static boolean hidesNames(String path) {
        return path.matches(
                "workload(\\.services(\\[\\d+](\\.(operations|transactions)(\\[\\d+])?|\\.simulation|\\.jar|\\.source|\\.http(\\..*)?)?)?)?(\\.name)?");
    }

    /** The names that the server gives to indexes and sequences: {@code orders_pkey}, {@code orders_email_key}, {@code orders_id_seq}. */
    private static boolean isImplicitName(String table, String relation) {
        return relation.startsWith(table + "_") && relation.matches(".*_(pkey|key|idx|seq|excl)[0-9]*");
    }

    private static SourceLocation firstKey(Value root) {
        return root.location();
    }

    private static Timeline timeline(
            Block scenario, Workload workload, List<Objective> objectives, boolean hasRollback) {
        Reachability reachability = new Reachability(workload);
        Duration migration = reachability.defaultMigration(objectives);
        Duration rollback = reachability.defaultRollback(objectives, hasRollback);
        Duration warmup = Duration.ofSeconds(10);
        Duration baseline = Duration.ofSeconds(30);
        Duration settle = Duration.ofSeconds(15);
        Optional<Value> value = scenario.get("timeline");
        if (value.isEmpty()) {
            return new Timeline(warmup, baseline, migration, settle, rollback);
        }
        Keys keys = Keys.of("warmup", "baseline", "migration", "settle", "rollback");
        Block block = value.get().block(keys, "write e.g. { warmup: 10s, baseline: 30s, settle: 15s }");
        if (!hasRollback) {
            block.get("rollback")
                    .filter(given -> given.duration(Duration.ZERO, rollback).isPositive())
                    .ifPresent(given ->
                            given.problem("there is no rollback without rollback steps; add migration.rollback.steps"));
        }
        return new Timeline(
                block.duration("warmup", Duration.ZERO, warmup),
                block.duration("baseline", Duration.ofMillis(100), baseline),
                block.duration("migration", Duration.ZERO, migration),
                block.duration("settle", Duration.ZERO, settle),
                block.duration("rollback", Duration.ZERO, rollback));
    }

    private void checkReachability(Block block, Workload workload, List<Objective> objectives, Timeline timeline) {
        Reachability reachability = new Reachability(workload);
        Optional<Value> list = block.get("objectives");
        if (list.isEmpty()) {
            for (Objective objective : objectives) {
                if (objective instanceof Objective.Latency latency) {
                    reachability
                            .problems(latency, timeline)
                            .forEach(message -> problems.add(
                                    latency.location(),
                                    "objectives",
                                    "default objective: " + message + ", or write objectives"));
                }
            }
            return;
        }
        Map<SourceLocation, Value> items = new HashMap<>();
        list.get().list("").forEach(item -> items.put(item.location(), item));
        for (Objective objective : objectives) {
            Value item = items.get(objective.location());
            if (objective instanceof Objective.Latency latency && !problems.anyWithin(item.path())) {
                reachability
                        .problems(latency, timeline)
                        .forEach(message -> within(item, "percentile").problem(message));
                reachability
                        .baselineTooShort(latency, timeline)
                        .ifPresent(message -> within(item, "regression").problem(message));
            }
        }
    }

    private static Value within(Value objective, String key) {
        if (objective.node() instanceof YamlNode.Mapping outer
                && outer.get("latency").orElse(outer) instanceof YamlNode.Mapping inner) {
            return new Value(inner.get(key).orElse(inner), objective.path() + ".latency." + key, objective.problems());
        }
        return objective;
    }

    private Sources sources(Value root, SourceFile source) {
        Map<String, SourceLocation> locations = new HashMap<>();
        collect(root.node(), "", locations);
        texts.remembered().forEach((path, excerpt) -> locations.putIfAbsent(path, excerpt.at(0)));
        return new Sources(locations, source.lines(), texts.remembered());
    }

    private static void collect(YamlNode node, String path, Map<String, SourceLocation> locations) {
        locations.put(path, Value.location(node.position()));
        switch (node) {
            case YamlNode.Scalar scalar -> {}
            case YamlNode.Sequence sequence -> {
                List<YamlNode> items = new ArrayList<>(sequence.items());
                for (int i = 0; i < items.size(); i++) {
                    collect(items.get(i), path + "[" + i + "]", locations);
                }
            }
            case YamlNode.Mapping mapping ->
                mapping.entries()
                        .forEach(entry -> collect(
                                entry.value(),
                                path.isEmpty()
                                        ? entry.key().value()
                                        : path + "." + entry.key().value(),
                                locations));
        }
    }
}
