package dev.rehearsal.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The migrations in folders of SQL files, in the order in which they are applied: by version, then the repeatable ones by name.
 *
 * @param migrations in that order
 */
record MigrationFolder(List<Migration> migrations) {
    private static final int MOST_FILES = 20_000;

    MigrationFolder {
        migrations = List.copyOf(migrations);
    }

    /**
     * One migration.
     *
     * @param name of its files, without what tells their directions
     * @param version empty for repeatable ones, and for the only one of a folder that has no versions
     * @param up the file that goes forwards
     * @param down another file, that goes back; a file may go both ways, which its text says
     */
    record Migration(String name, Optional<MigrationVersion> version, Path up, Optional<Path> down) {
        /** Whether it is in Flyway's spelling, whose undo scripts have names of their own. */
        boolean flyway() {
            return name.matches("[VR][0-9._]*__.+");
        }

        /** The file that would have been its way back. */
        String missingDown() {
            String file = up.getFileName().toString();
            return flyway()
                    ? "U" + name.substring(1).replaceFirst("__.*", "__….sql")
                    : file.equals("up.sql") ? "down.sql" : file.replaceFirst("\\.up\\.sql$", ".down.sql");
        }
    }

    /**
     * Lists the folders' migrations; what is wrong with their names is reported at {@code value}.
     *
     * @param deep whether folders within them are searched too, as Flyway does
     * @param gapsAllowed whether numbers may be missing
     */
    static MigrationFolder read(List<Path> folders, Value value, boolean deep, boolean gapsAllowed) {
        Reader reader = new Reader(value);
        folders.forEach(folder -> reader.folder(folder, deep));
        return reader.folder(gapsAllowed);
    }

    private static final class Reader {
        private final Value value;
        private final List<Migration> versioned = new ArrayList<>();
        private final List<Migration> repeatable = new ArrayList<>();
        private final Map<String, Path> downsByStem = new LinkedHashMap<>();
        private final Map<String, Path> undoes = new LinkedHashMap<>();

        Reader(Value value) {
            this.value = value;
        }

        void folder(Path folder, boolean deep) {
            if (!Files.isDirectory(folder)) {
                value.problem(SourceFile.displayName(folder)
                        + (Files.exists(folder)
                                ? " is not a folder; name the one that holds the migrations"
                                : " does not exist; check the path"));
                return;
            }
            List<Path> files = list(folder, deep);
            Optional<Path> up = named(files, folder.resolve("up.sql"));
            if (up.isPresent()) {
                versioned.add(new Migration(
                        folder.getFileName().toString(),
                        Optional.empty(),
                        up.get(),
                        named(files, folder.resolve("down.sql"))));
                return;
            }
            files.forEach(file -> file(file, deep));
        }

        private static Optional<Path> named(List<Path> files, Path file) {
            return Optional.of(file).filter(files::contains);
        }

        private List<Path> list(Path folder, boolean deep) {
            try (Stream<Path> found = Files.walk(folder, deep ? 20 : 2)) {
                List<Path> files = found.filter(Files::isRegularFile)
                        .filter(file -> file.getFileName().toString().endsWith(".sql"))
                        .filter(file -> deep || file.getParent().equals(folder) || isPart(file))
                        .limit(MOST_FILES + 1L)
                        .sorted()
                        .toList();
                if (files.isEmpty()) {
                    value.problem(
                            SourceFile.displayName(folder) + " holds no SQL file; name the folder of the migrations");
                }
                if (files.size() > MOST_FILES) {
                    value.problem("%s holds more than %,d SQL files; is it the right folder?"
                            .formatted(SourceFile.displayName(folder), MOST_FILES));
                    return List.of();
                }
                return files;
            } catch (IOException | UncheckedIOException e) {
                value.problem(SourceFile.displayName(folder) + " cannot be read: " + e.getMessage());
                return List.of();
            }
        }

        /** Of a migration that has a folder of its own. */
        private static boolean isPart(Path file) {
            return List.of("up.sql", "down.sql", "migration.sql")
                    .contains(file.getFileName().toString());
        }

        private void file(Path file, boolean deep) {
            String name = file.getFileName().toString();
            if (!deep && isPart(file)) {
                part(file, name);
                return;
            }
            Optional<MigrationFileName> parsed = MigrationFileName.parse(name);
            if (parsed.isEmpty()) {
                if (!deep) {
                    value.problem(
                            SourceFile.displayName(file)
                                    + " is not named like a migration; write e.g. 0042_add_region.sql, 0042_add_region.up.sql or V42__add_region.sql");
                }
                return;
            }
            String stem = parsed.get().stem();
            switch (parsed.get().direction()) {
                case UP, BY_TEXT ->
                    versioned.add(new Migration(stem, parsed.get().version(), file, Optional.empty()));
                case REPEATABLE -> repeatable.add(new Migration(stem, Optional.empty(), file, Optional.empty()));
                case DOWN -> {
                    if (name.startsWith("U")) {
                        undo(parsed.get().version().orElseThrow().toString(), file);
                    } else {
                        downsByStem.put(stem, file);
                    }
                }
            }
        }

        private void undo(String version, Path file) {
            Path other = undoes.putIfAbsent(version, file);
            if (other != null) {
                value.problem(names(other, file) + " both undo version " + version + "; keep one");
            }
        }

        private void part(Path file, String name) {
            Path own = file.getParent();
            Optional<MigrationVersion> version =
                    MigrationFileName.ofFolder(own.getFileName().toString());
            if (version.isEmpty()) {
                value.problem(
                        SourceFile.displayName(own) + " is not named like a migration; write e.g. 0042_add_region");
            } else if (name.equals("down.sql")) {
                if (!Files.exists(own.resolve("up.sql"))) {
                    value.problem(
                            SourceFile.displayName(file) + " has no up.sql beside it; add it, or remove this one");
                }
            } else {
                versioned.add(new Migration(
                        own.getFileName().toString(),
                        version,
                        file,
                        Optional.of(own.resolve("down.sql")).filter(Files::exists)));
            }
        }

        MigrationFolder folder(boolean gapsAllowed) {
            versioned.sort(Comparator.comparing(
                    (Migration migration) -> migration.version().orElseThrow(), Comparator.naturalOrder()));
            repeatable.sort(Comparator.comparing(Migration::name));
            List<Migration> all = new ArrayList<>();
            versioned.forEach(migration -> all.add(withDown(migration)));
            downsByStem
                    .values()
                    .forEach(
                            file -> leftOver(file, file.getFileName().toString().replace(".down.sql", ".up.sql")));
            undoes.values()
                    .forEach(file -> leftOver(
                            file,
                            "V" + file.getFileName().toString().substring(1).replaceFirst("__.*", "__….sql")));
            duplicates(all);
            if (!gapsAllowed) {
                gaps(all);
            }
            all.addAll(repeatable);
            return new MigrationFolder(all);
        }

        private Migration withDown(Migration migration) {
            if (migration.down().isPresent()) {
                return migration;
            }
            Optional<Path> down = Optional.ofNullable(downsByStem.remove(migration.name()));
            if (down.isEmpty() && migration.flyway()) {
                down = migration.version().flatMap(version -> Optional.ofNullable(undoes.remove(version.toString())));
            }
            return new Migration(migration.name(), migration.version(), migration.up(), down);
        }

        private void leftOver(Path file, String missing) {
            value.problem(SourceFile.displayName(file) + " undoes nothing: there is no " + missing
                    + "; add it, or remove this one");
        }

        private void duplicates(List<Migration> all) {
            for (int i = 1; i < all.size(); i++) {
                Optional<MigrationVersion> version = all.get(i).version();
                if (version.isPresent() && version.equals(all.get(i - 1).version())) {
                    value.problem(names(all.get(i - 1).up(), all.get(i).up()) + " both have version " + version.get()
                            + "; give one of them another");
                }
            }
        }

        private static String names(Path one, Path other) {
            return SourceFile.displayName(one) + " and " + shown(other);
        }

        /** With its folder, if that is all that tells it from others. */
        private static String shown(Path file) {
            return isPart(file)
                    ? file.getParent().getFileName() + "/" + file.getFileName()
                    : file.getFileName().toString();
        }

        /** Numbers that are missing where otherwise one follows the other. Flyway's versions may be any. */
        private void gaps(List<Migration> all) {
            List<Migration> counted = all.stream()
                    .filter(migration -> !migration.flyway())
                    .filter(migration ->
                            migration.version().flatMap(MigrationVersion::count).isPresent())
                    .toList();
            if (counted.size() < all.size()) {
                return;
            }
            List<Migration> behindGap = new ArrayList<>();
            for (int i = 1; i < counted.size(); i++) {
                if (count(counted.get(i)).subtract(count(counted.get(i - 1))).compareTo(BigInteger.ONE) > 0) {
                    behindGap.add(counted.get(i));
                }
            }
            if (behindGap.size() * 2 >= counted.size()) {
                return;
            }
            behindGap.forEach(migration -> gap(counted.get(counted.indexOf(migration) - 1), migration));
        }

        private void gap(Migration before, Migration after) {
            BigInteger first = count(before).add(BigInteger.ONE);
            BigInteger last = count(after).subtract(BigInteger.ONE);
            value.problem("%s is followed by %s: %s missing; add what is missing, or write gaps: allowed"
                    .formatted(
                            SourceFile.displayName(before.up()),
                            shown(after.up()),
                            first.equals(last) ? first + " is" : first + " to " + last + " are"));
        }

        private static BigInteger count(Migration migration) {
            return migration.version().flatMap(MigrationVersion::count).orElseThrow();
        }
    }
}
