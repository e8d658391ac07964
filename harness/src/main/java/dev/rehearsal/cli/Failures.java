package dev.rehearsal.cli;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Problem;
import dev.rehearsal.scenario.ProblemFormatter;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns what a command threw into words on stderr and an exit code. */
final class Failures implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception thrown, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        ExitCode code = switch (thrown) {
            case InvalidScenarioException invalid -> {
                printProblems(invalid, err);
                yield ExitCode.WRONG_INPUT;
            }
            case EnvironmentException environment -> {
                err.println("harness: " + environment.getMessage());
                err.println("         " + environment.remedy());
                yield ExitCode.NO_ENVIRONMENT;
            }
            case InterruptedException interrupted -> {
                err.println("harness: interrupted");
                yield ExitCode.INTERRUPTED;
            }
            default -> {
                err.println("harness: this is a bug of the harness, please report it with what follows");
                thrown.printStackTrace(err);
                yield ExitCode.BUG;
            }
        };
        err.flush();
        return code.number;
    }

    static void printProblems(InvalidScenarioException invalid, PrintWriter err) {
        for (Problem problem : invalid.problems()) {
            err.println(ProblemFormatter.format(problem));
        }
        int count = invalid.problems().size();
        err.println(count == 1 ? "1 problem; nothing was started" : count + " problems; nothing was started");
    }
}
