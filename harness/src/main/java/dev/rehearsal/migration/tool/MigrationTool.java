package dev.rehearsal.migration.tool;

import dev.rehearsal.scenario.Foreseen;
import dev.rehearsal.scenario.Step;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Carries out one step over sessions of its own. */
public interface MigrationTool {
    /** Returns when the step is done. An interrupt ends it. */
    void run(ToolAccess access) throws ToolFailureException, InterruptedException;

    /**
     * What the tool would send, without sending it.
     *
     * @param access to a copy of the schema as it is when the step's turn comes, which is nobody else's: the tool may keep its books there, as if it had
     */
    Foreseen foreseen(ToolAccess access) throws InterruptedException;

    /** Relations in which the tool keeps its books, by name without a schema. */
    List<String> books();

    /** @param outputs where what a command prints is kept; empty: nowhere */
    static MigrationTool of(Step.ToolStep step, Optional<Path> outputs) {
        return switch (step) {
            case Step.FlywayStep flyway -> new FlywayTool(flyway);
            case Step.LiquibaseStep liquibase -> new LiquibaseTool(liquibase);
            case Step.CommandStep command -> new CommandTool(command, outputs);
        };
    }
}
