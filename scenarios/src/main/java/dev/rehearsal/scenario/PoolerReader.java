package dev.rehearsal.scenario;

import dev.rehearsal.scenario.EnvironmentSpec.RuntimeChoice;
import dev.rehearsal.scenario.PoolerSpec.PoolMode;
import dev.rehearsal.scenario.PoolerSpec.Way;
import dev.rehearsal.scenario.yaml.YamlNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads {@code environment.pooler}: a mapping, or its kind alone. */
final class PoolerReader {
    private static final String KIND = "pgbouncer";
    private static final Keys KEYS = Keys.of("kind", "mode", "poolSize", "preparedStatements", "migration");
    private static final int MOST_CONNECTIONS = 2000;
    private static final int MOST_STATEMENTS = 10_000;
    private static final String STATEMENT = "statement";
    private static final Map<String, Optional<PoolMode>> MODES = new LinkedHashMap<>();
    private static final Map<String, Way> WAYS = new LinkedHashMap<>();

    static {
        for (PoolMode mode : PoolMode.values()) {
            MODES.put(mode.word(), Optional.of(mode));
        }
        MODES.put(STATEMENT, Optional.empty());
        for (Way way : Way.values()) {
            WAYS.put(way.word(), way);
        }
    }

    private PoolerReader() {}

    /** Empty if there is none, or a wrong one, which was reported. */
    static Optional<PoolerSpec> read(Block environment, RuntimeChoice runtime) {
        Optional<Value> written = environment.get("pooler");
        written.ifPresent(value -> refuseElsewhere(value, runtime));
        return written.map(PoolerReader::read);
    }

    private static PoolerSpec read(Value value) {
        if (value.node() instanceof YamlNode.Scalar) {
            value.word(Map.of(KIND, true), List.of());
            return new PoolerSpec(PoolMode.SESSION, OptionalInt.empty(), OptionalInt.empty(), Way.POOLED);
        }
        Block block = value.block(KEYS, "write e.g. { kind: pgbouncer, mode: transaction }");
        block.require("kind", "write kind: pgbouncer").ifPresent(kind -> kind.word(Map.of(KIND, true), List.of()));
        return new PoolerSpec(
                block.get("mode").flatMap(PoolerReader::mode).orElse(PoolMode.SESSION),
                number(block, "poolSize", 1, MOST_CONNECTIONS),
                number(block, "preparedStatements", 0, MOST_STATEMENTS),
                block.get("migration")
                        .flatMap(word -> word.word(WAYS, List.of()))
                        .orElse(Way.POOLED));
    }

    private static Optional<PoolMode> mode(Value value) {
        Optional<Optional<PoolMode>> mode = value.word(MODES, List.of());
        if (mode.isPresent() && mode.get().isEmpty()) {
            value.problem(
                    "of PgBouncer refuses transactions of several statements, and a migration and most operations are such; write session or transaction");
        }
        return mode.flatMap(known -> known);
    }

    private static OptionalInt number(Block block, String key, int minimum, int maximum) {
        return block.has(key) ? OptionalInt.of(block.whole(key, minimum, maximum, minimum)) : OptionalInt.empty();
    }

    private static void refuseElsewhere(Value value, RuntimeChoice runtime) {
        switch (runtime) {
            case EXTERNAL ->
                value.problem(
                        "is what the harness puts in front of servers of its own; remove it, and where a pooler of yours stands in front of the server, give its address as the url");
            case CONTAINERS ->
                value.problem("runs beside servers of the local runtime alone; remove it, or write runtime: local");
            case AUTO, LOCAL -> {}
        }
    }

    /**
     * Holds the pooler against the traffic that goes through it.
     *
     * @param environment the block that it was read from
     */
    static void check(Optional<Value> environment, Optional<PoolerSpec> pooler, Workload workload) {
        Optional<Value> written = environment.flatMap(value -> child(value, "pooler"));
        if (pooler.isEmpty() || written.isEmpty()) {
            return;
        }
        int held = pooler.get()
                .held(workload.services().stream()
                        .mapToInt(service -> service.pool().size())
                        .sum());
        OptionalInt size = pooler.get().poolSize();
        if (!pooler.get().shares() && size.isPresent() && size.getAsInt() < held) {
            child(written.get(), "poolSize")
                    .ifPresent(value -> value.problem("is fewer than the " + held
                            + " connections that the services' pools"
                            + (pooler.get().migration() == Way.POOLED ? " and the migration" : "")
                            + " hold all the time in session mode; write at least " + held
                            + ", make the pools smaller, or write mode: transaction"));
        }
    }

    private static Optional<Value> child(Value value, String key) {
        return value.node() instanceof YamlNode.Mapping mapping
                ? mapping.get(key).map(node -> new Value(node, value.child(key), value.problems()))
                : Optional.empty();
    }
}
