package dev.rehearsal.scenario;

import dev.rehearsal.scenario.sql.SqlSchema;
import dev.rehearsal.scenario.yaml.YamlWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The steps that somebody's migration is: those of a first scenario.
 *
 * @param steps as {@link YamlWriter} takes them
 * @param names every identifier in its texts, as far as they are SQL
 * @param remarks for whoever reads the steps, a line each
 */
record FirstMigration(List<Map<String, Object>> steps, WayBack wayBack, Set<String> names, List<String> remarks) {
    FirstMigration {
        steps = List.copyOf(steps);
        names = Set.copyOf(names);
        remarks = List.copyOf(remarks);
    }

    /** How the migration is taken back. */
    sealed interface WayBack {
        /** @param steps of files that were found */
        record Files(List<Map<String, Object>> steps) implements WayBack {
            public Files {
                steps = List.copyOf(steps);
            }
        }

        /** It comes with the migrations. */
        record WithThem() implements WayBack {}

        /** @param without a way back, those migrations; others have one */
        record OfSomeAlone(List<String> without) implements WayBack {
            public OfSomeAlone {
                without = List.copyOf(without);
            }
        }

        record Nothing() implements WayBack {}
    }

    /**
     * Finds out what a path is.
     *
     * @param directory of the scenario
     * @param schemaFile of the database before the migration
     * @param baseline the last migration that is in production already; empty: what {@code schema} shows
     * @return empty if it is nothing that can be rehearsed, which {@code problems} then says
     */
    static Optional<FirstMigration> of(
            Path migration,
            Path directory,
            Path schemaFile,
            SqlSchema schema,
            Optional<String> baseline,
            Problems problems) {
        try {
            return new MigrationFinder(migration, directory, schemaFile, schema, baseline, problems).find();
        } catch (IOException | UncheckedIOException e) {
            problems.add(
                    new SourceLocation(SourceFile.displayName(migration), 1, 1),
                    "",
                    "cannot be read: " + e.getMessage());
            return Optional.empty();
        }
    }
}
