package dev.rehearsal.scenario;

import dev.rehearsal.scenario.MigrationFolder.Migration;
import dev.rehearsal.scenario.MigrationScript.Section;
import dev.rehearsal.scenario.MigrationSource.Selection;
import dev.rehearsal.scenario.Step.LockPolicy;
import dev.rehearsal.scenario.Step.SqlStatement;
import dev.rehearsal.scenario.Step.ToolAction;
import dev.rehearsal.scenario.Step.Transaction;
import dev.rehearsal.scenario.sql.StatementKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** Reads {@code folder}, {@code flyway} and {@code liquibase}, each of which is many steps. */
final class SourceReader {
    private static final long MAXIMUM_FILE_BYTES = 16 << 20;
    private static final int NAMED = 3;
    private static final Keys FOLDER_KEYS = Keys.of("path", "gaps", "baseline", "target", "only");
    private static final Keys FLYWAY_KEYS = Keys.of("locations", "configuration", "baseline", "target", "only");
    private static final Keys LIQUIBASE_KEYS =
            Keys.of("changelog", "root", "contexts", "labels", "parameters", "baseline", "target", "only");
    private static final Keys BASELINE_KEYS = Keys.of("to", "in");
    private static final String FOLDER_ADVICE = "write e.g. folder: { path: db/migrations, baseline: \"0041\" }";
    private static final String FLYWAY_ADVICE = "write e.g. flyway: { locations: [ db/migration ], baseline: \"41\" }";
    private static final String LIQUIBASE_ADVICE = "write e.g. liquibase: { changelog: db/changelog.yaml }";

    private final SqlTexts texts;
    private final Problems problems;
    private final Path folder;
    private final Optional<AddedMigrations> added;

    /** @param added what a branch adds, if only that is to be rehearsed */
    SourceReader(SqlTexts texts, Problems problems, Path folder, Optional<AddedMigrations> added) {
        this.texts = texts;
        this.problems = problems;
        this.folder = folder;
        this.added = added;
    }

    /**
     * The steps that a source is.
     *
     * @param baseline those that are in production already and that the dataset does not have
     * @param back in reverse order; of the migrations that have a way back
     * @param noWayBack what those lack that have none, one a migration
     */
    record Expanded(List<Step> baseline, List<Step> steps, List<Step> back, List<String> noWayBack) {
        Expanded {
            baseline = List.copyOf(baseline);
            steps = List.copyOf(steps);
            back = List.copyOf(back);
            noWayBack = List.copyOf(noWayBack);
        }

        static Expanded nothing() {
            return new Expanded(List.of(), List.of(), List.of(), List.of());
        }
    }

    Expanded folder(Value value, LockPolicy policy) {
        Optional<Block> block =
                value.scalar().isPresent() ? Optional.empty() : Optional.of(value.block(FOLDER_KEYS, FOLDER_ADVICE));
        Optional<Value> path =
                block.isEmpty() ? Optional.of(value) : block.get().require("path", FOLDER_ADVICE);
        Optional<Path> found = path.flatMap(this::path);
        if (found.isEmpty()) {
            return Expanded.nothing();
        }
        boolean gaps = block.flatMap(keys -> keys.get("gaps"))
                .flatMap(word -> word.word(Map.of("allowed", true), List.of()))
                .orElse(false);
        int before = problems.size();
        List<Migration> migrations =
                MigrationFolder.read(List.of(found.get()), value, false, gaps).migrations();
        if (problems.size() > before) {
            return Expanded.nothing();
        }
        MigrationSource.Folder source = new MigrationSource.Folder(found.get(), gaps, selection(block));
        return scripts(value, block, source, migrations, policy);
    }

    Expanded flyway(Value value, LockPolicy policy) {
        Block block = value.block(FLYWAY_KEYS, FLYWAY_ADVICE);
        List<Path> locations = block
                .require("locations", FLYWAY_ADVICE)
                .map(list -> list.scalar().isPresent() ? List.of(list) : list.filledList(FLYWAY_ADVICE))
                .orElse(List.of())
                .stream()
                .flatMap(each -> location(each).stream())
                .toList();
        if (locations.isEmpty()) {
            return Expanded.nothing();
        }
        int before = problems.size();
        List<Migration> migrations = MigrationFolder.read(locations, value, true, true).migrations().stream()
                .filter(Migration::flyway)
                .toList();
        if (problems.size() == before && migrations.isEmpty()) {
            value.problem("there is no migration of Flyway's in " + SourceFile.displayName(locations.getFirst())
                    + "; they are called V42__add_region.sql or R__totals.sql");
        }
        if (problems.size() > before) {
            return Expanded.nothing();
        }
        MigrationSource.Flyway source =
                new MigrationSource.Flyway(locations, texts(block, "configuration"), selection(Optional.of(block)));
        return scripts(value, Optional.of(block), source, migrations, policy);
    }

    /** Flyway's own way of writing it is taken too. */
    private Optional<Path> location(Value value) {
        String written = value.text("name a folder");
        String place = written.startsWith("filesystem:") ? written.substring("filesystem:".length()) : written;
        if (place.startsWith("classpath:")) {
            value.problem(
                    "is in a class path, which the harness does not have; name the folder, e.g. src/main/resources/db/migration");
            return Optional.empty();
        }
        return isNamed(place, value) ? Paths.resolve(folder, place, value) : Optional.empty();
    }

    Expanded liquibase(Value value, LockPolicy policy) {
        Block block = value.block(LIQUIBASE_KEYS, LIQUIBASE_ADVICE);
        String changelog = block.require("changelog", LIQUIBASE_ADVICE)
                .map(text -> text.text("name a change log"))
                .orElse("");
        Optional<Path> root = block.has("root") ? path(block.get("root").orElseThrow()) : Optional.of(folder);
        if (changelog.isEmpty() && block.get("changelog").flatMap(Value::scalar).isPresent()) {
            block.get("changelog").orElseThrow().problem("is empty; name a change log");
        }
        if (changelog.isEmpty() || root.isEmpty()) {
            return Expanded.nothing();
        }
        MigrationSource.Liquibase source = new MigrationSource.Liquibase(
                root.get(),
                changelog,
                text(block, "contexts", "name contexts, e.g. production"),
                text(block, "labels", "write an expression over labels"),
                texts(block, "parameters"),
                selection(Optional.of(block)));
        Value named = block.get("changelog").orElseThrow();
        if (!Files.isRegularFile(root.get().resolve(changelog))) {
            named.problem(
                    "change log " + SourceFile.displayName(root.get().resolve(changelog))
                            + " does not exist; check the path, which is relative to root, and without one to the scenario's folder");
            return Expanded.nothing();
        }
        Optional<ChangeSets> reader = ServiceLoader.load(ChangeSets.class).findFirst();
        if (reader.isEmpty()) {
            named.problem("change logs cannot be read here, because Liquibase is not on the class path");
            return Expanded.nothing();
        }
        try {
            return changeSets(value, block, source, reader.get().read(source), policy);
        } catch (ChangeSets.UnreadableException e) {
            named.problem("Liquibase cannot read " + changelog + ": " + e.getMessage());
            return Expanded.nothing();
        }
    }

    private Expanded changeSets(
            Value value,
            Block block,
            MigrationSource.Liquibase source,
            List<ChangeSets.Listed> all,
            LockPolicy policy) {
        if (all.isEmpty()) {
            value.problem("the change log " + source.changelog() + " has no change set that is run on PostgreSQL");
            return Expanded.nothing();
        }
        Map<String, Long> byId = new HashMap<>();
        all.forEach(changeSet -> byId.merge(changeSet.id(), 1L, Long::sum));
        Map<String, String> names = new HashMap<>();
        Set<String> taken = new HashSet<>();
        for (ChangeSets.Listed changeSet : all) {
            String name = byId.get(changeSet.id()) == 1 ? changeSet.id() : changeSet.id() + " by " + changeSet.author();
            names.put(changeSet.identity(), taken.add(name) ? name : changeSet.identity());
        }
        Function<ChangeSets.Listed, String> name = changeSet -> names.getOrDefault(changeSet.identity(), "");
        Optional<Predicate<ChangeSets.Listed>> isNew = Optional.empty();
        if (added.isPresent()) {
            try {
                Set<String> identities = added.get().changeSets(source, all);
                isNew = Optional.of(changeSet -> identities.contains(changeSet.identity()));
            } catch (AddedMigrations.UnknownException e) {
                value.problem(e.getMessage());
                return Expanded.nothing();
            }
        }
        Optional<Split<ChangeSets.Listed>> split = split(
                value,
                Optional.of(block),
                source.selection(),
                all,
                name,
                (changeSet, text) -> text.equals(changeSet.id())
                        || text.equals(changeSet.identity())
                        || text.equals(name.apply(changeSet)),
                isNew,
                "change set");
        if (split.isEmpty()) {
            return Expanded.nothing();
        }
        MigrationSource.Liquibase selected = source.selecting(split.get().selection());
        List<Step> steps = new ArrayList<>();
        List<Step> back = new ArrayList<>();
        List<String> none = new ArrayList<>();
        List<String> shown = new ArrayList<>();
        List<Step> baseline = new ArrayList<>();
        for (ChangeSets.Listed changeSet : split.get().baseline()) {
            shown.add(changeSet.identity());
            baseline.add(step(name.apply(changeSet), selected, changeSet, shown, ToolAction.APPLY, policy));
        }
        if (selected.selection().inDataset() && !shown.isEmpty()) {
            Step.LiquibaseStep last = (Step.LiquibaseStep) baseline.getLast();
            baseline.clear();
            baseline.add(
                    new Step.LiquibaseStep(last.name(), last.location(), selected, shown, ToolAction.MARK, policy));
        }
        for (ChangeSets.Listed changeSet : split.get().rehearsed()) {
            shown.add(changeSet.identity());
            steps.add(step(name.apply(changeSet), selected, changeSet, shown, ToolAction.APPLY, policy));
            if (changeSet.canGoBack()) {
                back.addFirst(step(
                        "undo " + name.apply(changeSet), selected, changeSet, shown, ToolAction.TAKE_BACK, policy));
            } else {
                none.add("change set " + name.apply(changeSet) + " has no rollback");
            }
        }
        return new Expanded(baseline, steps, back, none);
    }

    private static Step step(
            String name,
            MigrationSource.Liquibase source,
            ChangeSets.Listed changeSet,
            List<String> shown,
            ToolAction action,
            LockPolicy policy) {
        SourceLocation location =
                new SourceLocation(SourceFile.displayName(source.root().resolve(changeSet.file())), 1, 1);
        return new Step.LiquibaseStep(name, location, source, shown, action, policy);
    }

    private Expanded scripts(
            Value value, Optional<Block> block, MigrationSource source, List<Migration> migrations, LockPolicy policy) {
        Optional<Predicate<Migration>> isNew = Optional.empty();
        if (added.isPresent()) {
            try {
                Set<Path> files = new HashSet<>();
                for (Path place : places(source)) {
                    files.addAll(added.get().files(place));
                }
                isNew = Optional.of(migration -> files.contains(migration.up()));
            } catch (AddedMigrations.UnknownException e) {
                value.problem(e.getMessage());
                return Expanded.nothing();
            }
        }
        Optional<Split<Migration>> split = split(
                value,
                block,
                source.selection(),
                migrations,
                Migration::name,
                (migration, text) -> text.equals(migration.name())
                        || MigrationVersion.parse(text)
                                .flatMap(version -> migration.version().map(own -> own.compareTo(version) == 0))
                                .orElse(false),
                isNew,
                "migration");
        return split.map(parts -> switch (source.selecting(parts.selection())) {
                    case MigrationSource.Folder chosen -> plain(value, chosen, parts, policy);
                    case MigrationSource.Flyway chosen -> byFlyway(value, chosen, parts, policy);
                    case MigrationSource.Liquibase other -> Expanded.nothing();
                })
                .orElseGet(Expanded::nothing);
    }

    private static List<Path> places(MigrationSource source) {
        return switch (source) {
            case MigrationSource.Folder plain -> List.of(plain.path());
            case MigrationSource.Flyway flyway -> flyway.locations();
            case MigrationSource.Liquibase liquibase -> List.of(liquibase.root());
        };
    }

    private Expanded plain(Value value, MigrationSource.Folder source, Split<Migration> split, LockPolicy policy) {
        List<Step> baseline = new ArrayList<>();
        List<Step> steps = new ArrayList<>();
        List<Step> back = new ArrayList<>();
        List<String> none = new ArrayList<>();
        if (!source.selection().inDataset()) {
            split.baseline()
                    .forEach(migration ->
                            forwards(value, source, migration, policy).ifPresent(baseline::add));
        }
        for (Migration migration : split.rehearsed()) {
            forwards(value, source, migration, policy).ifPresent(steps::add);
            Optional<Step> undo = backwards(value, source, migration, policy);
            undo.ifPresent(back::addFirst);
            if (undo.isEmpty()) {
                none.add(SourceFile.displayName(migration.up()) + " has no " + wayBack(migration));
            }
        }
        return new Expanded(baseline, steps, back, none);
    }

    private String wayBack(Migration migration) {
        boolean annotated = source(migration.up())
                .map(file -> MigrationScript.of(file.text()).annotated())
                .orElse(false);
        return annotated ? "part that goes down" : migration.missingDown();
    }

    private Optional<Step> forwards(
            Value value, MigrationSource.Folder source, Migration migration, LockPolicy policy) {
        Optional<SourceFile> file = source(migration.up());
        Optional<Section> up =
                file.flatMap(text -> MigrationScript.of(text.text()).up());
        Optional<Step> step = up.flatMap(section -> script(
                value,
                migration.name(),
                Optional.empty(),
                source,
                migration.up(),
                file.get(),
                section,
                List.of(),
                policy));
        if (file.isPresent() && step.isEmpty()) {
            value.problem(SourceFile.displayName(migration.up()) + " holds no SQL statement that goes forwards");
        }
        return step;
    }

    private Optional<Step> backwards(
            Value value, MigrationSource.Folder source, Migration migration, LockPolicy policy) {
        Path path = migration.down().orElse(migration.up());
        Optional<SourceFile> file = source(path);
        Optional<Section> down = file.map(text -> MigrationScript.of(text.text()))
                .flatMap(script -> migration.down().isPresent() && !script.annotated() ? script.up() : script.down());
        return down.flatMap(section -> script(
                value,
                "undo " + migration.name(),
                Optional.of(migration.name()),
                source,
                path,
                file.get(),
                section,
                List.of(),
                policy));
    }

    private Expanded byFlyway(Value value, MigrationSource.Flyway source, Split<Migration> split, LockPolicy policy) {
        List<Path> applied = new ArrayList<>();
        List<Step> baseline = new ArrayList<>();
        List<Step> steps = new ArrayList<>();
        List<Step> back = new ArrayList<>();
        List<String> none = new ArrayList<>();
        for (Migration migration : split.baseline()) {
            if (!source.selection().inDataset() || migration.version().isPresent()) {
                baseline.add(flywayStep(source, migration, applied, Optional.empty(), policy));
            }
        }
        if (source.selection().inDataset() && !baseline.isEmpty()) {
            Step.FlywayStep last = (Step.FlywayStep) baseline.getLast();
            baseline.clear();
            baseline.add(new Step.FlywayStep(
                    last.name(), last.location(), source, applied, Optional.empty(), ToolAction.MARK, policy));
        }
        for (Migration migration : split.rehearsed()) {
            steps.add(flywayStep(source, migration, applied, read(value, source, migration, policy), policy));
            Optional<Step> undo = undo(value, source, migration, policy);
            undo.ifPresent(back::addFirst);
            if (undo.isEmpty()) {
                none.add(SourceFile.displayName(migration.up())
                        + (migration.version().isPresent()
                                ? " has no " + migration.missingDown()
                                : " can be repeated, but not undone"));
            }
        }
        return new Expanded(baseline, steps, back, none);
    }

    private static Step flywayStep(
            MigrationSource.Flyway source,
            Migration migration,
            List<Path> applied,
            Optional<Step.ScriptStep> read,
            LockPolicy policy) {
        applied.add(migration.up());
        return new Step.FlywayStep(
                migration.name(),
                new SourceLocation(SourceFile.displayName(migration.up()), 1, 1),
                source,
                applied,
                read,
                ToolAction.APPLY,
                policy);
    }

    /** The script as it stands; nothing is known of one with placeholders, which Flyway fills in. */
    private Optional<Step.ScriptStep> read(
            Value value, MigrationSource.Flyway source, Migration migration, LockPolicy policy) {
        boolean verbatim = "false".equals(source.configuration().get("flyway.placeholderReplacement"));
        return source(migration.up())
                .filter(file -> verbatim || !file.text().contains("${"))
                .flatMap(file -> MigrationScript.of(file.text())
                        .up()
                        .flatMap(section -> script(
                                value,
                                migration.name(),
                                Optional.empty(),
                                source,
                                migration.up(),
                                file,
                                section,
                                List.of(),
                                policy)));
    }

    /** Flyway undoes nothing in its free edition; so the script is run like any other, and what Flyway noted of the migration is taken away with it. */
    private Optional<Step> undo(Value value, MigrationSource.Flyway source, Migration migration, LockPolicy policy) {
        return migration
                .down()
                .flatMap(path -> source(path)
                        .flatMap(file -> MigrationScript.of(file.text())
                                .up()
                                .flatMap(section -> script(
                                        value,
                                        "undo " + migration.name(),
                                        Optional.of(migration.name()),
                                        source,
                                        path,
                                        file,
                                        section,
                                        List.of(forget(source, migration)),
                                        policy))));
    }

    private static String forget(MigrationSource.Flyway source, Migration migration) {
        Map<String, String> settings = source.configuration();
        String table = quoted(settings.getOrDefault("flyway.table", "flyway_schema_history"));
        Optional<String> schema = Optional.ofNullable(settings.get("flyway.defaultSchema"))
                .or(() ->
                        Optional.ofNullable(settings.get("flyway.schemas")).map(all -> all.split(",", -1)[0].strip()));
        return "delete from " + schema.map(name -> quoted(name) + ".").orElse("") + table + " where script like '%"
                + migration.up().getFileName().toString().replace("'", "''") + "'";
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private final Map<Path, Optional<SourceFile>> read = new HashMap<>();

    private Optional<SourceFile> source(Path file) {
        return read.computeIfAbsent(
                file, path -> SourceFile.read(path, Optional.empty(), "migration", MAXIMUM_FILE_BYTES, problems));
    }

    private Optional<Step.ScriptStep> script(
            Value value,
            String name,
            Optional<String> undoes,
            MigrationSource source,
            Path path,
            SourceFile file,
            Section section,
            List<String> further,
            LockPolicy policy) {
        List<SqlTexts.Piece> pieces = texts.inSection(file, section);
        if (pieces.isEmpty()) {
            return Optional.empty();
        }
        List<SqlStatement> statements = new ArrayList<>();
        for (SqlTexts.Piece piece : pieces) {
            texts.remember(value.path() + "." + name + ".statements[" + statements.size() + "]", piece);
            statements.add(piece.statement());
        }
        further.forEach(
                sql -> statements.add(new SqlStatement(sql, statements.getLast().location())));
        Transaction transaction = section.transaction()
                .orElseGet(() -> pieces.stream()
                                .map(piece -> StatementKind.of(piece.text()))
                                .anyMatch(kind -> kind.controlsTransaction() || !kind.allowedInTransaction())
                        ? Transaction.NONE
                        : Transaction.ONE);
        return Optional.of(new Step.ScriptStep(name, undoes, source, path, statements, transaction, policy));
    }

    /**
     * The migrations apart.
     *
     * @param baseline those that are in production already
     */
    private record Split<T>(List<T> baseline, List<T> rehearsed, Selection selection) {}

    private interface Naming<T> {
        boolean names(T migration, String text);
    }

    private <T> Optional<Split<T>> split(
            Value value,
            Optional<Block> block,
            Selection asked,
            List<T> all,
            Function<T, String> name,
            Naming<T> naming,
            Optional<Predicate<T>> isNew,
            String word) {
        Selection selection = isNew.map(rule -> new Selection(
                        Optional.empty(),
                        asked.inDataset(),
                        Optional.empty(),
                        all.stream().filter(rule).map(name).toList()))
                .orElse(asked);
        if (isNew.isPresent() && selection.only().isEmpty()) {
            value.problem("nothing to rehearse: no " + word + " was added since "
                    + added.orElseThrow().reference());
            return Optional.empty();
        }
        if (!selection.only().isEmpty()) {
            return only(block, selection, all, name, naming, word);
        }
        Optional<Integer> baseline = position(block, "baseline", selection.baseline(), all, name, naming, word);
        Optional<Integer> target = position(block, "target", selection.target(), all, name, naming, word);
        if (baseline.isEmpty() != selection.baseline().isEmpty()
                || target.isEmpty() != selection.target().isEmpty()) {
            return Optional.empty();
        }
        int from = baseline.map(index -> index + 1).orElse(0);
        int to = target.map(index -> index + 1).orElse(all.size());
        if (from >= to) {
            value.problem("nothing to rehearse: there is no " + word + " after "
                    + name.apply(all.get(from - 1))
                    + target.map(index -> ", up to " + name.apply(all.get(index)))
                            .orElse("")
                    + "; choose an earlier baseline");
            return Optional.empty();
        }
        return Optional.of(new Split<>(all.subList(0, from), all.subList(from, to), selection));
    }

    private static <T> Optional<Split<T>> only(
            Optional<Block> block,
            Selection selection,
            List<T> all,
            Function<T, String> name,
            Naming<T> naming,
            String word) {
        boolean complete = true;
        for (String wanted : selection.only()) {
            if (all.stream().noneMatch(migration -> naming.names(migration, wanted))) {
                complete = false;
                block.flatMap(keys -> keys.get("only"))
                        .ifPresent(value -> value.problem(unknown(wanted, all, name, word)));
            }
        }
        Predicate<T> wanted = migration -> selection.only().stream().anyMatch(text -> naming.names(migration, text));
        return complete
                ? Optional.of(new Split<>(
                        all.stream().filter(wanted.negate()).toList(),
                        all.stream().filter(wanted).toList(),
                        selection))
                : Optional.empty();
    }

    private static <T> Optional<Integer> position(
            Optional<Block> block,
            String key,
            Optional<String> wanted,
            List<T> all,
            Function<T, String> name,
            Naming<T> naming,
            String word) {
        if (wanted.isEmpty()) {
            return Optional.empty();
        }
        for (int i = all.size() - 1; i >= 0; i--) {
            if (naming.names(all.get(i), wanted.get())) {
                return Optional.of(i);
            }
        }
        block.flatMap(keys -> keys.get(key)).ifPresent(value -> value.problem(unknown(wanted.get(), all, name, word)));
        return Optional.empty();
    }

    private static <T> String unknown(String wanted, List<T> all, Function<T, String> name, String word) {
        List<String> last = all.subList(Math.max(0, all.size() - NAMED), all.size()).stream()
                .map(name)
                .toList();
        return "no " + word + " is called " + Value.shorten(wanted) + "; the last are " + String.join(", ", last);
    }

    private Selection selection(Optional<Block> block) {
        Optional<Value> baseline = block.flatMap(keys -> keys.get("baseline"));
        List<String> only = block.flatMap(keys -> keys.get("only"))
                .map(list -> list.filledList("write e.g. only: [ 0042_add_region ]").stream()
                        .map(each -> each.text("name a migration"))
                        .filter(text -> !text.isEmpty())
                        .toList())
                .orElse(List.of());
        Optional<String> target =
                block.flatMap(keys -> keys.get("target")).map(value -> value.text("name the last to rehearse"));
        Optional<Block> detailed = baseline.filter(value -> value.scalar().isEmpty())
                .map(value -> value.block(BASELINE_KEYS, "write e.g. baseline: { to: \"0041\", in: dataset }"));
        boolean inDataset = detailed.flatMap(keys -> keys.get("in"))
                .flatMap(value -> value.word(Map.of("dataset", true), List.of()))
                .orElse(false);
        Optional<String> to = detailed.isPresent()
                ? detailed.get().get("to").map(value -> value.text("name the last that is there already"))
                : baseline.flatMap(Value::scalar);
        if (!only.isEmpty() && (to.isPresent() || target.isPresent())) {
            block.flatMap(keys -> keys.get("only"))
                    .ifPresent(value -> value.problem(
                            "does not go with " + (to.isPresent() ? "baseline" : "target") + "; keep one"));
        }
        return new Selection(to, inDataset, target, only);
    }

    private static Optional<String> text(Block block, String key, String advice) {
        return block.get(key).map(value -> value.text(advice));
    }

    private static Map<String, String> texts(Block block, String key) {
        Map<String, String> texts = new LinkedHashMap<>();
        block.get(key)
                .ifPresent(value -> value.named("write names and values")
                        .forEach(named -> texts.put(named.name(), named.value().text("write a value"))));
        return texts;
    }

    private static boolean isNamed(String place, Value value) {
        if (place.isEmpty() && value.scalar().isPresent()) {
            value.problem("is empty; name a folder, such as . for the scenario's own");
        }
        return !place.isEmpty();
    }

    private Optional<Path> path(Value value) {
        String written = value.text("name a folder");
        return isNamed(written, value) ? Paths.resolve(folder, written, value) : Optional.empty();
    }
}
