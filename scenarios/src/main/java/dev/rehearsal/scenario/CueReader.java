package dev.rehearsal.scenario;

import dev.rehearsal.scenario.sql.StatementKind;
import dev.rehearsal.scenario.sql.StatementKind.IndexWork;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Reads {@code at} of a fault. */
final class CueReader {
    static final String ADVICE = "write e.g. { step: add column, after: 2s } or { stage: baseline, after: 5s }";

    private static final Keys KEYS =
            Keys.of("step", "stage", "before", "after", "lockQueued", "lockHeld", "committing", "phase");
    private static final String EXAMPLE_PHASE = "waiting for writers before validation";
    private static final String NO_STATEMENTS = "it has no statements; write the name of a step of SQL";
    private static final Duration ZERO = Duration.ZERO;

    private final StageWords stages;
    private final List<String> steps;
    private final List<Step> plan;
    private final Predicate<String> tableKnown;

    /**
     * @param steps the names of all, also of those that could not be read
     * @param tableKnown whether the schema has a table of that name
     */
    CueReader(StageWords stages, List<String> steps, MigrationPlan plan, Predicate<String> tableKnown) {
        this.stages = stages;
        this.steps = steps;
        this.plan =
                Stream.concat(plan.steps().stream(), plan.rollback().stream()).toList();
        this.tableKnown = tableKnown;
    }

    Optional<Cue> read(Value value) {
        Block block = value.block(KEYS, ADVICE);
        if (block.has("lockQueued") || block.has("lockHeld")) {
            return onLock(value, block);
        }
        if (block.has("committing")) {
            return committing(value, block);
        }
        if (block.has("phase")) {
            return inPhase(value, block);
        }
        boolean before = block.has("before");
        boolean after = block.has("after");
        Duration time = block.duration(before ? "before" : "after", ZERO, Duration.ofSeconds(2));
        if (before && after) {
            value.problem("has both before and after; keep one");
            return Optional.empty();
        }
        if (block.has("step") == block.has("stage")) {
            if (block.isMapping() && !value.problems().anyWithin(value.path())) {
                value.problem((block.has("step") ? "names both a step and a stage; " : "names no step and no stage; ")
                        + ADVICE);
            }
            return Optional.empty();
        }
        if (!before && !after) {
            value.problem("says no time; " + ADVICE);
            return Optional.empty();
        }
        if (block.has("stage")) {
            Optional<Stage> stage = stages.read(block.get("stage").orElseThrow());
            if (before) {
                block.get("before").orElseThrow().problem("does not go with a stage; write after");
                return Optional.empty();
            }
            return stage.map(found -> new Cue.AfterStageStart(found, time));
        }
        return step(block.get("step").orElseThrow())
                .map(step -> before ? new Cue.BeforeStep(step, time) : new Cue.AfterStepStart(step, time));
    }

    private Optional<Cue> onLock(Value value, Block block) {
        String key = block.has("lockQueued") ? "lockQueued" : "lockHeld";
        if (!alone(value, block, "{ " + key + ": orders }", key)) {
            return Optional.empty();
        }
        Value name = block.get(key).orElseThrow();
        String table = name.text("name a table");
        if (table.isEmpty()) {
            return Optional.empty();
        }
        if (!tableKnown.test(table)) {
            name.problem("the dataset has no table " + Value.shorten(table) + "; name one of its tables");
            return Optional.empty();
        }
        return Optional.of(key.equals("lockQueued") ? new Cue.LockQueued(table) : new Cue.LockHeld(table));
    }

    /** Which message is the step's commit must be known before it runs. */
    private Optional<Cue> committing(Value value, Block block) {
        if (!alone(value, block, "{ committing: add column }", "committing")) {
            return Optional.empty();
        }
        Value name = block.get("committing").orElseThrow();
        Optional<String> named = step(name);
        Optional<String> whyNone = named.flatMap(this::planned).flatMap(CueReader::sendsNoCommit);
        if (whyNone.isPresent()) {
            name.problem("step " + name.shown() + " sends no commit, because " + whyNone.get() + ", or { step: "
                    + name.shown() + ", after: 100ms }");
            return Optional.empty();
        }
        return named.map(Cue.Committing::new);
    }

    /** Why it does not, and what to write: what follows a “because”. */
    private static Optional<String> sendsNoCommit(Step step) {
        return switch (step) {
            case Step.SqlStatements sql ->
                sql.transaction() == Step.Transaction.NONE && sql.lastCommit().isEmpty()
                        ? Optional.of("each of its statements commits itself; write begin and commit around them")
                        : Optional.empty();
            case Step.BackfillStep backfill -> Optional.of("each of its batches commits itself; write a step of SQL");
            case Step.DeployStep deploy -> Optional.of(NO_STATEMENTS);
            case Step.ToolStep tool ->
                Optional.of("it is " + tool.kind() + " that commits; write the name of a step of SQL");
            case Step.PauseStep pause -> Optional.of(NO_STATEMENTS);
            case Step.WaitStep wait -> Optional.of(NO_STATEMENTS);
        };
    }

    private Optional<Cue> inPhase(Value value, Block block) {
        if (!alone(value, block, "{ phase: " + EXAMPLE_PHASE + ", step: build index }", "phase", "step")) {
            return Optional.empty();
        }
        Value phase = block.get("phase").orElseThrow();
        String words = phase.text("name a phase, e.g. " + EXAMPLE_PHASE);
        Optional<String> step = block.get("step").flatMap(this::step);
        if (words.isEmpty() || (block.has("step") && step.isEmpty())) {
            return Optional.empty();
        }
        List<String> all = IndexPhase.of(IndexWork.REINDEX_CONCURRENTLY);
        if (!all.contains(words)) {
            phase.problem("no phase is called " + phase.shown() + "; " + Nearest.advice(words, all));
            return Optional.empty();
        }
        if (step.isPresent() && planned(step.get()).isEmpty()) {
            // Its mistakes are told where it stands.
            return Optional.empty();
        }
        List<IndexWork> works = plan.stream()
                .filter(each -> step.isEmpty() || step.get().equals(each.name()))
                .flatMap(each -> each.knownStatements().stream())
                .map(statement -> StatementKind.indexWork(statement.text()))
                .filter(work -> work != IndexWork.NONE)
                .toList();
        String whose = step.map(name -> "step " + Value.shorten(name)).orElse("the migration");
        boolean others = plan.stream()
                .filter(each -> step.isEmpty() || step.get().equals(each.name()))
                .anyMatch(Step.ToolStep.class::isInstance);
        if (others) {
            return Optional.of(new Cue.InPhase(words, step));
        }
        if (works.isEmpty()) {
            phase.problem(whose + " builds no index concurrently, which alone has phases; "
                    + (step.isPresent() ? "name a step that does" : "write another cue"));
            return Optional.empty();
        }
        if (works.stream().noneMatch(work -> IndexPhase.of(work).contains(words))) {
            phase.problem("is a phase of reindex concurrently, which " + whose
                    + " does not do; name another phase, e.g. " + EXAMPLE_PHASE);
            return Optional.empty();
        }
        return Optional.of(new Cue.InPhase(words, step));
    }

    private static boolean alone(Value value, Block block, String advice, String... keys) {
        List<String> others = KEYS.known().stream()
                .filter(other -> !List.of(keys).contains(other) && block.has(other))
                .toList();
        if (!others.isEmpty()) {
            value.problem(keys[0] + " does not go with " + String.join(" and ", others) + "; write " + advice);
        }
        return others.isEmpty();
    }

    /** Empty: it could not be read. */
    private Optional<Step> planned(String name) {
        return plan.stream().filter(step -> step.name().equals(name)).findFirst();
    }

    private Optional<String> step(Value value) {
        String name = value.text("name a step of the migration");
        if (name.isEmpty()) {
            return Optional.empty();
        }
        if (!steps.contains(name)) {
            value.problem("no step is called " + value.shown() + "; " + Nearest.advice(name, steps));
            return Optional.empty();
        }
        return Optional.of(name);
    }
}
