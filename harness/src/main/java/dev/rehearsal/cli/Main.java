package dev.rehearsal.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The process's entry. */
@Command(
        name = "harness",
        description = "Rehearses a PostgreSQL schema migration under load and judges what the traffic felt.",
        version = "harness 0.1.0-SNAPSHOT",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "  0:passed",
            "  1:an objective failed",
            "  2:the scenario or the command line is wrong",
            "  3:inconclusive, or the environment could not be had",
            " 70:internal bug",
            "130:interrupted"
        })
public final class Main implements Runnable {

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
