package dev.rehearsal.scenario;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Migrations as a team keeps them, of which each becomes a step. */
public sealed interface MigrationSource {
    Selection selection();

    /** The word that the scenario language has for it, such as {@code flyway}. */
    String kind();

    /** The same migrations, of which others are rehearsed. */
    MigrationSource selecting(Selection other);

    /**
     * Which of the migrations are rehearsed; those before them are in production already.
     *
     * @param baseline the last that is there already; empty: none is, or {@code only} says it
     * @param inDataset whether the dataset's schema has them; otherwise they are applied to it
     * @param target the last to rehearse; empty: the last there is
     * @param only by name, those to rehearse; empty: all after the baseline, up to the target
     */
    record Selection(Optional<String> baseline, boolean inDataset, Optional<String> target, List<String> only) {
        public Selection {
            only = List.copyOf(only);
        }
    }

    /**
     * A folder of SQL files.
     *
     * @param gapsAllowed whether numbers may be missing
     */
    record Folder(Path path, boolean gapsAllowed, Selection selection) implements MigrationSource {
        @Override
        public String kind() {
            return "folder";
        }

        @Override
        public Folder selecting(Selection other) {
            return new Folder(path, gapsAllowed, other);
        }
    }

    /**
     * Folders of Flyway's.
     *
     * @param configuration further settings, by Flyway's own names such as {@code flyway.placeholders.schema}
     */
    record Flyway(List<Path> locations, Map<String, String> configuration, Selection selection)
            implements MigrationSource {
        public Flyway {
            locations = List.copyOf(locations);
            configuration = Collections.unmodifiableMap(new TreeMap<>(configuration));
        }

        @Override
        public String kind() {
            return "flyway";
        }

        @Override
        public Flyway selecting(Selection other) {
            return new Flyway(locations, configuration, other);
        }
    }

    /**
     * A change log of Liquibase's.
     *
     * @param root that the change log and what it includes are relative to
     * @param changelog relative to the root
     * @param contexts of the change sets that are run; empty: all
     * @param labels an expression over labels; empty: all
     * @param parameters of the change log, by name
     */
    record Liquibase(
            Path root,
            String changelog,
            Optional<String> contexts,
            Optional<String> labels,
            Map<String, String> parameters,
            Selection selection)
            implements MigrationSource {
        public Liquibase {
            parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
        }

        @Override
        public String kind() {
            return "liquibase";
        }

        @Override
        public Liquibase selecting(Selection other) {
            return new Liquibase(root, changelog, contexts, labels, parameters, other);
        }
    }
}
