package dev.rehearsal.verdict;

import dev.rehearsal.run.RequestLog.OperationKey;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.scenario.Stage;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The words that findings and the story share. */
final class Wording {
    private static final int STATEMENT_CHARACTERS = 160;

    private Wording() {}

    static String during(Stage stage) {
        return switch (stage) {
            case WARMUP -> "during the warm-up";
            case BASELINE -> "in the baseline";
            case MIGRATION -> "during the migration";
            case SETTLE -> "while it settled after the migration";
            case ROLLBACK -> "during the rollback";
            case RECOVERY -> "while it recovered after the rollback";
        };
    }

    static String phase(Phase phase) {
        return switch (phase) {
            case MIGRATION -> "migration";
            case ROLLBACK -> "rollback";
        };
    }

    /** Such as {@code p99}, {@code p99.9}, {@code maximum}. */
    static String percentile(double percentile) {
        if (percentile >= 100) {
            return "maximum";
        }
        return percentile == Math.rint(percentile)
                ? String.format(Locale.ROOT, "p%.0f", percentile)
                : "p"
                        + new java.math.BigDecimal(String.valueOf(percentile))
                                .stripTrailingZeros()
                                .toPlainString();
    }

    /** Such as {@code place-order}, {@code checkout}, {@code place-order of checkout}, {@code all operations}. */
    static String operations(Optional<String> service, Optional<String> operation) {
        if (operation.isPresent()) {
            return operation.get() + service.map(s -> " of " + s).orElse("");
        }
        return service.orElse("all operations");
    }

    /** The operation's name, with its service where another service has an operation of that name. */
    static String operation(RunRecord run, String service, String operation) {
        long services = run.requests().operations().stream()
                .filter(key -> key.operation().equals(operation))
                .map(OperationKey::service)
                .distinct()
                .count();
        return services > 1 ? operation + " of " + service : operation;
    }

    /** On one line, and cut if it is long. */
    static String statement(String sql) {
        String line = sql.strip().replaceAll("\\s+", " ");
        return line.codePointCount(0, line.length()) <= STATEMENT_CHARACTERS
                ? line
                : line.substring(0, line.offsetByCodePoints(0, STATEMENT_CHARACTERS - 1)) + "…";
    }

    /** Such as {@code a}, {@code a and b}, {@code a, b and c}. */
    static String list(List<String> words) {
        if (words.size() < 2) {
            return String.join("", words);
        }
        return String.join(", ", words.subList(0, words.size() - 1)) + " and " + words.getLast();
    }

    /** {@code 1 request}, {@code 8,040 requests}. */
    static String count(long count, String one, String many) {
        return Quantities.count(count) + " " + (count == 1 ? one : many);
    }
}
