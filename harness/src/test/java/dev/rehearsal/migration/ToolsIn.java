package dev.rehearsal.migration;

import dev.rehearsal.scenario.MigrationSource;
import dev.rehearsal.scenario.SourceLocation;
import dev.rehearsal.scenario.Step;
import dev.rehearsal.scenario.Step.LockPolicy;
import dev.rehearsal.scenario.Step.ToolAction;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Steps that tools carry out, with what is in a folder. */
record ToolsIn(Path folder, LockPolicy policy) {
    static final SourceLocation PLACE = new SourceLocation("scenario.yaml", 1, 1);

    private static final MigrationSource.Selection EVERYTHING =
            new MigrationSource.Selection(Optional.empty(), false, Optional.empty(), List.of());

    MigrationSource.Flyway flywaySource() {
        return new MigrationSource.Flyway(List.of(folder), Map.of(), EVERYTHING);
    }

    /** Named like the last of them, which is applied; the others are there. */
    Step flyway(String... scripts) {
        List<Path> paths = Arrays.stream(scripts).map(folder::resolve).toList();
        return new Step.FlywayStep(
                scripts[scripts.length - 1], PLACE, flywaySource(), paths, Optional.empty(), ToolAction.APPLY, policy);
    }

    MigrationSource.Liquibase liquibaseSource(String log, Optional<String> contexts) {
        return new MigrationSource.Liquibase(folder, log, contexts, Optional.empty(), Map.of(), EVERYTHING);
    }

    Step liquibase(ToolAction action, String... changeSets) {
        return liquibase(liquibaseSource("log.sql", Optional.empty()), action, changeSets);
    }

    Step liquibase(MigrationSource.Liquibase source, ToolAction action, String... changeSets) {
        return new Step.LiquibaseStep(
                changeSets[changeSets.length - 1], PLACE, source, List.of(changeSets), action, policy);
    }

    /** Of {@link ToolProgram}. */
    Step command(String... words) {
        return new Step.CommandStep(
                "command", PLACE, ToolProgram.command(words), folder, Map.of(), Optional.empty(), policy);
    }
}
