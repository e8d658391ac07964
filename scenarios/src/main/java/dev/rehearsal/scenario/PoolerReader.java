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
    private static final Keys KEYS =
            Keys.of("kind", "mode", "poolSize", "preparedStatements", "migration", "settings", "image");
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
        Optional<String> noContainer = noContainer(environment, runtime);
        return environment.get("pooler").map(value -> read(value, noContainer));
    }

    /** Why it does not run in a container, with what to do; empty if it may. */
    private static Optional<String> noContainer(Block environment, RuntimeChoice runtime) {
        return switch (runtime) {
            case CONTAINERS -> Optional.empty();
            case LOCAL -> Optional.of("is for containers; remove it, or write runtime: containers");
            case EXTERNAL ->
                Optional.of(
                        "is for containers, and in front of a server at a url PgBouncer is a program of this machine; remove it");
            case AUTO ->
                environment.has("binaries")
                        ? Optional.of("is for containers, and binaries are for the local runtime; remove one of them")
                        : Optional.empty();
        };
    }

    /** @param noContainer why it does not run in one */
    private static PoolerSpec read(Value value, Optional<String> noContainer) {
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
                        .orElse(Way.POOLED),
                PoolerSettings.read(block),
                image(block, noContainer));
    }

    private static Optional<String> image(Block block, Optional<String> noContainer) {
        Optional<Value> written = block.get("image");
        written.ifPresent(value -> noContainer.ifPresent(value::problem));
        return written.map(
                value -> value.text(EnvironmentReader::isImage, "an image such as registry.example/pgbouncer:1.24"));
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
