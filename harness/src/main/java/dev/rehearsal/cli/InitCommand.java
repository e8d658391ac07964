package dev.rehearsal.cli;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.FirstScenario;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.ScenarioLoader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code harness init}: a complete first scenario for a migration. */
@Command(
        name = "init",
        description = "Writes a complete first scenario for a migration: dataset, traffic, way back, objectives.",
        mixinStandardHelpOptions = true)
final class InitCommand implements Callable<Integer> {
    private static final long MOST_ROWS = 1_000_000_000L;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "MIGRATION",
            description =
                    "A .sql file, a folder of migrations (Flyway, golang-migrate, dbmate, goose, sqlx, any SQL), or a change log of Liquibase's.")
    private Path migration;

    @Option(
            names = "--schema",
            paramLabel = "FILE|DIR",
            description =
                    "The database before the migration: what pg_dump --schema-only prints, or a dataset's folder; default: a schema.sql beside the migration or above it.")
    private @Nullable Path schema;

    @Option(
            names = "--baseline",
            paramLabel = "MIGRATION",
            description =
                    "Of a folder or a change log: the last that is in production already; default: what the schema shows.")
    private @Nullable String baseline;

    @Option(
            names = "--rows",
            paramLabel = "ROWS",
            defaultValue = "100000",
            description =
                    "Rows of each table that the migration speaks of, where nobody says; a tenth in the others; default ${DEFAULT-VALUE}.")
    private long rows;

    @Option(
            names = {"-o", "--out"},
            paramLabel = "FILE",
            description = "The file to write; default rehearsal-<migration's name>/scenario.yaml.")
    private @Nullable Path out;

    @Option(names = "--force", description = "Writes over a file that is there.")
    private boolean force;

    @Override
    public Integer call() throws IOException, EnvironmentException, InvalidScenarioException {
        if (rows < 1 || rows > MOST_ROWS) {
            throw new ParameterException(spec.commandLine(), "--rows must be between 1 and 1,000,000,000, got " + rows);
        }
        FirstScenario first =
                new FirstScenario(migration, Optional.ofNullable(schema), Optional.ofNullable(baseline), rows);
        Path file = out == null ? Path.of("rehearsal-" + first.name(), "scenario.yaml") : out;
        Path directory = file.toAbsolutePath().normalize().getParent();
        String text = first.text(directory);
        if (Files.exists(file) && !force) {
            throw new EnvironmentException(
                    file + " is there already", "Give --force to write over it, or another place: --out FILE");
        }
        Files.createDirectories(directory);
        Files.writeString(file, text);
        // What is still wrong is told with its place in the file, which stays, to be mended there.
        Scenario scenario = ScenarioLoader.load(file, Map.of());
        print(file, scenario);
        return ExitCode.PASSED.number;
    }

    private void print(Path file, Scenario scenario) {
        int steps = scenario.migration().steps().size();
        int back = scenario.migration().rollback().size();
        PrintWriter printer = spec.commandLine().getOut();
        printer.println(file + ": " + steps + (steps == 1 ? " step, " : " steps, ")
                + (back == 0 ? "no way back" : back + " back") + ", dataset "
                + scenario.dataset().name());
        printer.println("  next:  harness inspect " + file);
        printer.println("         harness rehearse " + file);
        printer.flush();
    }
}
