package dev.rehearsal.migration;

import dev.rehearsal.migration.tool.MigrationTool;
import dev.rehearsal.scenario.MigrationPlan;
import dev.rehearsal.scenario.Step;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tables in which tools note what they have migrated: nobody's schema, and no way back takes them along. */
public final class ToolBooks {
    private ToolBooks() {}

    /** Names in lower case, without a schema. */
    public static Set<String> of(MigrationPlan migration) {
        return Stream.of(migration.baseline(), migration.steps(), migration.rollback())
                .flatMap(steps -> steps.stream())
                .filter(Step.ToolStep.class::isInstance)
                .map(Step.ToolStep.class::cast)
                .flatMap(step -> MigrationTool.of(step, Optional.empty()).books().stream())
                .map(name -> name.toLowerCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet());
    }
}
