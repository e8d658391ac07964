package dev.rehearsal.scenario;

import dev.rehearsal.scenario.Objective.Victims;
import dev.rehearsal.scenario.yaml.YamlNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Reads {@code objectives}. */
final class ObjectiveReader {
    private static final List<String> KINDS = List.of(
            "latency",
            "errors",
            "outage",
            "lockHold",
            "lockWait",
            "migrationTime",
            "replicaLag",
            "rewrites",
            "lostWrites",
            "rollback",
            "rerun",
            "resumable",
            "compatible");
    private static final Keys KEYS = new Keys(KINDS, List.of());
    private static final String ADVICE = "write e.g. { latency: { percentile: 99, during: migration, max: 250ms } }";
    private static final Duration SHORTEST = Duration.ofNanos(1000);
    private static final List<String> MODES = List.of(
            "AccessShare",
            "RowShare",
            "RowExclusive",
            "ShareUpdateExclusive",
            "Share",
            "ShareRowExclusive",
            "Exclusive",
            "AccessExclusive");

    private final Workload workload;
    private final boolean namesComplete;
    private final StageWords stages;
    private final Predicate<String> relationKnown;
    private final List<Drill> drills;
    private final int replicas;

    /**
     * @param namesComplete whether every service and operation has a name; if not, an unknown one is not a problem of its own
     * @param relationKnown whether a name stands anywhere in the schema or the migration
     * @param drills that the scenario lists; all of them if it lists none, because then it has those that apply
     * @param replicas how many the environment has
     */
    ObjectiveReader(
            Workload workload,
            boolean namesComplete,
            StageWords stages,
            Predicate<String> relationKnown,
            List<Drill> drills,
            int replicas) {
        this.replicas = replicas;
        this.workload = workload;
        this.namesComplete = namesComplete;
        this.stages = stages;
        this.relationKnown = relationKnown;
        this.drills = List.copyOf(drills);
    }

    List<Objective> read(Value value) {
        List<Objective> objectives = new ArrayList<>();
        for (Value item : value.filledList(ADVICE)) {
            objective(item).ifPresent(objectives::add);
        }
        return objectives;
    }

    private Optional<Objective> objective(Value value) {
        Block block = value.block(KEYS, ADVICE);
        List<String> given = KINDS.stream().filter(block::has).toList();
        if (given.size() != 1) {
            if (given.size() > 1) {
                value.problem("has two kinds, " + String.join(" and ", given) + "; make each an item of the list");
            } else if (block.isMapping() && !value.problems().anyWithin(value.path())) {
                value.problem("says no kind of objective; write one of " + String.join(", ", KINDS));
            }
            return Optional.empty();
        }
        Value inner = block.get(given.get(0)).orElseThrow();
        SourceLocation location = value.location();
        return switch (given.get(0)) {
            case "latency" -> latency(inner, location);
            case "errors" -> errors(inner, location);
            case "outage" -> outage(inner, location);
            case "lockHold" -> lockHold(inner, location);
            case "lockWait" -> lockWait(inner, location);
            case "migrationTime" ->
                limit(inner.block(Keys.of("max"), "write { max: 10m }"), "max: 10m")
                        .map(max -> new Objective.MigrationTime(location, max));
            case "replicaLag" -> replicaLag(inner, location);
            case "rewrites" ->
                inner.word(Map.of("none", true), List.of()).map(none -> new Objective.Rewrites(location));
            case "lostWrites" -> lostWrites(inner, location);
            case "rollback" -> rollback(inner, location);
            case "rerun" -> ofDrill(inner, "converges", new Objective.Rerun(location));
            case "resumable" -> ofDrill(inner, "succeeds", new Objective.Resumable(location));
            case "compatible" -> compatible(inner, location);
            default -> throw new IllegalStateException(given.get(0));
        };
    }

    private Optional<Objective> replicaLag(Value value, SourceLocation location) {
        if (replicas == 0) {
            value.problem(
                    "there is no replica that could lag; write environment.replicas: 1, or remove this objective");
        }
        return limit(value.block(Keys.of("max"), "write { max: 5s }"), "max: 5s")
                .map(max -> new Objective.ReplicaLag(location, max));
    }

    private static Optional<Duration> limit(Block block, String example) {
        return block.require("max", "write " + example).map(value -> value.duration(SHORTEST, Duration.ofSeconds(1)));
    }

    private Optional<Objective> latency(Value value, SourceLocation location) {
        Block block = value.block(Keys.of("service", "operation", "percentile", "during", "max", "regression"), ADVICE);
        Subject subject = subject(block);
        double percentile = block.require("percentile", "write e.g. percentile: 99")
                .map(number -> number.number(0, false, 100, 99))
                .orElse(99.0);
        Optional<Stage> during = judged(block);
        Optional<Duration> max = block.duration("max", SHORTEST);
        Optional<Double> regression = block.get("regression").map(ObjectiveReader::factor);
        if (max.isEmpty() && regression.isEmpty()) {
            value.problem("has no limit; write max: 250ms or regression: 3x");
        }
        if (regression.isPresent() && during.isPresent() && during.get() == Stage.BASELINE) {
            block.get("regression")
                    .orElseThrow()
                    .problem("compares with the baseline, so it cannot be judged during the baseline; use max");
        }
        return during.map(stage -> new Objective.Latency(
                location, subject.service(), subject.operation(), percentile, stage, max, regression));
    }

    /** Such as {@code 3x}. */
    static double factor(Value value) {
        Optional<Quantity> quantity = value.scalar()
                .flatMap(Quantity::parse)
                .filter(found -> found.unit().equals("x"));
        double factor = quantity.map(found -> found.amount().doubleValue()).orElse(0.0);
        if (factor < 1 || factor > 1_000_000) {
            value.problem("must be a factor of at least 1x, got " + value.shown()
                    + "; write e.g. 3x to allow three times the baseline");
            return 1;
        }
        return factor;
    }

    private Optional<Stage> judged(Block block) {
        if (!block.has("during")) {
            return Optional.of(Stage.MIGRATION);
        }
        Value value = block.get("during").orElseThrow();
        Optional<Stage> stage = stages.read(value);
        if (stage.isPresent() && stage.get() == Stage.WARMUP) {
            value.problem("the warm-up is never judged; use baseline or a later stage");
            return Optional.empty();
        }
        return stage;
    }

    private record Subject(Optional<String> service, Optional<String> operation) {}

    private Subject subject(Block block) {
        Optional<String> service = block.get("service").map(value -> value.text("name a service"));
        Optional<String> operation = block.get("operation").map(value -> value.text("name an operation"));
        List<String> services =
                workload.services().stream().map(Workload.Service::name).toList();
        boolean serviceKnown = service.isEmpty() || services.contains(service.get());
        if (namesComplete && !serviceKnown && !service.get().isEmpty()) {
            block.get("service")
                    .orElseThrow()
                    .problem("no service is called " + Value.shorten(service.get()) + "; "
                            + Nearest.advice(service.get(), services));
        }
        if (namesComplete
                && serviceKnown
                && operation.isPresent()
                && !operation.get().isEmpty()) {
            Set<String> operations = new TreeSet<>();
            workload.services().stream()
                    .filter(found -> service.isEmpty() || found.name().equals(service.get()))
                    .flatMap(found -> found.shares().stream())
                    .forEach(found -> operations.add(found.name()));
            if (!operations.contains(operation.get())) {
                block.get("operation")
                        .orElseThrow()
                        .problem("no operation"
                                + service.map(name -> " of " + name).orElse("") + " is called "
                                + Value.shorten(operation.get()) + "; "
                                + Nearest.advice(operation.get(), operations));
            }
        }
        return new Subject(service, operation);
    }

    private Optional<Objective> errors(Value value, SourceLocation location) {
        String advice = "write e.g. { during: migration, max: 0.1% }";
        Block block = value.block(Keys.of("service", "operation", "during", "max"), advice);
        Subject subject = subject(block);
        Optional<Stage> during = judged(block);
        Optional<Double> max = block.require("max", advice).map(Value::percentage);
        return during.flatMap(stage -> max.map(
                fraction -> new Objective.Errors(location, subject.service(), subject.operation(), stage, fraction)));
    }

    private Optional<Objective> outage(Value value, SourceLocation location) {
        Block block =
                value.block(Keys.of("service", "operation", "max"), "write e.g. { operation: read-order, max: 5s }");
        Subject subject = subject(block);
        return limit(block, "max: 5s")
                .map(max -> new Objective.Outage(location, subject.service(), subject.operation(), max));
    }

    private Optional<Objective> lockHold(Value value, SourceLocation location) {
        Block block =
                value.block(Keys.of("mode", "relation", "max"), "write e.g. { mode: AccessExclusive, max: 100ms }");
        Map<String, String> modes = new LinkedHashMap<>();
        MODES.forEach(mode -> modes.put(mode, mode));
        Optional<String> mode = block.get("mode").flatMap(word -> word.word(modes, List.of()));
        Optional<String> relation = block.get("relation").map(name -> name.text("name a table or an index"));
        if (relation.isPresent() && !relation.get().isEmpty() && !relationKnown.test(relation.get())) {
            block.get("relation")
                    .orElseThrow()
                    .problem("neither the schema nor the migration speaks of " + Value.shorten(relation.get())
                            + "; name a table or an index");
        }
        return limit(block, "max: 100ms").map(max -> new Objective.LockHold(location, mode, relation, max));
    }

    private static Optional<Objective> lockWait(Value value, SourceLocation location) {
        String advice = "write e.g. { victims: application, max: 500ms }";
        Block block = value.block(Keys.of("victims", "max"), advice);
        Map<String, Victims> words = new LinkedHashMap<>();
        words.put("application", Victims.APPLICATION);
        words.put("migration", Victims.MIGRATION);
        Victims victims = block.get("victims")
                .flatMap(word -> word.word(words, List.of()))
                .orElse(Victims.APPLICATION);
        return limit(block, "max: 500ms").map(max -> new Objective.LockWait(location, victims, max));
    }

    /** An objective that says only that a drill is to go well. */
    private Optional<Objective> ofDrill(Value value, String word, Objective.OfDrill objective) {
        Block block = value.block(Keys.of(word), "write { " + word + ": true }");
        block.get(word).ifPresent(given -> given.word(Map.of("true", true), List.of()));
        requireDrill(value, objective.drills());
        return Optional.of(objective);
    }

    private Optional<Objective> compatible(Value value, SourceLocation location) {
        String advice = "write e.g. { versions: [ old ] }";
        Block block = value.block(Keys.of("versions"), advice);
        Set<String> known = new TreeSet<>(Set.of(Workload.Service.OLD));
        workload.services().forEach(service -> known.addAll(service.versions().keySet()));
        List<String> versions = new ArrayList<>();
        block.get("versions").ifPresent(list -> {
            for (Value item : list.filledList(advice)) {
                String version = item.text("name a version");
                if (namesComplete && !version.isEmpty() && !known.contains(version)) {
                    item.problem("no service has a version " + Value.shorten(version) + "; "
                            + Nearest.advice(version, known));
                }
                versions.add(version);
            }
        });
        requireDrill(value, Set.of(Drill.COMPATIBILITY));
        return Optional.of(
                new Objective.Compatible(location, versions.isEmpty() ? List.of(Workload.Service.OLD) : versions));
    }

    private void requireDrill(Value value, Set<Drill> any) {
        if (drills.stream().noneMatch(any::contains)) {
            value.problem("nothing tries this out; add drills: [ "
                    + any.iterator().next().word() + " ], or remove this objective");
        }
    }

    private Optional<Objective> lostWrites(Value value, SourceLocation location) {
        if (namesComplete && !workload.keepsLedger()) {
            value.problem("no operation of the workload leaves entries in the ledger, so no loss could be seen; let one"
                    + " write, and remove its ledger: false");
        }
        if (value.node() instanceof YamlNode.Mapping) {
            return value.block(Keys.of("max"), "write none, or { max: 10 }")
                    .require("max", "write e.g. max: 10")
                    .map(max -> new Objective.LostWrites(location, max.whole(0, Long.MAX_VALUE, 0)));
        }
        return value.word(Map.of("none", 0L), List.of()).map(none -> new Objective.LostWrites(location, none));
    }

    private Optional<Objective> rollback(Value value, SourceLocation location) {
        Block block = value.block(Keys.of("succeeds", "max"), "write e.g. { succeeds: true, max: 30s }");
        boolean succeeds = block.get("succeeds")
                .flatMap(word -> word.word(Map.of("true", true), List.of()))
                .orElse(true);
        Optional<Duration> max = block.duration("max", SHORTEST);
        if (!stages.hasRollback()) {
            value.problem("there is nothing to roll back with; add migration.rollback.steps, or remove this objective");
        }
        return Optional.of(new Objective.Rollback(location, succeeds, max));
    }
}
