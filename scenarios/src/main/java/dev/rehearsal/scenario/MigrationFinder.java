package dev.rehearsal.scenario;

import dev.rehearsal.scenario.MigrationFolder.Migration;
import dev.rehearsal.scenario.MigrationScript.Section;
import dev.rehearsal.scenario.sql.SchemaChange;
import dev.rehearsal.scenario.sql.SqlSchema;
import dev.rehearsal.scenario.sql.SqlScript;
import dev.rehearsal.scenario.sql.TableAction;
import dev.rehearsal.scenario.yaml.Position;
import dev.rehearsal.scenario.yaml.YamlNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds out what a path is that somebody calls a migration: a file, a folder of them, a change log. Used once. */
final class MigrationFinder {
    private static final long MOST_BYTES = 16 << 20;
    private static final int HIGHEST_ROOT = 8;
    private static final int MOST_NAMED = 5;
    private static final String SQL = ".sql";
    private static final Pattern BACK = Pattern.compile("((.*[._-])?(down|rollback|undo|revert)|U[0-9].*__.*)\\.sql");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}:]+)}");
    private static final Pattern MISSING = Pattern.compile("not found in the configured search path|does not exist");
    private static final List<String> LOG_ENDS = List.of(".xml", ".yaml", ".yml", ".json");
    private static final String BASELINE_ALONE =
            "--baseline is for a folder of migrations and for a change log; leave it out";

    private final Path migration;
    private final Path directory;
    private final Path schemaFile;
    private final SqlSchema schema;
    private final Optional<String> baseline;
    private final Problems problems;
    private final Map<Path, String> texts = new HashMap<>();

    MigrationFinder(
            Path migration,
            Path directory,
            Path schemaFile,
            SqlSchema schema,
            Optional<String> baseline,
            Problems problems) {
        this.migration = migration;
        this.directory = directory;
        this.schemaFile = schemaFile;
        this.schema = schema;
        this.baseline = baseline;
        this.problems = problems;
    }

    Optional<FirstMigration> find() throws IOException {
        if (!Files.exists(migration)) {
            return refuse("does not exist; check the path");
        }
        return Files.isDirectory(migration) ? folder() : file();
    }

    private Optional<FirstMigration> refuse(String message) {
        problems.add(new SourceLocation(SourceFile.displayName(migration), 1, 1), "", message);
        return Optional.empty();
    }

    private Optional<FirstMigration> file() throws IOException {
        String name = fileName(migration);
        if (isChangeLog(migration)) {
            return liquibase(migration);
        }
        if (!name.endsWith(SQL)) {
            return refuse(
                    "is neither SQL nor a change log of Liquibase's; name a .sql file, a change log, or a folder of migrations");
        }
        if (BACK.matcher(name).matches()) {
            return refuse(
                    "is a way back by its name; name the file that goes forwards, whose way back is found by itself");
        }
        if (MigrationScript.of(text(migration)).annotated()) {
            return annotated();
        }
        return baseline.isPresent()
                ? refuse(BASELINE_ALONE)
                : files(List.of(migration), back(migration).stream().toList());
    }

    /** Both ways are in one text, which only those who read its comments can tell apart: it is one of its folder's migrations. */
    private Optional<FirstMigration> annotated() {
        Path folder = migration.getParent();
        return listed(folder).flatMap(found -> {
            List<Migration> all = found.migrations();
            int own = all.stream().map(Migration::up).toList().indexOf(migration);
            if (own < 0) {
                return refuse("is not named like a migration; write e.g. 0042_add_region.sql");
            }
            Map<String, Object> source = source(folder, found.gapsAllowed());
            List<String> remarks = new ArrayList<>();
            if (own > 0) {
                source.put("baseline", inDataset(all.get(own - 1).name()));
                remarks.add(
                        "Of the folder this one: those before it are taken to be in the schema, those behind it are left out.");
            }
            if (own < all.size() - 1) {
                source.put("target", all.get(own).name());
            }
            return Optional.of(scripts("folder", source, List.of(all.get(own)), remarks));
        });
    }

    private Optional<FirstMigration> folder() throws IOException {
        List<Path> beside = list(migration, 1);
        List<Path> logs = beside.stream().filter(this::isChangeLog).toList();
        if (!logs.isEmpty()) {
            return changeLog(logs);
        }
        if (list(migration, 20).stream().anyMatch(MigrationFinder::isOfFlyway)) {
            return flyway();
        }
        List<Path> scripts = beside.stream()
                .filter(file -> fileName(file).endsWith(SQL) && !file.equals(schemaFile))
                .toList();
        boolean conventional = !beside.contains(schemaFile)
                && scripts.stream()
                        .allMatch(file -> List.of("up.sql", "down.sql").contains(fileName(file))
                                || MigrationFileName.parse(fileName(file)).isPresent());
        if (conventional) {
            return plainFolder();
        }
        Optional<Path> bothWays = scripts.stream()
                .filter(file -> MigrationScript.of(text(file)).annotated())
                .findFirst();
        if (bothWays.isPresent()) {
            return refuse(
                    SourceFile.displayName(bothWays.get())
                            + " goes both ways, and not all files beside it are named like migrations; keep the migrations in a folder of their own");
        }
        if (baseline.isPresent()) {
            return refuse(BASELINE_ALONE);
        }
        List<Path> forwards = scripts.stream()
                .filter(file -> !BACK.matcher(fileName(file)).matches())
                .toList();
        List<Path> backwards = scripts.stream()
                .filter(file -> BACK.matcher(fileName(file)).matches())
                .toList();
        return forwards.isEmpty()
                ? refuse("holds no migration; name a .sql file, a change log, or a folder of migrations")
                : files(forwards, backwards.reversed());
    }

    private Optional<FirstMigration> files(List<Path> forwards, List<Path> backwards) {
        Set<String> names = new LinkedHashSet<>();
        forwards.forEach(file -> names.addAll(SqlSchema.read(text(file)).names()));
        return Optional.of(new FirstMigration(
                forwards.stream().map(file -> step(stepName(file), file)).toList(),
                backwards.isEmpty()
                        ? new FirstMigration.WayBack.Nothing()
                        : new FirstMigration.WayBack.Files(backwards.stream()
                                .map(file -> step("undo " + stepName(file), file))
                                .toList()),
                names,
                List.of()));
    }

    private Map<String, Object> step(String name, Path file) {
        Map<String, Object> step = new LinkedHashMap<>();
        step.put("name", name);
        step.put("file", relative(file));
        return step;
    }

    private static String stepName(Path file) {
        return fileName(file).substring(0, fileName(file).length() - SQL.length());
    }

    /** The way back of one file, in the spellings that teams have. */
    private static Optional<Path> back(Path file) throws IOException {
        String stem = stepName(file);
        Optional<MigrationFileName> parsed = MigrationFileName.parse(fileName(file));
        List<String> candidates = new ArrayList<>();
        if (stem.matches("up|migration|migrate")) {
            candidates.addAll(List.of("down.sql", "rollback.sql", "undo.sql", "revert.sql"));
        }
        for (String base : new LinkedHashSet<>(List.of(stem.replaceFirst("[._-]up$", ""), stem))) {
            for (String word : List.of("down", "rollback", "undo", "revert")) {
                Stream.of(".", "_", "-").forEach(separator -> candidates.add(base + separator + word + SQL));
            }
        }
        Optional<Path> named = candidates.stream()
                .map(file::resolveSibling)
                .filter(Files::isRegularFile)
                .findFirst();
        if (named.isPresent() || !isOfFlyway(file)) {
            return named;
        }
        return list(file.getParent(), 1).stream()
                .filter(other -> fileName(other).startsWith("U"))
                .filter(other -> MigrationFileName.parse(fileName(other))
                        .flatMap(MigrationFileName::version)
                        .equals(parsed.flatMap(MigrationFileName::version)))
                .findFirst();
    }

    private Optional<FirstMigration> plainFolder() {
        return listed(migration)
                .flatMap(found -> chosen(found.migrations()).map(chosen -> {
                    Map<String, Object> source = source(migration, found.gapsAllowed());
                    chosen.baseline().ifPresent(name -> source.put("baseline", inDataset(name)));
                    return scripts("folder", source, chosen.rehearsed(), chosen.remarks());
                }));
    }

    private Optional<FirstMigration> flyway() {
        Value value = value(migration);
        int before = problems.size();
        List<Migration> all = MigrationFolder.read(List.of(migration), value, true, true).migrations().stream()
                .filter(Migration::flyway)
                .toList();
        if (problems.size() > before) {
            return Optional.empty();
        }
        return chosen(all).map(chosen -> {
            Map<String, Object> source = new LinkedHashMap<>();
            source.put("locations", List.of(relative(migration)));
            chosen.baseline().ifPresent(name -> source.put("baseline", inDataset(name)));
            List<String> remarks = new ArrayList<>(chosen.remarks());
            Set<String> placeholders = new TreeSet<>();
            all.forEach(each -> {
                Matcher matcher = PLACEHOLDER.matcher(text(each.up()));
                while (matcher.find()) {
                    placeholders.add("flyway.placeholders." + matcher.group(1) + ": …");
                }
            });
            if (!placeholders.isEmpty()) {
                remarks.add("The scripts have placeholders. Say what they stand for, as your application does:");
                remarks.add("configuration: { " + String.join(", ", placeholders) + " }");
            }
            return scripts("flyway", source, chosen.rehearsed(), remarks);
        });
    }

    private FirstMigration scripts(
            String key, Map<String, Object> source, List<Migration> rehearsed, List<String> remarks) {
        List<String> without = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        for (Migration each : rehearsed) {
            names.addAll(SqlSchema.read(forwards(each)).names());
            if (each.down().isEmpty()
                    && MigrationScript.of(text(each.up())).down().isEmpty()) {
                without.add(each.name());
            }
        }
        return new FirstMigration(List.of(Map.of(key, source)), wayBack(without, rehearsed.size()), names, remarks);
    }

    private static FirstMigration.WayBack wayBack(List<String> without, int all) {
        return without.isEmpty()
                ? new FirstMigration.WayBack.WithThem()
                : without.size() == all
                        ? new FirstMigration.WayBack.Nothing()
                        : new FirstMigration.WayBack.OfSomeAlone(without);
    }

    /**
     * Which migrations are rehearsed.
     *
     * @param baseline the last that is in production already
     */
    private record Chosen(Optional<String> baseline, List<Migration> rehearsed, List<String> remarks) {}

    private Optional<Chosen> chosen(List<Migration> all) {
        int last = -1;
        List<String> remarks = new ArrayList<>();
        if (baseline.isPresent()) {
            for (int i = 0; i < all.size(); i++) {
                if (isNamed(all.get(i), baseline.get())) {
                    last = i;
                }
            }
            if (last < 0) {
                refuse("has no migration " + Value.shorten(baseline.get()) + "; the last are "
                        + String.join(
                                ", ", lastOf(all.stream().map(Migration::name).toList())));
                return Optional.empty();
            }
            remarks.add("Those up to the baseline are in production, and in the schema: they are noted, not run.");
        } else {
            for (int i = 0; i < all.size(); i++) {
                last = isThere(all.get(i)) ? i : last;
            }
            if (last >= 0) {
                remarks.add("The schema has what " + all.get(last).name()
                        + " adds. So it and those before it are noted as done, not run;");
                remarks.add("where production is elsewhere, write another baseline.");
            }
        }
        if (last == all.size() - 1) {
            refuse("has nothing to rehearse: " + SourceFile.displayName(schemaFile) + " is the schema after "
                    + all.get(last).name() + ", the last migration; give the schema before it: --schema FILE");
            return Optional.empty();
        }
        return Optional.of(new Chosen(
                last < 0 ? Optional.empty() : Optional.of(all.get(last).name()),
                all.subList(last + 1, all.size()),
                remarks));
    }

    private static boolean isNamed(Migration migration, String name) {
        return migration.name().equals(name)
                || MigrationVersion.parse(name)
                        .flatMap(version -> migration.version().map(own -> own.compareTo(version) == 0))
                        .orElse(false);
    }

    private static List<String> lastOf(List<String> names) {
        return names.subList(Math.max(0, names.size() - 3), names.size());
    }

    /** Whether the schema has all that the migration adds, which is something. */
    private boolean isThere(Migration each) {
        int there = 0;
        for (SqlScript.Statement statement : SqlScript.split(forwards(each)).statements()) {
            switch (SchemaChange.read(statement.text())) {
                case SchemaChange.TableCreated created -> {
                    if (!schema.tables().containsKey(created.table())) {
                        return false;
                    }
                    there++;
                }
                case SchemaChange.TableAltered altered -> {
                    Optional<SqlSchema.Table> table =
                            Optional.ofNullable(schema.tables().get(altered.table()));
                    for (TableAction action : altered.actions()) {
                        if (action instanceof TableAction.ColumnAdded added) {
                            if (table.isEmpty()
                                    || !table.get()
                                            .columns()
                                            .containsKey(added.column().name())) {
                                return false;
                            }
                            there++;
                        }
                    }
                }
                case SchemaChange.IndexCreated index -> {}
                case SchemaChange.Dropped dropped -> {}
                case SchemaChange.RowsChanged rows -> {}
                case SchemaChange.Nothing nothing -> {}
                case SchemaChange.OtherObject other -> {}
                case SchemaChange.Unread unread -> {}
            }
        }
        return there > 0;
    }

    private String forwards(Migration each) {
        String text = text(each.up());
        Optional<Section> up = MigrationScript.of(text).up();
        return up.map(section -> text.substring(section.from(), section.to())).orElse("");
    }

    /** The migrations of a folder of plain SQL. */
    private record Listing(List<Migration> migrations, boolean gapsAllowed) {}

    /** Gaps in their numbers are written down, not refused: it is not for a first scenario to mend them. */
    private Optional<Listing> listed(Path folder) {
        Problems strict = new Problems();
        List<Migration> found = MigrationFolder.read(List.of(folder), new Value(node(folder), "", strict), false, false)
                .migrations();
        if (strict.isEmpty()) {
            return Optional.of(new Listing(found, false));
        }
        int before = problems.size();
        List<Migration> all = MigrationFolder.read(List.of(folder), value(folder), false, true)
                .migrations();
        return problems.size() > before ? Optional.empty() : Optional.of(new Listing(all, true));
    }

    private Map<String, Object> source(Path folder, boolean gapsAllowed) {
        Map<String, Object> source = new LinkedHashMap<>();
        source.put("path", relative(folder));
        if (gapsAllowed) {
            source.put("gaps", "allowed");
        }
        return source;
    }

    private static Map<String, Object> inDataset(String to) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("to", to);
        map.put("in", "dataset");
        return map;
    }

    private Value value(Path folder) {
        return new Value(node(folder), "", problems);
    }

    private static YamlNode node(Path folder) {
        String name = SourceFile.displayName(folder);
        return new YamlNode.Scalar(name, true, new Position(name, 1, 1));
    }

    private Optional<FirstMigration> changeLog(List<Path> logs) {
        List<Path> masters = logs.stream()
                .filter(file -> fileName(file).toLowerCase(Locale.ROOT).matches(".*(master|root|main|index).*"))
                .toList();
        List<Path> chosen = logs.size() == 1 ? logs : masters;
        if (chosen.size() != 1) {
            return refuse("holds several change logs ("
                    + String.join(
                            ", ",
                            logs.stream()
                                    .limit(MOST_NAMED)
                                    .map(MigrationFinder::fileName)
                                    .toList())
                    + (logs.size() > MOST_NAMED ? ", …" : "")
                    + "); name the one that includes the others");
        }
        return liquibase(chosen.getFirst());
    }

    /** What a change log includes may be relative to a folder above it, which is the first in which Liquibase finds it all. */
    private Optional<FirstMigration> liquibase(Path log) {
        Optional<ChangeSets> reader = ServiceLoader.load(ChangeSets.class).findFirst();
        Path root = log.getParent();
        Optional<String> unreadable = Optional.empty();
        for (int height = 0; height < HIGHEST_ROOT && root != null && reader.isPresent(); height++) {
            MigrationSource.Liquibase source = new MigrationSource.Liquibase(
                    root,
                    root.relativize(log).toString(),
                    Optional.empty(),
                    Optional.empty(),
                    Map.of(),
                    new MigrationSource.Selection(Optional.empty(), false, Optional.empty(), List.of()));
            try {
                List<ChangeSets.Listed> all = reader.get().read(source);
                return changeSets(source, all);
            } catch (ChangeSets.UnreadableException e) {
                String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
                if (!MISSING.matcher(why).find()) {
                    return refuse("cannot be read by Liquibase from " + SourceFile.displayName(root) + ": " + why);
                }
                unreadable = unreadable.or(() -> Optional.of(why));
            }
            root = root.getParent();
        }
        return refuse(
                reader.isEmpty()
                        ? "cannot be read here, because Liquibase is not on the class path"
                        : "cannot be read by Liquibase: " + unreadable.orElse("it has no folder"));
    }

    private Optional<FirstMigration> changeSets(MigrationSource.Liquibase source, List<ChangeSets.Listed> all) {
        List<ChangeSets.Listed> rehearsed = all;
        if (baseline.isPresent()) {
            List<String> ids = all.stream().map(ChangeSets.Listed::id).toList();
            int last = Math.max(
                    ids.lastIndexOf(baseline.get()),
                    all.stream().map(ChangeSets.Listed::identity).toList().lastIndexOf(baseline.get()));
            if (last < 0) {
                return refuse("has no change set " + Value.shorten(baseline.get()) + "; the last are "
                        + String.join(", ", lastOf(ids)));
            }
            rehearsed = all.subList(last + 1, all.size());
        }
        if (rehearsed.isEmpty()) {
            return refuse("has no change set to rehearse"
                    + baseline.map(name -> " after " + Value.shorten(name)).orElse(""));
        }
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("changelog", source.changelog());
        written.put("root", relative(source.root()));
        baseline.ifPresent(name -> written.put("baseline", inDataset(name)));
        List<String> without = rehearsed.stream()
                .filter(changeSet -> !changeSet.canGoBack())
                .map(ChangeSets.Listed::id)
                .toList();
        Set<String> names = new LinkedHashSet<>();
        rehearsed.stream()
                .map(changeSet -> source.root().resolve(changeSet.file()))
                .distinct()
                .filter(Files::isRegularFile)
                .forEach(file ->
                        names.addAll(List.of(text(file).toLowerCase(Locale.ROOT).split("[^a-z0-9_]+"))));
        return Optional.of(
                new FirstMigration(
                        List.of(Map.of("liquibase", written)),
                        wayBack(without, rehearsed.size()),
                        names,
                        List.of(
                                baseline.isPresent()
                                        ? "Change sets up to the baseline are in production, and in the schema: they are noted, not run."
                                        : "All change sets are run. baseline: { to: ID, in: dataset } says which the schema has already.",
                                "root is what its paths are relative to, as in production: they are part of each change set's identity.")));
    }

    /** Whether Liquibase reads it. A YAML file may be anything else. */
    private boolean isChangeLog(Path file) {
        String name = fileName(file);
        if (name.endsWith(SQL)) {
            return text(file).stripLeading().toLowerCase(Locale.ROOT).matches("(?s)--\\s*liquibase formatted sql.*");
        }
        return LOG_ENDS.stream().anyMatch(name::endsWith) && text(file).contains("databaseChangeLog");
    }

    private static boolean isOfFlyway(Path file) {
        return fileName(file).matches("[VR].*")
                && MigrationFileName.parse(fileName(file)).isPresent();
    }

    private static List<Path> list(Path folder, int depth) throws IOException {
        try (Stream<Path> files = Files.walk(folder, depth)) {
            return files.filter(Files::isRegularFile)
                    .sorted(Comparator.comparing(Path::toString))
                    .toList();
        }
    }

    /** Empty for what is too large or no text, which is said where it matters. */
    private String text(Path file) {
        return texts.computeIfAbsent(
                file,
                path -> SourceFile.read(path, Optional.empty(), "migration", MOST_BYTES, new Problems())
                        .map(SourceFile::text)
                        .orElse(""));
    }

    private String relative(Path path) {
        String relative = directory.relativize(path).toString();
        return relative.isEmpty() ? "." : relative;
    }

    private static String fileName(Path file) {
        return String.valueOf(file.getFileName());
    }
}
