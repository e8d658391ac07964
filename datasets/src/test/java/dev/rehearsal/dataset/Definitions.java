package dev.rehearsal.dataset;

import dev.rehearsal.scenario.DatasetDefinition;
import dev.rehearsal.scenario.DatasetDefinition.TableDefinition;
import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.Generator;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Datasets written down in code. */
final class Definitions {
    static final long SEED = 42;

    private Definitions() {}

    /** One table {@code t} with one column {@code c}. */
    static DatasetSpec column(long rows, Generator generator) {
        return spec("create table t (c text);", Map.of("t", new TableDefinition("t", rows, Map.of("c", generator))));
    }

    /** A table {@code keys} with a sequence {@code id}, and {@code t.c} that refers to it. */
    static DatasetSpec reference(long keys, long rows, double zipf, double correlation) {
        Map<String, TableDefinition> tables = new LinkedHashMap<>();
        tables.put("keys", new TableDefinition("keys", keys, Map.of("id", new Generator.Sequence(1))));
        tables.put(
                "t",
                new TableDefinition("t", rows, Map.of("c", new Generator.References("keys", "id", zipf, correlation))));
        return spec("create table keys (id bigint); create table t (c bigint);", tables);
    }

    static DatasetSpec spec(String schema, Map<String, TableDefinition> tables) {
        return new DatasetSpec(new DatasetDefinition("test", Path.of("/nowhere"), schema, tables), 1, Map.of());
    }

    static ServerColumn ofType(String type) {
        return new ServerColumn("t", "c", type, -1, 'b', false, false);
    }

    /** A generator for {@code t.c}, of the type given. */
    static ColumnGenerator generator(DatasetSpec spec, long seed, ServerColumn column) throws Exception {
        return new ColumnCompiler(spec, seed)
                .compile(column, spec.definition().tables().get("t").columns().get("c"));
    }
}
