package dev.rehearsal.scenario;

import dev.rehearsal.scenario.DatasetLoader.Dataset;
import dev.rehearsal.scenario.EnvironmentSpec.ExternalSpec;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code dataset}: which one, and how large; what to restore; or that it is there already. */
final class DatasetReader {
    private static final Keys KEYS = Keys.of("use", "scale", "tables", "restore", "database");
    private static final String USE_ADVICE =
            "name a dataset folder or a schema file, e.g. use: ../../datasets/catalog/shop";
    private static final double MAXIMUM_SCALE = 1000;
    private static final long MAXIMUM_ROWS = 100_000_000_000L;

    private final Problems problems;
    private final Path folder;
    private final Optional<RestoredTables> restored;
    private final Optional<ExternalSpec> server;
    private Optional<Dataset> dataset = Optional.empty();
    /** What is not made up. */
    private Optional<StartingData> found = Optional.empty();

    private double scale = 1;
    private final Map<String, Long> rows = new HashMap<>();

    /**
     * @param restored what the server says of a database that was restored already, or that is there
     * @param server the one at {@code environment.url}
     */
    DatasetReader(Problems problems, Path folder, Optional<RestoredTables> restored, Optional<ExternalSpec> server) {
        this.problems = problems;
        this.folder = folder;
        this.restored = restored;
        this.server = server;
    }

    void read(Value value) {
        if (value.scalar().filter(ExistingSpec.WORD::equals).isPresent()) {
            existing(value);
            return;
        }
        Block block = value.block(KEYS, USE_ADVICE);
        if (block.has("restore")) {
            if (server.isPresent()) {
                block.value()
                        .problem(
                                "a dump is not restored on a server that is not the harness's own; restore it there into "
                                        + server.get().database() + ", and write dataset: existing");
            }
            new RestoreReader(folder).read(block).ifPresent(spec -> take(spec, spec.source()));
            return;
        }
        block.get("database")
                .ifPresent(name -> name.problem("is for restore: which database of a base backup; remove it"));
        block.require("use", USE_ADVICE).ifPresent(this::use);
        scale = block.get("scale")
                .map(number -> number.number(0, false, MAXIMUM_SCALE, 1))
                .orElse(1.0);
        block.get("tables").ifPresent(this::tables);
    }

    private void existing(Value value) {
        if (server.isEmpty()) {
            value.problem("is for a server that is not the harness's own; add environment.url, or " + USE_ADVICE);
            return;
        }
        take(new ExistingSpec(server.get().database()), Path.of(server.get().database()));
    }

    /** @param used where its tables come from, for messages */
    private void take(StartingData spec, Path used) {
        found = Optional.of(spec);
        dataset = restored.map(tables -> {
            Map<String, DatasetDefinition.TableDefinition> definitions = new LinkedHashMap<>();
            tables.rows()
                    .forEach((name, count) ->
                            definitions.put(name, new DatasetDefinition.TableDefinition(name, count, Map.of())));
            return new Dataset(new DatasetDefinition(spec.name(), used, "", definitions), tables.schema());
        });
    }

    private void use(Value value) {
        String written = value.text(USE_ADVICE);
        if (written.isEmpty()) {
            return;
        }
        dataset = Paths.resolve(folder, written, value)
                .flatMap(path -> DatasetLoader.load(
                        path, Optional.of(new SourceFile.Referrer(value.location(), value.path())), problems));
    }

    private void tables(Value value) {
        for (Value.Named table : value.named("write { orders: { rows: 10_000 } }")) {
            Set<String> known =
                    dataset.map(found -> found.definition().tables().keySet()).orElse(Set.of());
            if (dataset.isPresent() && !known.contains(table.name())) {
                problems.add(
                        table.location(),
                        table.value().path(),
                        "the dataset has no table of this name; " + Nearest.advice(table.name(), known));
            }
            Block block = table.value().block(Keys.of("rows"), "write { rows: 10_000 }");
            block.require("rows", "write { rows: 10_000 }")
                    .ifPresent(count -> rows.put(table.name(), count.whole(0, MAXIMUM_ROWS, 1)));
        }
    }

    /** Empty if it could not be read, which was reported, or is yet to be restored. */
    Optional<Dataset> dataset() {
        return dataset;
    }

    Optional<StartingData> spec() {
        return found.or(() -> dataset.map(made -> new DatasetSpec(made.definition(), scale, rows)));
    }
}
