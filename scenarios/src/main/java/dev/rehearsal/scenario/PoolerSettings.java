package dev.rehearsal.scenario;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The settings of PgBouncer's that a scenario may set in {@code environment.pooler.settings}: those that decide for how long it waits for whom, how soon
 * it tries again, and what it does to a session between two clients. Not among them is what the harness needs as it is (addresses, users, the names
 * that clients give their sessions), nor what the scenario says with words of its own.
 */
public final class PoolerSettings {
    private static final Map<String, Kind> KNOWN = new LinkedHashMap<>();
    private static final Map<String, String> SAID_OTHERWISE = Map.of(
            "pool_mode", "mode",
            "default_pool_size", "poolSize",
            "max_prepared_statements", "preparedStatements");
    private static final long MOST_SECONDS = 86_400;
    private static final String ADVICE = "write e.g. { server_login_retry: 1 }";

    static {
        KNOWN.put("server_login_retry", Kind.SECONDS);
        KNOWN.put("server_connect_timeout", Kind.SECONDS);
        KNOWN.put("server_lifetime", Kind.SECONDS);
        KNOWN.put("server_idle_timeout", Kind.SECONDS);
        KNOWN.put("server_check_delay", Kind.SECONDS);
        KNOWN.put("server_check_query", Kind.QUERY);
        KNOWN.put("server_reset_query", Kind.QUERY);
        KNOWN.put("server_reset_query_always", Kind.SWITCH);
        KNOWN.put("server_round_robin", Kind.SWITCH);
        KNOWN.put("server_fast_close", Kind.SWITCH);
        KNOWN.put("query_timeout", Kind.SECONDS);
        KNOWN.put("query_wait_timeout", Kind.SECONDS);
        KNOWN.put("idle_transaction_timeout", Kind.SECONDS);
        KNOWN.put("client_idle_timeout", Kind.SECONDS);
        KNOWN.put("client_login_timeout", Kind.SECONDS);
    }

    private PoolerSettings() {}

    private enum Kind {
        SECONDS,
        SWITCH,
        QUERY
    }

    /** Their names, in the order in which the documentation has them. */
    public static List<String> names() {
        return List.copyOf(KNOWN.keySet());
    }

    /** Reads them; what is wrong is reported, and left out. */
    static Map<String, String> read(Block pooler) {
        Map<String, String> settings = new TreeMap<>();
        pooler.get("settings")
                .map(value -> value.named(ADVICE))
                .orElse(List.of())
                .forEach(setting -> {
                    Optional<Kind> kind = Optional.ofNullable(KNOWN.get(setting.name()));
                    if (kind.isEmpty()) {
                        pooler.value()
                                .problems()
                                .add(setting.location(), setting.value().path(), unknown(setting.name()));
                    } else if (isOfKind(kind.get(), setting.value())) {
                        settings.put(setting.name(), setting.value().scalar().orElseThrow());
                    }
                });
        return settings;
    }

    private static String unknown(String name) {
        return Optional.ofNullable(SAID_OTHERWISE.get(name))
                .map(key -> "is what environment.pooler." + key + " says; write it there")
                .or(() -> Nearest.to(name, KNOWN.keySet())
                        .map(nearest ->
                                "is no setting of PgBouncer's that may be set here; did you mean '" + nearest + "'?"))
                .orElseGet(() -> "is no setting of PgBouncer's that may be set here; those are "
                        + String.join(", ", KNOWN.keySet()));
    }

    private static boolean isOfKind(Kind kind, Value value) {
        String text = value.scalar().orElse("");
        boolean right = switch (kind) {
            case SECONDS ->
                text.matches("[0-9]{1,5}(\\.[0-9]{1,6})?")
                        && new BigDecimal(text).compareTo(BigDecimal.valueOf(MOST_SECONDS)) <= 0;
            case SWITCH -> text.equals("0") || text.equals("1");
            // It ends where the line does, in PgBouncer's own file.
            case QUERY -> value.scalar().isPresent() && text.lines().count() <= 1 && text.equals(text.strip());
        };
        if (!right) {
            value.problem("must be "
                    + switch (kind) {
                        case SECONDS -> "seconds without a unit, as PgBouncer takes them, from 0 to " + MOST_SECONDS;
                        case SWITCH -> "0 or 1";
                        case QUERY -> "a query in one line";
                    }
                    + ", got " + value.shown());
        }
        return right;
    }
}
