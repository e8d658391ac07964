package dev.rehearsal.scenario;

import dev.rehearsal.scenario.Workload.Retry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads the {@code retry} of a service. */
final class RetryReader {
    private static final String ADVICE = "write e.g. { on: [08006, 57P01, 40001], attempts: 3, backoff: 50ms }";
    private static final int ATTEMPTS = 3;
    private static final Duration BACKOFF = Duration.ofMillis(50);

    /** A request that is still being tried again when the load has stopped is abandoned after a minute. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    /** The conditions that applications try again on, by the names that PostgreSQL's documentation gives them. */
    private static final Map<String, String> CONDITIONS = conditions();

    private RetryReader() {}

    private static Map<String, String> conditions() {
        Map<String, String> states = new LinkedHashMap<>();
        states.put("connection_exception", "08000");
        states.put("sqlclient_unable_to_establish_sqlconnection", "08001");
        states.put("connection_does_not_exist", "08003");
        states.put("connection_failure", "08006");
        states.put("feature_not_supported", "0A000");
        states.put("read_only_sql_transaction", "25006");
        states.put("serialization_failure", "40001");
        states.put("deadlock_detected", "40P01");
        states.put("too_many_connections", "53300");
        states.put("lock_not_available", "55P03");
        states.put("query_canceled", "57014");
        states.put("admin_shutdown", "57P01");
        states.put("crash_shutdown", "57P02");
        states.put("cannot_connect_now", "57P03");
        return states;
    }

    static Optional<Retry> read(Value value) {
        Block block = value.block(Keys.of("on", "attempts", "backoff"), ADVICE);
        List<String> states = new ArrayList<>();
        block.require("on", ADVICE)
                .ifPresent(list ->
                        list.filledList("write SQLStates, e.g. [08006, 40001]").forEach(item -> state(item, states)));
        int attempts = block.whole("attempts", 1, Retry.MOST_ATTEMPTS, ATTEMPTS);
        Duration backoff = block.duration("backoff", Duration.ZERO, BACKOFF);
        Retry retry = new Retry(states, attempts, backoff);
        if (retry.longest().compareTo(LONGEST) > 0) {
            block.get("backoff")
                    .ifPresent(given -> given.problem("is doubled after each attempt, so that the last of " + attempts
                            + " would begin " + Quantity.write(retry.longest())
                            + " after the first; lower it, or the attempts, to at most " + Quantity.write(LONGEST)));
        }
        return Optional.of(retry);
    }

    private static void state(Value value, List<String> states) {
        String text = value.scalar().orElse("");
        if (!text.matches("[0-9A-Z]{5}")) {
            value.problem(
                    "must be a SQLState, five digits or capitals such as 40001, got " + value.shown() + hint(text));
        } else if (text.matches("0[0-2].{3}")) {
            value.problem("is the SQLState of no failure; name those to try again on, e.g. 40001");
        } else if (states.contains(text)) {
            value.problem("stands there twice; remove one");
        } else {
            states.add(text);
        }
    }

    private static String hint(String text) {
        Optional<String> named =
                Nearest.to(text, CONDITIONS.keySet()).map(name -> CONDITIONS.get(name) + " (" + name + ")");
        return named.or(() -> Nearest.to(text.toUpperCase(Locale.ROOT), CONDITIONS.values()))
                .map(nearest -> "; did you mean " + nearest + "?")
                .orElse("");
    }
}
