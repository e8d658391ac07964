package dev.rehearsal.scenario;

import dev.rehearsal.scenario.DatasetLoader.Dataset;
import dev.rehearsal.scenario.Step.LockPolicy;
import dev.rehearsal.scenario.Step.SqlStatement;
import dev.rehearsal.scenario.Step.Transaction;
import dev.rehearsal.scenario.sql.NamedParameters;
import dev.rehearsal.scenario.sql.StatementKind;
import dev.rehearsal.scenario.yaml.YamlNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads {@code migration}. */
final class MigrationReader {
    static final Duration DEFAULT_TIME_LIMIT = Duration.ofMinutes(30);
    static final Duration DEFAULT_BACKOFF = Duration.ofMillis(100);

    private static final int MAXIMUM_RETRIES = 10_000;
    private static final long MAXIMUM_FILE_BYTES = 16 << 20;
    private static final Duration SHORTEST = Duration.ofMillis(1);
    /** A lag is known to about the interval in which servers are asked. */
    static final Duration SHORTEST_LAG = Duration.ofMillis(100);

    private static final Keys KEYS =
            Keys.of("lockTimeout", "retries", "backoff", "timeLimit", "baseline", "steps", "rollback");
    private static final Keys STEP_KEYS = Keys.of(
            "name",
            "sql",
            "file",
            "backfill",
            "deploy",
            "folder",
            "flyway",
            "liquibase",
            "command",
            "pause",
            "wait",
            "transaction",
            "lockTimeout",
            "retries");
    private static final Keys DEPLOY_KEYS = Keys.of("service", "version", "over");
    private static final String DEPLOY_ADVICE = "write e.g. deploy: { service: checkout, version: v2, over: 10s }";
    private static final Duration DEFAULT_OVER = Duration.ofSeconds(10);
    private static final Keys COMMAND_KEYS = Keys.of("run", "directory", "environment", "timeout");
    private static final String COMMAND_ADVICE = "write e.g. command: [ bin/rails, db:migrate ]";
    private static final Keys WAIT_KEYS = Keys.of("replicaLag");
    private static final String WAIT_ADVICE = "write e.g. wait: { replicaLag: 1s }";
    private static final String STEPS_ADVICE = "write e.g. - { name: add column, sql: alter table … }";

    private final SqlTexts texts;
    private final Problems problems;
    private final Path folder;
    private final int replicas;
    private final BackfillReader backfills;
    private final List<Deploy> deploys = new ArrayList<>();
    private final SourceReader sources;
    private final Optional<AddedMigrations> added;
    private final Set<String> names = new LinkedHashSet<>();

    /** A deploy, in the order in which they happen, and where it says what. */
    private record Deploy(Step.DeployStep step, Value service, Value version) {}

    /** What a step may be, by its key, and which of the other keys go with it. */
    private enum Kind {
        SQL(true, true),
        FILE(true, true),
        BACKFILL(true, false),
        DEPLOY(false, false),
        FOLDER(true, false, true),
        FLYWAY(true, false, true),
        LIQUIBASE(true, false, true),
        COMMAND(true, false),
        PAUSE(false, false),
        WAIT(false, false);

        private final boolean takesLocks;
        private final boolean isWrapped;
        private final boolean isMany;

        Kind(boolean takesLocks, boolean isWrapped) {
            this(takesLocks, isWrapped, false);
        }

        /** @param isMany it is a step for each of its migrations, with names of their own */
        Kind(boolean takesLocks, boolean isWrapped, boolean isMany) {
            this.takesLocks = takesLocks;
            this.isWrapped = isWrapped;
            this.isMany = isMany;
        }

        String key() {
            return name().toLowerCase(Locale.ROOT);
        }

        static List<Kind> in(Block block) {
            return Arrays.stream(values()).filter(kind -> block.has(kind.key())).toList();
        }

        void refuseOthers(Block block) {
            if (!isWrapped) {
                refuse(block, "transaction");
            }
            if (isMany) {
                refuse(block, "name");
            }
            if (!takesLocks) {
                refuse(block, "lockTimeout");
                refuse(block, "retries");
            }
        }

        private void refuse(Block block, String key) {
            block.get(key).ifPresent(value -> value.problem("does not go with " + key() + "; remove it"));
        }
    }

    /**
     * What the steps of a migration have in common.
     *
     * @param policy of steps that do not say otherwise
     * @param saysRetries whether the file has them
     * @param timeLimit of all of them together
     */
    private record Defaults(LockPolicy policy, boolean saysRetries, Duration timeLimit) {}

    /**
     * @param replicas of the environment
     * @param added what a branch adds, if only that is to be rehearsed
     */
    MigrationReader(
            SqlTexts texts,
            Problems problems,
            Path folder,
            Optional<Dataset> dataset,
            int replicas,
            Optional<AddedMigrations> added) {
        this.backfills = new BackfillReader(dataset, replicas);
        this.sources = new SourceReader(texts, problems, folder, added);
        this.added = added;
        this.texts = texts;
        this.problems = problems;
        this.folder = folder;
        this.replicas = replicas;
    }

    MigrationPlan read(Value value) {
        Block block = value.block(KEYS, "give it steps");
        LockPolicy policy = new LockPolicy(
                block.duration("lockTimeout", SHORTEST),
                block.whole("retries", 0, MAXIMUM_RETRIES, 0),
                block.duration("backoff", SHORTEST, DEFAULT_BACKOFF));
        Duration timeLimit = block.duration("timeLimit", Duration.ofSeconds(1), DEFAULT_TIME_LIMIT);
        Defaults defaults = new Defaults(policy, block.has("retries"), timeLimit);
        List<Step> before = block.get("baseline")
                .map(part -> part.block(Keys.of("steps"), "write baseline: { steps: [ … ] }"))
                .flatMap(part -> part.require("steps", STEPS_ADVICE))
                .map(list -> flat(steps(list, "baseline step ", defaults)))
                .orElse(List.of());
        names.clear();
        List<Item> items = block.require("steps", STEPS_ADVICE)
                .map(list -> steps(list, "step ", defaults))
                .orElse(List.of());
        if (added.isPresent() && items.stream().noneMatch(item -> item.source().isPresent())) {
            value.problem(
                    "what was added since " + added.get().reference()
                            + " can be told of migrations in a folder, of Flyway's and of Liquibase's, and no step names such; add one, or leave out --changed-since");
        }
        List<Step> baseline = Stream.concat(
                        before.stream(),
                        items.stream()
                                .flatMap(item -> item.source().stream())
                                .flatMap(source -> source.baseline().stream()))
                .toList();
        boolean derived = !block.has("rollback");
        List<Step> rollback = derived
                ? derivedRollback(items)
                : rollback(block.get("rollback").orElseThrow(), defaults);
        List<String> noWayBack = derived && rollback.isEmpty()
                ? items.stream()
                        .flatMap(item -> item.source().stream())
                        .flatMap(source -> source.noWayBack().stream())
                        .toList()
                : List.of();
        return new MigrationPlan(timeLimit, baseline, flat(items), rollback, derived && !rollback.isEmpty(), noWayBack);
    }

    /** A step of the file, which may be many. */
    private record Item(Value value, List<Step> steps, Optional<SourceReader.Expanded> source) {}

    private static List<Step> flat(List<Item> items) {
        return items.stream().flatMap(item -> item.steps().stream()).toList();
    }

    private List<Step> rollback(Value value, Defaults defaults) {
        if (value.scalar().filter("none"::equals).isPresent()) {
            return List.of();
        }
        return value.block(Keys.of("steps"), "write rollback: { steps: [ … ] }")
                .require("steps", STEPS_ADVICE)
                .map(list -> flat(steps(list, "rollback step ", defaults)))
                .orElse(List.of());
    }

    /** Of migrations that all say how to go back. Of some alone would be no way back, and is taken for a mistake. */
    private List<Step> derivedRollback(List<Item> items) {
        List<Step> back = new ArrayList<>();
        for (Item item : items.reversed()) {
            if (item.source().isEmpty()) {
                return List.of();
            }
            back.addAll(item.source().get().back());
        }
        List<String> missing = new ArrayList<>();
        for (Item item : items) {
            List<String> noWayBack = item.source().orElseThrow().noWayBack();
            missing.addAll(noWayBack);
            if (!back.isEmpty() && !noWayBack.isEmpty()) {
                item.value()
                        .problem("the way back is not complete: " + String.join(", ", noWayBack)
                                + "; add it, or write rollback: none, or rollback: { steps: [ … ] }");
            }
        }
        if (!missing.isEmpty()) {
            return List.of();
        }
        back.forEach(step -> names.add(step.name()));
        return back;
    }

    /** Of all steps in the file, also of those that could not be read. */
    List<String> stepNames() {
        return List.copyOf(names);
    }

    private List<Item> steps(Value list, String unnamed, Defaults defaults) {
        List<Item> steps = new ArrayList<>();
        int number = 0;
        for (Value item : list.filledList(STEPS_ADVICE)) {
            number++;
            steps.add(step(item, unnamed + number, defaults, steps));
        }
        return steps;
    }

    /** @param before those that were read before it */
    private Item step(Value value, String unnamed, Defaults defaults, List<Item> before) {
        Block block = value.block(STEP_KEYS, STEPS_ADVICE);
        List<Kind> kinds = Kind.in(block);
        if (kinds.size() != 1) {
            // Known by its name all the same.
            name(value, block, unnamed);
        }
        if (kinds.isEmpty()) {
            if (block.isMapping() && !block.hasUnknown()) {
                value.problem("says nothing to do; write sql or file");
            }
            return nothing(value);
        }
        if (kinds.size() > 1) {
            value.problem(
                    "has both " + kinds.get(0).key() + " and " + kinds.get(1).key() + "; keep one");
            return nothing(value);
        }
        Kind kind = kinds.getFirst();
        kind.refuseOthers(block);
        Value what = block.get(kind.key()).orElseThrow();
        return switch (kind) {
            case FOLDER -> many(value, sources.folder(what, policy(block, defaults)));
            case FLYWAY -> many(value, sources.flyway(what, policy(block, defaults)));
            case LIQUIBASE -> many(value, sources.liquibase(what, policy(block, defaults)));
            case SQL, FILE, COMMAND, BACKFILL, DEPLOY, PAUSE, WAIT -> {
                Optional<Step> step =
                        one(kind, what, value, block, name(value, block, unnamed), defaults, flat(before));
                yield new Item(value, step.stream().toList(), Optional.empty());
            }
        };
    }

    private static Item nothing(Value value) {
        return new Item(value, List.of(), Optional.empty());
    }

    private Item many(Value value, SourceReader.Expanded source) {
        for (Step step : source.steps()) {
            if (!names.add(step.name())) {
                value.problem("another step is called " + Value.shorten(step.name()) + "; leave one of them out");
            }
        }
        return new Item(value, source.steps(), Optional.of(source));
    }

    private String name(Value value, Block block, String unnamed) {
        String name = block.get("name").map(text -> text.text("name the step")).orElse(unnamed);
        if (!name.isEmpty() && !names.add(name)) {
            block.get("name")
                    .orElse(value)
                    .problem("another step is called " + Value.shorten(name) + "; give each a name of its own");
        }
        return name;
    }

    private Optional<Step> one(
            Kind kind, Value what, Value value, Block block, String name, Defaults defaults, List<Step> before) {
        return switch (kind) {
            case SQL -> {
                List<SqlTexts.Piece> pieces = texts.inScalar(what);
                yield Optional.of(new Step.SqlStep(
                        name,
                        statements(value, pieces),
                        transaction(pieces, noTransaction(block)),
                        policy(block, defaults)));
            }
            case FILE -> file(what, value, name, policy(block, defaults), noTransaction(block));
            case BACKFILL ->
                backfills
                        .read(what, before)
                        .map(backfill ->
                                new Step.BackfillStep(name, value.location(), backfill, batchPolicy(block, defaults)));
            case DEPLOY -> deploy(what, value, name, defaults);
            case COMMAND -> command(what, value, name, policy(block, defaults));
            case PAUSE -> Optional.of(pause(what, value, name, defaults));
            case WAIT -> waiting(what, value, name);
            case FOLDER, FLYWAY, LIQUIBASE -> Optional.empty();
        };
    }

    private Optional<Step> command(Value what, Value step, String name, LockPolicy policy) {
        boolean detailed = what.node() instanceof YamlNode.Mapping;
        Optional<Block> block = detailed ? Optional.of(what.block(COMMAND_KEYS, COMMAND_ADVICE)) : Optional.empty();
        Optional<Value> run = detailed ? block.get().require("run", COMMAND_ADVICE) : Optional.of(what);
        List<String> words = run.map(list -> list.filledList(COMMAND_ADVICE)).orElse(List.of()).stream()
                .map(word -> word.text("write a word of the command"))
                .toList();
        Path directory = block.flatMap(keys -> keys.get("directory"))
                .flatMap(value -> Paths.resolve(folder, value.text("name a folder"), value))
                .orElse(folder);
        Map<String, String> environment = new LinkedHashMap<>();
        block.flatMap(keys -> keys.get("environment"))
                .ifPresent(value -> value.named("write names and values")
                        .forEach(named ->
                                environment.put(named.name(), named.value().text("write a value"))));
        Optional<Duration> timeout = block.flatMap(keys -> keys.duration("timeout", SHORTEST));
        return words.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Step.CommandStep(name, step.location(), words, directory, environment, timeout, policy));
    }

    private static LockPolicy policy(Block block, Defaults defaults) {
        return new LockPolicy(
                block.duration("lockTimeout", SHORTEST)
                        .or(() -> defaults.policy().lockTimeout()),
                block.whole("retries", 0, MAXIMUM_RETRIES, defaults.policy().retries()),
                defaults.policy().backoff());
    }

    /** Batches are meant to be tried again, so they are unless the file says how often. */
    private static LockPolicy batchPolicy(Block block, Defaults defaults) {
        LockPolicy policy = policy(block, defaults);
        return block.has("retries") || defaults.saysRetries()
                ? policy
                : new LockPolicy(policy.lockTimeout(), BackfillReader.RETRIES, policy.backoff());
    }

    private static boolean noTransaction(Block block) {
        return block.get("transaction")
                .flatMap(word -> word.word(Map.of("none", true), List.of()))
                .orElse(false);
    }

    private Optional<Step> deploy(Value what, Value step, String name, Defaults defaults) {
        Block block = what.block(DEPLOY_KEYS, DEPLOY_ADVICE);
        Optional<Value> service = block.require("service", DEPLOY_ADVICE);
        Optional<Value> version = block.require("version", DEPLOY_ADVICE);
        Duration over = block.duration("over", Duration.ZERO, DEFAULT_OVER);
        if (over.compareTo(defaults.timeLimit()) >= 0) {
            block.get("over").orElse(what).problem(beyond(defaults, "deploy faster"));
        }
        if (service.isEmpty() || version.isEmpty()) {
            return Optional.empty();
        }
        Step.DeployStep deploy = new Step.DeployStep(
                name,
                step.location(),
                service.get().text("name a service"),
                version.get().text("name a version of it"),
                over);
        deploys.add(new Deploy(deploy, service.get(), version.get()));
        return Optional.of(deploy);
    }

    /** To be called when the workload is known: whether there is what is deployed, and whether that changes anything. */
    void checkDeploys(Workload workload) {
        Map<String, String> deployed = new HashMap<>();
        for (Deploy deploy : deploys) {
            Step.DeployStep step = deploy.step();
            Optional<Workload.Service> service = workload.services().stream()
                    .filter(each -> each.name().equals(step.service()))
                    .findFirst();
            if (service.isEmpty()) {
                deploy.service()
                        .problem("no service is called " + Value.shorten(step.service()) + "; "
                                + Nearest.advice(
                                        step.service(),
                                        workload.services().stream()
                                                .map(Workload.Service::name)
                                                .toList()));
                continue;
            }
            Set<String> versions = new LinkedHashSet<>(service.get().versions().keySet());
            versions.add(Workload.Service.OLD);
            if (!versions.contains(step.version())) {
                deploy.version()
                        .problem("service " + step.service() + " has no version " + Value.shorten(step.version()) + "; "
                                + Nearest.advice(step.version(), versions));
            } else if (step.version().equals(deployed.getOrDefault(step.service(), Workload.Service.OLD))) {
                deploy.version()
                        .problem("service " + step.service() + " is at " + step.version()
                                + " already when this step begins; name another version, or remove the step");
            } else {
                deployed.put(step.service(), step.version());
            }
        }
    }

    private static String beyond(Defaults defaults, String advice) {
        return "does not end within the migration's timeLimit, " + Quantity.write(defaults.timeLimit()) + "; " + advice
                + ", or raise the limit";
    }

    private static Step pause(Value what, Value step, String name, Defaults defaults) {
        Duration length = what.duration(SHORTEST, Duration.ofSeconds(30));
        if (length.compareTo(defaults.timeLimit()) >= 0) {
            what.problem(beyond(defaults, "pause for less"));
        }
        return new Step.PauseStep(name, step.location(), length);
    }

    private Optional<Step> waiting(Value what, Value step, String name) {
        Optional<Value> lag = what.block(WAIT_KEYS, WAIT_ADVICE).require("replicaLag", WAIT_ADVICE);
        Duration most = lag.map(value -> value.duration(SHORTEST_LAG, Duration.ofSeconds(1)))
                .orElse(SHORTEST_LAG);
        if (lag.isPresent() && replicas == 0) {
            lag.get().problem("the environment has no replica; write environment.replicas: 1, or remove the step");
        }
        return lag.map(value -> new Step.WaitStep(name, step.location(), most));
    }

    private Optional<Step> file(Value file, Value step, String name, LockPolicy policy, boolean forbidden) {
        String written = file.text("name a file of SQL");
        if (written.isEmpty()) {
            return Optional.empty();
        }
        Optional<Path> path = Paths.resolve(folder, written, file);
        Optional<SourceFile> source = path.flatMap(found -> SourceFile.read(
                found,
                Optional.of(new SourceFile.Referrer(file.location(), file.path())),
                "SQL file",
                MAXIMUM_FILE_BYTES,
                problems));
        return source.map(found -> {
            List<SqlTexts.Piece> pieces = texts.inFile(found, file);
            return new Step.FileStep(
                    name, path.get(), statements(step, pieces), transaction(pieces, forbidden), policy);
        });
    }

    private List<SqlStatement> statements(Value step, List<SqlTexts.Piece> pieces) {
        List<SqlStatement> statements = new ArrayList<>();
        for (SqlTexts.Piece piece : pieces) {
            String path = step.path() + ".statements[" + statements.size() + "]";
            texts.remember(path, piece);
            NamedParameters.of(piece.text()).uses().stream()
                    .findFirst()
                    .ifPresent(use -> problems.add(
                            piece.excerpt().at(use.offset()),
                            path,
                            ":" + use.name() + " is a variable of psql; the statements of a step have no parameters"));
            statements.add(piece.statement());
        }
        return statements;
    }

    /** As psql would run it: in one transaction, unless the step or the text forbids that. */
    private static Transaction transaction(List<SqlTexts.Piece> pieces, boolean forbidden) {
        boolean none = forbidden
                || pieces.stream()
                        .map(piece -> StatementKind.of(piece.text()))
                        .anyMatch(kind -> kind.controlsTransaction() || !kind.allowedInTransaction());
        return none ? Transaction.NONE : Transaction.ONE;
    }
}
