package dev.rehearsal.scenario;

import dev.rehearsal.scenario.Backfill.BatchSize;
import dev.rehearsal.scenario.Backfill.Throttle;
import dev.rehearsal.scenario.DatasetLoader.Dataset;
import dev.rehearsal.scenario.sql.SqlSchema;
import dev.rehearsal.scenario.sql.SqlScript;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/** Reads {@code backfill} of a step. */
final class BackfillReader {
    static final int RETRIES = 10;
    private static final int MOST_ROWS = 1_000_000;
    private static final int FIRST_ROWS = 1_000;
    private static final int MOST_ADAPTIVE_ROWS = 50_000;
    private static final int MOST_WAITING = 10_000;
    private static final Duration SHORTEST_TARGET = Duration.ofMillis(5);
    private static final Duration TARGET = Duration.ofMillis(100);
    private static final String ADVICE =
            "write e.g. backfill: { table: orders, set: \"region = 'eu'\", where: region is null, batch: 5000 }";
    private static final String BATCH_ADVICE = "write rows, e.g. batch: 5000, or batch: { target: 100ms }";
    private static final Keys KEYS = Keys.of("table", "set", "where", "batch", "pause", "throttle");
    private static final Keys BATCH_KEYS = Keys.of("target", "first", "most");
    private static final Keys THROTTLE_KEYS = Keys.of("replicaLag", "p99", "lockQueue");

    private final Optional<Dataset> dataset;
    private final int replicas;

    BackfillReader(Optional<Dataset> dataset, int replicas) {
        this.dataset = dataset;
        this.replicas = replicas;
    }

    /** @param before the steps before it, which may make its table, its columns and its key */
    Optional<Backfill> read(Value value, List<Step> before) {
        Block block = value.block(KEYS, ADVICE);
        Optional<String> table = block.require("table", ADVICE)
                .map(name -> name.text("name a table"))
                .filter(text -> !text.isEmpty());
        Optional<String> set =
                block.require("set", ADVICE).flatMap(text -> piece(text, "write what follows SET, e.g. region = 'eu'"));
        Optional<String> where = block.require(
                        "where",
                        "say which rows still need it, e.g. where: region is null; it is what ends the backfill")
                .flatMap(text -> piece(text, "write a condition, e.g. region is null"));
        BatchSize batch = block.get("batch")
                .map(BackfillReader::batch)
                .orElse(new BatchSize.Adaptive(TARGET, FIRST_ROWS, MOST_ADAPTIVE_ROWS));
        Duration pause = block.duration("pause", Duration.ZERO, Duration.ZERO);
        Throttle throttle = block.get("throttle").map(this::throttle).orElse(Throttle.NONE);
        if (table.isEmpty() || set.isEmpty() || where.isEmpty()) {
            return Optional.empty();
        }
        dataset.ifPresent(found -> check(block, table.get(), set.get(), before, found.schema()));
        return Optional.of(new Backfill(table.get(), set.get(), where.get(), batch, pause, throttle));
    }

    private static Optional<String> piece(Value value, String advice) {
        String text = value.text(advice);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        SqlScript script = SqlScript.split(text);
        if (!script.faults().isEmpty() || script.statements().size() != 1) {
            value.problem("is not one piece of SQL; " + advice);
            return Optional.empty();
        }
        return Optional.of(script.statements().getFirst().text());
    }

    private static BatchSize batch(Value value) {
        if (value.scalar().isPresent()) {
            return new BatchSize.Fixed(rows(value, FIRST_ROWS));
        }
        Block block = value.block(BATCH_KEYS, BATCH_ADVICE);
        Duration target = block.duration("target", SHORTEST_TARGET, TARGET);
        int most = block.get("most").map(rows -> rows(rows, MOST_ADAPTIVE_ROWS)).orElse(MOST_ADAPTIVE_ROWS);
        int first = block.get("first").map(rows -> rows(rows, FIRST_ROWS)).orElse(Math.min(FIRST_ROWS, most));
        if (first > most) {
            block.get("first")
                    .orElse(value)
                    .problem("must be at most " + most + ", the most rows of a batch, got " + first);
        }
        return new BatchSize.Adaptive(target, Math.min(first, most), most);
    }

    private static int rows(Value value, int standIn) {
        return Math.toIntExact(value.whole(1, MOST_ROWS, standIn));
    }

    private Throttle throttle(Value value) {
        Block block = value.block(THROTTLE_KEYS, "write e.g. throttle: { replicaLag: 2s, p99: 3x, lockQueue: 5 }");
        Optional<Duration> lag = block.duration("replicaLag", MigrationReader.SHORTEST_LAG);
        if (replicas == 0) {
            block.get("replicaLag")
                    .ifPresent(found -> found.problem(
                            "the environment has no replica; write environment.replicas: 1, or remove it"));
        }
        Optional<Value> p99 = block.get("p99");
        boolean factor = p99.flatMap(Value::scalar)
                .flatMap(Quantity::parse)
                .filter(quantity -> quantity.unit().equals("x"))
                .isPresent();
        return new Throttle(
                lag,
                factor ? Optional.empty() : p99.map(found -> found.duration(Duration.ofMillis(1), TARGET)),
                factor ? OptionalDouble.of(ObjectiveReader.factor(p99.orElseThrow())) : OptionalDouble.empty(),
                block.has("lockQueue")
                        ? OptionalInt.of(block.whole("lockQueue", 0, MOST_WAITING, 0))
                        : OptionalInt.empty());
    }

    /** What the schema's text can tell; the server has the last word. */
    private static void check(Block block, String table, String set, List<Step> before, SqlSchema schema) {
        if (before.stream().anyMatch(BackfillReader::mayChangeAnything)) {
            return;
        }
        String sql = String.join(
                ";\n",
                before.stream()
                        .flatMap(step -> step.knownStatements().stream())
                        .map(Step.SqlStatement::text)
                        .toList());
        Set<String> made = new HashSet<>(SqlSchema.read(sql).names());
        String name = SqlSchema.name(table);
        SqlSchema.Table known = schema.tables().get(name);
        if (known == null) {
            if (!made.contains(name.substring(name.lastIndexOf('.') + 1))) {
                block.get("table")
                        .orElseThrow()
                        .problem("the dataset has no table " + Value.shorten(name) + "; "
                                + Nearest.advice(name, schema.tables().keySet()));
            }
            return;
        }
        if (known.columnsKnown()
                && known.primaryKey().isEmpty()
                && !sql.toLowerCase(Locale.ROOT).contains("primary key")) {
            block.get("table")
                    .orElseThrow()
                    .problem(
                            "table " + name
                                    + " has no primary key, by whose ranges a backfill goes; add one first, or update it in steps of SQL");
        }
        column(set)
                .filter(column ->
                        known.columnsKnown() && !known.columns().containsKey(column) && !made.contains(column))
                .ifPresent(column -> block.get("set")
                        .orElseThrow()
                        .problem("table " + name + " has no column " + Value.shorten(column)
                                + ", and no step before adds it; "
                                + Nearest.advice(column, known.columns().keySet())));
    }

    private static boolean mayChangeAnything(Step step) {
        return switch (step) {
            case Step.SqlStatements sql -> false;
            case Step.ToolStep tool -> true;
            case Step.BackfillStep backfill -> false;
            case Step.DeployStep deploy -> false;
            case Step.PauseStep pause -> false;
            case Step.WaitStep wait -> false;
        };
    }

    /** The first that is set, if it stands alone. */
    private static Optional<String> column(String set) {
        int equals = set.indexOf('=');
        String left = equals < 0 ? "" : set.substring(0, equals).strip();
        return left.matches("\"[^\"]+\"|[A-Za-z_][A-Za-z0-9_$]*")
                ? Optional.of(SqlSchema.name(left))
                : Optional.empty();
    }
}
