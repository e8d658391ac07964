package dev.rehearsal.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The process's entry. */
@Command(
        name = "harness",
        description = "Rehearses a PostgreSQL schema migration under load and judges what the traffic felt.",
        versionProvider = HarnessVersion.class,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RehearseCommand.class,
            InitCommand.class,
            ValidateCommand.class,
            InspectCommand.class,
            PlanCommand.class,
            ReportCommand.class,
            CompareCommand.class,
            ProfileCommand.class,
            DoctorCommand.class,
            CleanCommand.class,
            InjectorCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "  0:passed",
            "  1:an objective failed",
            "  2:the scenario or the command line is wrong",
            "  3:inconclusive, or the environment could not be had",
            " 70:a bug of the harness",
            "130:interrupted"
        })
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The commands as they run, for tests too. */
    static CommandLine commandLine() {
        CommandLine commands = new CommandLine(new Main()).setExecutionExceptionHandler(new Failures());
        GitHubActions actions = GitHubActions.of(System.getenv());
        return commands.setOut(actions.defused(commands.getOut())).setErr(actions.defused(commands.getErr()));
    }
}
