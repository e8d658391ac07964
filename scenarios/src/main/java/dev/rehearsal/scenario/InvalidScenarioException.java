package dev.rehearsal.scenario;

import java.util.List;
import java.util.stream.Collectors;

/** The user's file is wrong: everything found in it, at once. Exit code 2. */
public final class InvalidScenarioException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public InvalidScenarioException(List<Problem> problems) {
        super(problems.stream().map(Problem::message).collect(Collectors.joining("; ")));
        this.problems = List.copyOf(problems);
    }

    /** At least one, in the file's order. */
    public List<Problem> problems() {
        return problems;
    }
}
