package dev.rehearsal.cli;

import dev.rehearsal.load.CalledInjector;
import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code harness injector}: for machines other than the harness's. */
@Command(
        name = "injector",
        description = {
            "Makes a slice of the load of a rehearsal that waits for it (workload.injectors.at); on a server that is not"
                    + " the harness's, first a slice of the dataset.",
            "The environment has the rehearsal's HARNESS_INJECTOR_TOKEN."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "  0:the load was made",
            "  2:the command line is wrong",
            "  3:the rehearsal cannot be reached, does not want it, or broke off",
            " 70:a bug of the harness"
        })
final class InjectorCommand implements Callable<Integer> {
    /** A scheduler may start it long before the rehearsal has built its dataset; the rehearsal opens its door at once. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Kubernetes sets it in each pod of an Indexed Job. */
    static final String KUBERNETES = "JOB_COMPLETION_INDEX";

    /** To be set to <code>{{.Task.Slot}}</code> in a service of Docker Swarm's. */
    static final String SWARM = "HARNESS_TASK_SLOT";

    @Spec
    private CommandSpec spec;

    @Option(names = "--harness", required = true, paramLabel = "HOST:PORT", description = "Where the rehearsal waits.")
    private String harness;

    @Option(
            names = "--slice",
            paramLabel = "NUMBER",
            description =
                    "Which slice, from 0. Without it, what the scheduler says: JOB_COMPLETION_INDEX of a Kubernetes"
                            + " Indexed Job, or HARNESS_TASK_SLOT, set to {{.Task.Slot}} in a Swarm job.")
    private Optional<String> slice = Optional.empty();

    @Override
    public Integer call() throws EnvironmentException, IOException, InterruptedException {
        int number = slice(slice, System.getenv());
        Process process = new ProcessBuilder(CalledInjector.command(harness, number, PATIENCE))
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            return process.waitFor();
        } finally {
            process.destroyForcibly();
        }
    }

    private int slice(Optional<String> given, Map<String, String> environment) {
        try {
            return sliceOf(given, environment);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }

    /**
     * The slice's number, from 0.
     *
     * @throws IllegalArgumentException if nobody says it, or it is none
     */
    static int sliceOf(Optional<String> given, Map<String, String> environment) {
        if (given.isPresent()) {
            return number(given.get(), "--slice");
        }
        if (environment.containsKey(KUBERNETES)) {
            return number(environment.get(KUBERNETES), KUBERNETES);
        }
        String slot = environment.getOrDefault(SWARM, "");
        if (slot.isEmpty()) {
            throw new IllegalArgumentException("no slice: give --slice, or run as a Kubernetes Indexed Job ("
                    + KUBERNETES + ") or a Swarm job with " + SWARM + "={{.Task.Slot}}");
        }
        // To the first task of a job, whose slot is 0, Swarm gives the node's id instead.
        return slot.matches("[a-z0-9]{25}") ? 0 : number(slot, SWARM);
    }

    private static int number(String text, String where) {
        if (!text.matches("\\d{1,4}")) {
            throw new IllegalArgumentException(where + " must be a slice's number, from 0, got '" + text + "'");
        }
        return Integer.parseInt(text);
    }
}
