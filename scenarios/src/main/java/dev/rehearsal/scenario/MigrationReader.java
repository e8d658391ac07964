package dev.rehearsal.scenario;

import dev.rehearsal.scenario.Step.LockPolicy;
import dev.rehearsal.scenario.Step.SqlStatement;
import dev.rehearsal.scenario.Step.Transaction;
import dev.rehearsal.scenario.sql.NamedParameters;
import dev.rehearsal.scenario.sql.StatementKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code migration}. */
final class MigrationReader {
    static final Duration DEFAULT_TIME_LIMIT = Duration.ofMinutes(30);
    static final Duration DEFAULT_BACKOFF = Duration.ofMillis(100);

    private static final int MAXIMUM_RETRIES = 10_000;
    private static final long MAXIMUM_FILE_BYTES = 16 << 20;
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final List<String> LATER_STEPS =
            List.of("deploy", "backfill", "flyway", "liquibase", "command", "wait", "pause");
    private static final Keys KEYS = Keys.of("lockTimeout", "retries", "backoff", "timeLimit", "steps", "rollback");
    private static final Keys STEP_KEYS =
            new Keys(List.of("name", "sql", "file", "transaction", "lockTimeout", "retries"), LATER_STEPS);
    private static final String STEPS_ADVICE = "write e.g. - { name: add column, sql: alter table … }";

    private final SqlTexts texts;
    private final Problems problems;
    private final Path folder;
    private final Set<String> names = new LinkedHashSet<>();

    MigrationReader(SqlTexts texts, Problems problems, Path folder) {
        this.texts = texts;
        this.problems = problems;
        this.folder = folder;
    }

    MigrationPlan read(Value value) {
        Block block = value.block(KEYS, "give it steps");
        LockPolicy policy = new LockPolicy(
                block.duration("lockTimeout", SHORTEST),
                block.whole("retries", 0, MAXIMUM_RETRIES, 0),
                block.duration("backoff", SHORTEST, DEFAULT_BACKOFF));
        Duration timeLimit = block.duration("timeLimit", Duration.ofSeconds(1), DEFAULT_TIME_LIMIT);
        List<Step> steps = block.require("steps", STEPS_ADVICE)
                .map(list -> steps(list, "step ", policy))
                .orElse(List.of());
        List<Step> rollback = block.get("rollback")
                .map(part -> part.block(Keys.of("steps"), "write rollback: { steps: [ … ] }"))
                .flatMap(part -> part.require("steps", STEPS_ADVICE))
                .map(list -> steps(list, "rollback step ", policy))
                .orElse(List.of());
        return new MigrationPlan(timeLimit, steps, rollback);
    }

    /** Of all steps in the file, also of those that could not be read. */
    List<String> stepNames() {
        return List.copyOf(names);
    }

    private List<Step> steps(Value list, String unnamed, LockPolicy policy) {
        List<Step> steps = new ArrayList<>();
        int number = 0;
        for (Value item : list.filledList(STEPS_ADVICE)) {
            number++;
            step(item, unnamed + number, policy).ifPresent(steps::add);
        }
        return steps;
    }

    private Optional<Step> step(Value value, String unnamed, LockPolicy defaults) {
        Block block = value.block(STEP_KEYS, STEPS_ADVICE);
        String name = block.get("name").map(text -> text.text("name the step")).orElse(unnamed);
        if (!name.isEmpty() && !names.add(name)) {
            block.get("name")
                    .orElse(value)
                    .problem("another step is called " + Value.shorten(name) + "; give each a name of its own");
        }
        LockPolicy policy = new LockPolicy(
                block.duration("lockTimeout", SHORTEST).or(defaults::lockTimeout),
                block.whole("retries", 0, MAXIMUM_RETRIES, defaults.retries()),
                defaults.backoff());
        boolean forbidden = block.get("transaction")
                .flatMap(word -> word.word(Map.of("none", true), List.of()))
                .orElse(false);
        if (block.has("sql") && block.has("file")) {
            value.problem("has both sql and file; keep one");
            return Optional.empty();
        }
        if (block.has("sql")) {
            List<SqlTexts.Piece> pieces = texts.inScalar(block.get("sql").orElseThrow());
            return Optional.of(
                    new Step.SqlStep(name, statements(value, pieces), transaction(pieces, forbidden), policy));
        }
        if (block.has("file")) {
            return file(block.get("file").orElseThrow(), value, name, policy, forbidden);
        }
        if (block.isMapping() && !block.hasUnknown()) {
            value.problem("says nothing to do; write sql or file");
        }
        return Optional.empty();
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
