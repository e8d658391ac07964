package dev.rehearsal.cli;

import dev.rehearsal.dataset.BuildProgress;
import dev.rehearsal.profile.ProductionProfiler;
import dev.rehearsal.profile.ProductionServer;
import dev.rehearsal.profile.Profile;
import dev.rehearsal.profile.ProfileFolder;
import dev.rehearsal.profile.StatisticsComparison;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
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

/** {@code harness profile}: a dataset and a workload from what a live server knows about itself. */
@Command(
        name = "profile",
        description = {
            "Writes a dataset, a workload and a starting scenario from the statistics of a live PostgreSQL, 13 to 18.",
            "Reads catalogs and statistics, never rows; masks texts.",
            "The password comes from PGPASSWORD, ~/.pgpass or a prompt."
        },
        mixinStandardHelpOptions = true)
final class ProfileCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "JDBC_URL",
            description = "jdbc:postgresql://host:5432/database?user=name, or postgresql://name@host:5432/database.")
    private @Nullable String url;

    @Option(
            names = {"-o", "--out"},
            paramLabel = "DIR",
            required = true,
            description = "The folder to write; it must be empty or not there.")
    private Path out;

    @Option(names = "--keep-values", description = "Leaves texts of the statistics as they are.")
    private boolean keepValues;

    @Option(
            names = "--verify",
            description =
                    "Builds the dataset and compares its statistics with production's; without JDBC_URL, those of a"
                            + " folder that was profiled before. Exit code 1 if they are too far apart.")
    private boolean verify;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "With --verify: replaces a value of the scenario, e.g. environment.version=18 or dataset.scale=0.1.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Override
    public Integer call() throws EnvironmentException, InvalidScenarioException, InterruptedException {
        ProfileFolder folder = new ProfileFolder(out);
        if (url == null && !verify) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Missing required parameter: JDBC_URL (or --verify, for a folder that is there)");
        }
        if (url != null) {
            folder.requireEmpty();
            Profile profile = profile(url, folder);
            folder.write(profile);
            print(profile);
        }
        return verify ? verify(folder).number : ExitCode.PASSED.number;
    }

    private ExitCode verify(ProfileFolder folder)
            throws EnvironmentException, InvalidScenarioException, InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        BuildProgress lines = new TableLines(
                line -> {
                    err.println(line);
                    err.flush();
                },
                false);
        StatisticsComparison comparison = new ProfileVerification(folder, overrides).run(lines);
        ProfileVerification.print(comparison, spec.commandLine().getOut());
        return comparison.tolerable() ? ExitCode.PASSED : ExitCode.FAILED;
    }

    private Profile profile(String url, ProfileFolder folder) throws EnvironmentException {
        try (ProductionServer server = ProductionServer.connect(url, System.getenv(), ProfileCommand::ask)) {
            return new ProductionProfiler(server, keepValues).profile(folder.datasetName(), folder.path());
        }
    }

    @SuppressWarnings("SystemConsoleNull") // it does on the oldest Java that this runs on
    private static Optional<String> ask(String address) {
        Console console = System.console();
        // A JVM may give a console where nobody sits at one.
        boolean terminal = console != null && Boolean.getBoolean("rehearsal.stderr.terminal");
        char[] typed = terminal ? console.readPassword("Password for %s: ", address) : null;
        return typed == null ? Optional.empty() : Optional.of(new String(typed));
    }

    private void print(Profile profile) {
        PrintWriter err = spec.commandLine().getErr();
        profile.notes().forEach(note -> err.println("note: " + note));
        profile.workload()
                .ifPresent(workload -> workload.refused()
                        .forEach(refused -> err.printf(
                                Locale.ROOT,
                                "not replayed: %s%n              %s (%.3g/s)%n",
                                refused.shortStatement(),
                                refused.reason(),
                                refused.callsPerSecond())));
        err.flush();
        PrintWriter print = spec.commandLine().getOut();
        long rows = profile.dataset().tables().values().stream()
                .mapToLong(table -> table.rows())
                .sum();
        print.printf(
                Locale.ROOT,
                "%s: %d tables, %,d rows, from PostgreSQL %s%n",
                out,
                profile.dataset().tables().size(),
                rows,
                profile.serverVersion());
        print.println("put your migration into " + out.resolve("scenario.yaml") + ", then: harness rehearse "
                + out.resolve("scenario.yaml"));
        print.flush();
    }
}
