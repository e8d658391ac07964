package dev.rehearsal.cli;

import dev.rehearsal.verdict.Verdict;

/** What the process ends with: the contract with CI. Nothing else in the code base knows these numbers. */
enum ExitCode {
    PASSED(0),
    FAILED(1),
    WRONG_INPUT(2),
    INCONCLUSIVE(3),
    NO_ENVIRONMENT(3),
    BUG(70),
    INTERRUPTED(130);

    final int number;

    ExitCode(int number) {
        this.number = number;
    }

    static ExitCode of(Verdict.Status status) {
        return switch (status) {
            case PASSED -> PASSED;
            case FAILED -> FAILED;
            case INCONCLUSIVE -> INCONCLUSIVE;
        };
    }
}
