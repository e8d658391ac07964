package dev.rehearsal.cli;

import dev.rehearsal.dataset.CacheDirectory;
import dev.rehearsal.environment.Check;
import dev.rehearsal.environment.MachineInspector;
import dev.rehearsal.environment.MachineReport;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code harness doctor}: before anything goes wrong. */
@Command(
        name = "doctor",
        description = "Tells what this machine can run, and how to get what is missing.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"  0:rehearsals can run here", "  3:they cannot"})
final class DoctorCommand implements Callable<Integer> {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Prints the same as JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        MachineReport report = MachineInspector.inspect(CacheDirectory.resolve());
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? json(report) : DoctorTable.of(report));
        out.flush();
        return exitCode(report).number;
    }

    static ExitCode exitCode(MachineReport report) {
        return report.somethingRuns() ? ExitCode.PASSED : ExitCode.NO_ENVIRONMENT;
    }

    static String json(MachineReport report) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("canRun", report.somethingRuns());
        document.put("machine", rows(report.machine()));
        document.put("local", runtime(report.local()));
        document.put("containers", runtime(report.containers()));
        return JSON.writeValueAsString(document) + "\n";
    }

    private static Map<String, Object> runtime(MachineReport.RuntimeReport runtime) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("canRun", runtime.runs());
        object.put("checks", rows(runtime.checks()));
        return object;
    }

    private static List<Map<String, String>> rows(List<Check> checks) {
        return checks.stream().map(DoctorCommand::row).toList();
    }

    private static Map<String, String> row(Check check) {
        Map<String, String> row = new LinkedHashMap<>();
        row.put("subject", check.subject());
        row.put("status", DoctorTable.status(check));
        row.put("found", check.found());
        if (check instanceof Check.Missing missing) {
            row.put("remedy", missing.remedy());
        }
        return row;
    }
}
