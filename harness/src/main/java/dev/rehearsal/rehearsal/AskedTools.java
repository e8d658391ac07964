package dev.rehearsal.rehearsal;

import dev.rehearsal.inspect.ToolWords;
import dev.rehearsal.migration.tool.MigrationTool;
import dev.rehearsal.migration.tool.ToolAccess;
import dev.rehearsal.scenario.Foreseen;
import dev.rehearsal.scenario.Step;
import java.util.List;
import java.util.Optional;

/**
 * The tools that carry out migrations, asked what they would do.
 *
 * @param jdbcUrl of the copy that is looked at
 */
record AskedTools(String jdbcUrl) implements ToolWords {
    @Override
    public Foreseen of(Step.ToolStep step) throws InterruptedException {
        return tool(step).foreseen(ToolAccess.of(jdbcUrl));
    }

    @Override
    public List<String> books(Step.ToolStep step) {
        return tool(step).books();
    }

    private static MigrationTool tool(Step.ToolStep step) {
        return MigrationTool.of(step, Optional.empty());
    }
}
