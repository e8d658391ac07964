package dev.rehearsal.scenario;

import dev.rehearsal.scenario.DatasetDefinition.TableDefinition;
import dev.rehearsal.scenario.sql.SqlFault;
import dev.rehearsal.scenario.sql.SqlSchema;
import dev.rehearsal.scenario.sql.SqlScript;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a dataset folder: {@code dataset.yaml}, whose grammar {@code dataset.schema.json} holds, and the schema that it names.
 *
 * <p>The schema is read lightly, without a server: enough to know every table and column that {@code dataset.yaml} speaks of, and every
 * column that it forgets.
 */
public final class DatasetLoader {
    private static final Keys KEYS = Keys.of("name", "description", "schema", "tables");
    private static final Keys TABLE_KEYS = Keys.of("rows", "columns");
    private static final long MAXIMUM_ROWS = 100_000_000_000L;
    private static final long MAXIMUM_SCHEMA_BYTES = 16 << 20;

    private final Problems problems;

    private DatasetLoader(Problems problems) {
        this.problems = problems;
    }

    /**
     * Reads the folder.
     *
     * @throws InvalidScenarioException with everything that is wrong in it
     */
    public static DatasetDefinition load(Path folder) throws InvalidScenarioException {
        Problems problems = new Problems();
        Optional<Dataset> dataset = load(folder, Optional.empty(), problems);
        if (dataset.isEmpty() || !problems.isEmpty()) {
            throw new InvalidScenarioException(problems.sorted());
        }
        return dataset.get().definition();
    }

    /** @param schema the tables of {@code definition}'s schema, as far as they can be read without a server */
    record Dataset(DatasetDefinition definition, SqlSchema schema) {}

    /** Empty if anything is wrong in the folder, which {@code problems} then says. */
    static Optional<Dataset> load(Path folder, Optional<SourceFile.Referrer> referrer, Problems problems) {
        int before = problems.size();
        SourceLocation location = referrer.map(SourceFile.Referrer::location)
                .orElseGet(() -> new SourceLocation(SourceFile.displayName(folder), 1, 1));
        String path = referrer.map(SourceFile.Referrer::path).orElse("");
        if (!Files.isDirectory(folder)) {
            String what = Files.exists(folder) ? "is not a folder" : "does not exist";
            problems.add(
                    location,
                    path,
                    "dataset folder " + SourceFile.displayName(folder) + " " + what
                            + "; name a folder with a dataset.yaml, relative to this file");
            return Optional.empty();
        }
        Path file = folder.resolve("dataset.yaml");
        if (!Files.exists(file)) {
            problems.add(location, path, "dataset folder " + SourceFile.displayName(folder) + " has no dataset.yaml");
            return Optional.empty();
        }
        Optional<Dataset> dataset = SourceFile.read(
                        file, Optional.empty(), "dataset file", SourceFile.MAXIMUM_BYTES, problems)
                .flatMap(source -> Yaml.read(source, "name, schema and tables", problems))
                .flatMap(root -> new DatasetLoader(problems).read(folder, root));
        return problems.size() == before ? dataset : Optional.empty();
    }

    private Optional<Dataset> read(Path folder, Value root) {
        Block block = root.block(KEYS, "write name, schema and tables");
        String name = block.require("name", "name the dataset, e.g. name: shop")
                .map(value -> value.text(ScenarioLoader::isName, ScenarioLoader.NAME_RULE))
                .orElse("");
        block.get("description").ifPresent(value -> value.text("describe the dataset"));
        Optional<SourceFile> schemaFile = block.require("schema", "name its SQL file, e.g. schema: schema.sql")
                .flatMap(value -> schemaFile(folder, value));
        Optional<SqlSchema> schema = schemaFile.map(file -> SqlSchema.read(file.text()));
        Map<String, TableDefinition> tables = new LinkedHashMap<>();
        block.require("tables", "give each table its rows and columns").ifPresent(value -> {
            for (Value.Named table : value.named("write { orders: { rows: 1000, columns: { … } } }")) {
                tables.put(table.name(), table(table, schema, tables));
            }
            if (tables.isEmpty() && value.node() instanceof dev.rehearsal.scenario.yaml.YamlNode.Mapping) {
                value.problem("is empty; give at least one table rows");
            }
        });
        if (schema.isEmpty()) {
            return Optional.empty();
        }
        String schemaSql = schemaFile.get().text();
        Path directory = folder.toAbsolutePath().normalize();
        return Optional.of(new Dataset(new DatasetDefinition(name, directory, schemaSql, tables), schema.get()));
    }

    private Optional<SourceFile> schemaFile(Path folder, Value value) {
        String name = value.text("name its SQL file");
        if (name.isEmpty()) {
            return Optional.empty();
        }
        Optional<SourceFile> file = Paths.resolve(folder, name, value)
                .flatMap(path -> SourceFile.read(
                        path,
                        Optional.of(new SourceFile.Referrer(value.location(), value.path())),
                        "schema file",
                        MAXIMUM_SCHEMA_BYTES,
                        problems));
        file.ifPresent(found -> {
            problems.register(found);
            for (SqlFault fault : SqlScript.split(found.text()).faults()) {
                SourceLocation place = new SqlExcerpt(
                                found.lines(), new SourceLocation(found.name(), 1, 1), found.text(), 0, true)
                        .at(fault.offset());
                problems.add(place, "", fault.message());
            }
        });
        return file;
    }

    private TableDefinition table(Value.Named named, Optional<SqlSchema> schema, Map<String, TableDefinition> above) {
        Optional<SqlSchema.Table> table =
                schema.flatMap(known -> Optional.ofNullable(known.tables().get(named.name())));
        if (schema.isPresent() && table.isEmpty()) {
            problems.add(
                    named.location(),
                    named.value().path(),
                    "the schema has no table of this name; "
                            + Nearest.advice(named.name(), schema.get().tables().keySet()));
        }
        Block block = named.value().block(TABLE_KEYS, "write { rows: 1000, columns: { … } }");
        long rows = block.require("rows", "say how many rows it has at scale 1, e.g. rows: 1_000_000")
                .map(value -> value.whole(0, MAXIMUM_ROWS, 1))
                .orElse(1L);
        Map<String, Generator> columns = new LinkedHashMap<>();
        List<Value.Named> namedColumns = block.get("columns")
                .map(value -> value.named("write { id: { sequence: 1 } }"))
                .orElse(List.of());
        for (Value.Named column : namedColumns) {
            table.filter(SqlSchema.Table::columnsKnown).ifPresent(known -> column(column, known));
            GeneratorReader.read(column.value()).ifPresent(generator -> {
                columns.put(column.name(), generator);
                checkReference(column, generator, named.name(), columns, above);
            });
        }
        boolean complete = block.isMapping()
                && rows > 0
                && !problems.anyWithin(named.value().path());
        table.filter(known -> complete && known.columnsKnown())
                .ifPresent(known -> checkForgotten(named, known, columns));
        return new TableDefinition(named.name(), rows, columns);
    }

    private void column(Value.Named column, SqlSchema.Table table) {
        SqlSchema.Column known = table.columns().get(column.name());
        if (known == null) {
            problems.add(
                    column.location(),
                    column.value().path(),
                    "table " + table.name() + " has no column of this name; "
                            + Nearest.advice(column.name(), table.columns().keySet()));
        } else if (known.generated()) {
            problems.add(
                    column.location(),
                    column.value().path(),
                    "the server makes this column itself (generated always as …); remove it");
        }
    }

    /** Popular keys are scattered over a range of keys, so the range must be known and filled before. */
    private void checkReference(
            Value.Named column,
            Generator generator,
            String table,
            Map<String, Generator> own,
            Map<String, TableDefinition> above) {
        Generator inner = generator instanceof Generator.Nullable nullable ? nullable.inner() : generator;
        Optional<Distributions.Column> target = Distributions.referenced(inner);
        if (target.isEmpty()) {
            return;
        }
        Distributions.Column references = target.get();
        Map<String, Generator> referenced = references.table().equals(table)
                ? own
                : Optional.ofNullable(above.get(references.table()))
                        .map(TableDefinition::columns)
                        .orElse(Map.of());
        if (!references.table().equals(table) && !above.containsKey(references.table())) {
            column.value()
                    .problem("references " + references.table()
                            + ", which is not among the tables above; move that table up, or "
                            + Nearest.advice(references.table(), above.keySet()));
        } else if (!(referenced.get(references.column()) instanceof Generator.Sequence)) {
            column.value()
                    .problem("references " + references.table() + "." + references.column()
                            + ", which is not a sequence; a referenced key must be, e.g. "
                            + references.column() + ": { sequence: 1 }");
        }
    }

    private void checkForgotten(Value.Named table, SqlSchema.Table known, Map<String, Generator> columns) {
        for (SqlSchema.Column column : known.columns().values()) {
            boolean empty = !columns.containsKey(column.name());
            if (empty && column.notNull() && !column.defaulted() && !column.generated()) {
                problems.add(
                        table.location(),
                        table.value().path(),
                        "column " + column.name() + " is not null and has no default; give it a generator");
            }
        }
    }
}
