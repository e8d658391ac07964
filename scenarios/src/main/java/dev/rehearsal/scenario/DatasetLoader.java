package dev.rehearsal.scenario;

import dev.rehearsal.scenario.DatasetDefinition.TableDefinition;
import dev.rehearsal.scenario.sql.SqlFault;
import dev.rehearsal.scenario.sql.SqlSchema;
import dev.rehearsal.scenario.sql.SqlScript;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a dataset: a folder with a {@code schema.sql} and, if it likes, a {@code dataset.yaml}, whose grammar {@code dataset.schema.json} holds;
 * or a schema file that stands alone.
 *
 * <p>The schema is read lightly, without a server: enough to know every table and column that {@code dataset.yaml} speaks of. How the columns are
 * made that it does not speak of is decided when the dataset is built, by the server's catalog.
 */
public final class DatasetLoader {
    private static final Keys KEYS = Keys.of("name", "description", "schema", "tables");
    private static final String SCHEMA = "schema.sql";
    private static final Keys TABLE_KEYS = Keys.of("rows", "columns");
    private static final long MAXIMUM_ROWS = 100_000_000_000L;
    private static final long MAXIMUM_SCHEMA_BYTES = 16 << 20;

    private final Problems problems;

    private DatasetLoader(Problems problems) {
        this.problems = problems;
    }

    /**
     * Reads a folder or a schema file.
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
        if (folder.toString().endsWith(".sql")) {
            Optional<Dataset> bare = new DatasetLoader(problems).bare(folder, folder, referrer);
            return problems.size() == before ? bare : Optional.empty();
        }
        SourceLocation location = referrer.map(SourceFile.Referrer::location)
                .orElseGet(() -> new SourceLocation(SourceFile.displayName(folder), 1, 1));
        String path = referrer.map(SourceFile.Referrer::path).orElse("");
        if (!Files.isDirectory(folder)) {
            String what = Files.exists(folder) ? "is not a folder" : "does not exist";
            problems.add(
                    location,
                    path,
                    "dataset folder " + SourceFile.displayName(folder) + " " + what
                            + "; name a folder with a schema.sql, relative to this file");
            return Optional.empty();
        }
        Path file = folder.resolve("dataset.yaml");
        if (!Files.exists(file)) {
            Path schema = folder.resolve(SCHEMA);
            if (!Files.exists(schema)) {
                problems.add(
                        location,
                        path,
                        "dataset folder " + SourceFile.displayName(folder)
                                + " has neither a schema.sql nor a dataset.yaml");
                return Optional.empty();
            }
            Optional<Dataset> bare = new DatasetLoader(problems).bare(folder, schema, referrer);
            return problems.size() == before ? bare : Optional.empty();
        }
        Optional<Dataset> dataset = SourceFile.read(
                        file, Optional.empty(), "dataset file", SourceFile.MAXIMUM_BYTES, problems)
                .flatMap(source -> Yaml.read(source, "name, schema and tables", problems))
                .flatMap(root -> new DatasetLoader(problems).read(folder, root));
        return problems.size() == before ? dataset : Optional.empty();
    }

    /** A schema of which nobody says anything: every table and every column as it comes. */
    private Optional<Dataset> bare(Path used, Path schemaFile, Optional<SourceFile.Referrer> referrer) {
        return schemaFile(schemaFile, referrer).flatMap(file -> {
            SqlSchema schema = SqlSchema.read(file.text());
            Map<String, TableDefinition> tables = withUnmentioned(Map.of(), schema);
            if (tables.isEmpty()) {
                problems.add(
                        new SourceLocation(file.name(), 1, 1), "", "the schema creates no table; a dataset needs one");
            }
            return Optional.of(new Dataset(
                    new DatasetDefinition(nameOf(used), absolute(used), absolute(schemaFile), file.text(), tables),
                    schema));
        });
    }

    /** The tables of {@code mentioned}, then the schema's others. A partition's rows come through the table that it is a part of. */
    private static Map<String, TableDefinition> withUnmentioned(
            Map<String, TableDefinition> mentioned, SqlSchema schema) {
        Map<String, TableDefinition> tables = new LinkedHashMap<>(mentioned);
        schema.tables().values().stream()
                .filter(table -> !table.partition())
                .forEach(table -> tables.computeIfAbsent(table.name(), TableDefinition::unmentioned));
        return tables;
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }

    /** The file's or folder's name, as far as it can be a dataset's. */
    private static String nameOf(Path used) {
        String file = String.valueOf(absolute(used).getFileName());
        String name = file.replaceFirst("\\.sql$", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-+|-+$", "");
        return ScenarioLoader.isName(name) ? name : "dataset";
    }

    private Optional<Dataset> read(Path folder, Value root) {
        Block block = root.block(KEYS, "write name, schema and tables");
        String name = block.require("name", "name the dataset, e.g. name: shop")
                .map(value -> value.text(ScenarioLoader::isName, ScenarioLoader.NAME_RULE))
                .orElse("");
        block.get("description").ifPresent(value -> value.text("describe the dataset"));
        Optional<Value> named = block.get("schema");
        Optional<Path> schemaPath = named.isPresent()
                ? named.flatMap(value -> schemaPath(folder, value))
                : Optional.of(folder.resolve(SCHEMA));
        Value place = named.orElse(root);
        Optional<SourceFile> schemaFile = schemaPath.flatMap(
                path -> schemaFile(path, Optional.of(new SourceFile.Referrer(place.location(), place.path()))));
        Optional<SqlSchema> schema = schemaFile.map(file -> SqlSchema.read(file.text()));
        Map<String, TableDefinition> tables = new LinkedHashMap<>();
        block.get("tables").ifPresent(value -> {
            for (Value.Named table : value.named("write { orders: { rows: 1000, columns: { … } } }")) {
                tables.put(table.name(), table(table, schema));
            }
            if (tables.isEmpty() && value.node() instanceof dev.rehearsal.scenario.yaml.YamlNode.Mapping) {
                value.problem("is empty; give at least one table rows");
            }
        });
        if (schema.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Dataset(
                new DatasetDefinition(
                        name,
                        absolute(folder),
                        absolute(schemaPath.orElseThrow()),
                        schemaFile.get().text(),
                        withUnmentioned(tables, schema.get())),
                schema.get()));
    }

    private static Optional<Path> schemaPath(Path folder, Value value) {
        String name = value.text("name its SQL file");
        return name.isEmpty() ? Optional.empty() : Paths.resolve(folder, name, value);
    }

    private Optional<SourceFile> schemaFile(Path path, Optional<SourceFile.Referrer> referrer) {
        Optional<SourceFile> file = SourceFile.read(path, referrer, "schema file", MAXIMUM_SCHEMA_BYTES, problems);
        file.ifPresent(found -> {
            problems.register(found);
            for (SqlFault fault : SqlScript.splitDump(found.text()).faults()) {
                SourceLocation place = new SqlExcerpt(
                                found.lines(), new SourceLocation(found.name(), 1, 1), found.text(), 0, true)
                        .at(fault.offset());
                problems.add(place, "", fault.message());
            }
        });
        return file;
    }

    private TableDefinition table(Value.Named named, Optional<SqlSchema> schema) {
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
        Optional<Long> rows = block.get("rows").map(value -> value.whole(0, MAXIMUM_ROWS, 1));
        Map<String, Generator> columns = new LinkedHashMap<>();
        List<Value.Named> namedColumns = block.get("columns")
                .map(value -> value.named("write { id: { sequence: 1 } }"))
                .orElse(List.of());
        for (Value.Named column : namedColumns) {
            table.filter(SqlSchema.Table::columnsKnown).ifPresent(known -> column(column, known));
            GeneratorReader.read(column.value()).ifPresent(generator -> {
                columns.put(column.name(), generator);
                schema.ifPresent(known -> checkReference(column, generator, known));
            });
        }
        return new TableDefinition(
                named.name(), rows.orElse(DatasetDefinition.DEFAULT_ROWS), rows.isPresent(), columns);
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

    /** That there is a value to take is for the build to say, which knows all row counts. */
    private void checkReference(Value.Named column, Generator generator, SqlSchema schema) {
        Generator inner = generator instanceof Generator.Nullable nullable ? nullable.inner() : generator;
        if (inner instanceof Generator.Unique unique) {
            inner = unique.inner();
        }
        Optional<Distributions.Column> target = Distributions.referenced(inner);
        if (target.isEmpty()) {
            return;
        }
        Distributions.Column references = target.get();
        SqlSchema.Table table = schema.tables().get(references.table());
        if (table == null) {
            column.value()
                    .problem("references " + references.table() + ", which is no table of the schema; "
                            + Nearest.advice(references.table(), schema.tables().keySet()));
        } else if (table.columnsKnown() && !table.columns().containsKey(references.column())) {
            column.value()
                    .problem("references " + references.table() + "." + references.column() + ", but table "
                            + table.name() + " has no column of this name; "
                            + Nearest.advice(
                                    references.column(), table.columns().keySet()));
        }
    }
}
