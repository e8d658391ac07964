package dev.rehearsal.scenario;

import dev.rehearsal.scenario.DatasetLoader.Dataset;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code dataset}: which one, and how large; or what to restore. */
final class DatasetReader {
    private static final Keys KEYS = Keys.of("use", "scale", "tables", "restore", "database");
    private static final String USE_ADVICE =
            "name a dataset folder or a schema file, e.g. use: ../../datasets/catalog/shop";
    private static final double MAXIMUM_SCALE = 1000;
    private static final long MAXIMUM_ROWS = 100_000_000_000L;

    private final Problems problems;
    private final Path folder;
    private final Optional<RestoredTables> restored;
    private Optional<Dataset> dataset = Optional.empty();
    private Optional<RestoreSpec> restore = Optional.empty();
    private double scale = 1;
    private final Map<String, Long> rows = new HashMap<>();

    /** @param restored what the server says of a database that was restored already */
    DatasetReader(Problems problems, Path folder, Optional<RestoredTables> restored) {
        this.problems = problems;
        this.folder = folder;
        this.restored = restored;
    }

    void read(Value value) {
        Block block = value.block(KEYS, USE_ADVICE);
        if (block.has("restore")) {
            new RestoreReader(folder).read(block).ifPresent(this::restore);
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

    private void restore(RestoreSpec spec) {
        restore = Optional.of(spec);
        dataset = restored.map(tables -> {
            Map<String, DatasetDefinition.TableDefinition> definitions = new LinkedHashMap<>();
            tables.rows()
                    .forEach((name, count) ->
                            definitions.put(name, new DatasetDefinition.TableDefinition(name, count, Map.of())));
            return new Dataset(new DatasetDefinition(spec.name(), spec.source(), "", definitions), tables.schema());
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
        return restore.isPresent()
                ? restore.map(StartingData.class::cast)
                : dataset.map(found -> new DatasetSpec(found.definition(), scale, rows));
    }
}
