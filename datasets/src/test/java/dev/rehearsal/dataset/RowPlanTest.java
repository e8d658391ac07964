package dev.rehearsal.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.dataset.DatasetPlan.TablePlan;
import dev.rehearsal.dataset.ServerTable.ForeignKey;
import dev.rehearsal.dataset.ServerTable.Partitioning;
import dev.rehearsal.dataset.ServerTable.UniqueKey;
import dev.rehearsal.scenario.DatasetDefinition.TableDefinition;
import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Generator;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who has nothing but the line makes the rows that were planned, range by range. */
class RowPlanTest {
    private static final long SEED = 42;
    private static final long ROWS = 3_000;

    private static final ServerTable REGIONS = new ServerTable(
            "regions",
            "public.regions",
            columns(column("regions", "code", "text", true), column("regions", "name", "text", false)),
            List.of(new UniqueKey("regions_pkey", List.of("code"), false)),
            List.of(),
            List.of(),
            Optional.empty(),
            true);
    private static final ServerTable PEOPLE = new ServerTable(
            "people",
            "public.people",
            columns(
                    column("people", "id", "int8", true),
                    column("people", "email", "text", true),
                    column("people", "manager_id", "int8", false),
                    column("people", "region", "text", true),
                    column("people", "spot", "point", true)),
            List.of(
                    new UniqueKey("people_pkey", List.of("id"), false),
                    new UniqueKey("people_email_key", List.of("email"), false)),
            List.of(
                    new ForeignKey("people_manager_fkey", List.of("manager_id"), "people", List.of("id")),
                    new ForeignKey("people_region_fkey", List.of("region"), "regions", List.of("code"))),
            List.of(),
            Optional.empty(),
            false);
    private static final ServerTable MEMBERSHIPS = new ServerTable(
            "memberships",
            "public.memberships",
            columns(
                    column("memberships", "person_email", "text", true),
                    column("memberships", "friend_id", "int8", true),
                    column("memberships", "since", "date", false)),
            List.of(new UniqueKey("memberships_pkey", List.of("person_email", "friend_id"), false)),
            List.of(
                    new ForeignKey("memberships_person_fkey", List.of("person_email"), "people", List.of("email")),
                    new ForeignKey("memberships_friend_fkey", List.of("friend_id"), "people", List.of("id"))),
            List.of(),
            Optional.empty(),
            false);
    private static final ServerTable EVENTS = new ServerTable(
            "events",
            "public.events",
            columns(
                    column("events", "id", "int8", true),
                    column("events", "happened_on", "date", true),
                    column("events", "person_id", "int8", false)),
            List.of(new UniqueKey("events_pkey", List.of("id", "happened_on"), false)),
            List.of(new ForeignKey("events_person_fkey", List.of("person_id"), "people", List.of("id"))),
            List.of(),
            Optional.of(new Partitioning(
                    'r',
                    List.of("happened_on"),
                    List.of(
                            "FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
                            "FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')"))),
            false);

    /** What a server would say of types that are not ours, and of the rows that the schema itself wrote. */
    private static final class Server implements ColumnCompiler.FieldSource, DatasetPlanner.Samples {
        private final Map<String, byte[]> asked = new HashMap<>();

        @Override
        public Optional<byte[]> bytes(String text, ServerColumn column) {
            Optional<byte[]> ours = Literals.bytes(text, column);
            if (ours.isPresent() || !column.type().equals("point")) {
                return ours;
            }
            return Optional.of(asked.computeIfAbsent(
                    KnownFields.key(text, column),
                    key -> ByteBuffer.allocate(16)
                            .putDouble(text.length())
                            .putDouble(1)
                            .array()));
        }

        @Override
        public List<String> of(ServerColumn column) {
            List<String> points = List.of("(0,0)", "(10,1)");
            points.forEach(point -> bytes(point, column));
            return points;
        }

        /** One of them null, and one of them empty, which are not the same. */
        @Override
        public Map<String, byte[][]> present(ServerTable table, Set<String> columns) {
            Map<String, byte[][]> fields = new LinkedHashMap<>();
            columns.forEach(column -> fields.put(
                    column, new byte[][] {"north".getBytes(StandardCharsets.UTF_8), {}, ColumnGenerator.NULL_FIELD}));
            return fields;
        }
    }

    private static ServerColumn column(String table, String name, String type, boolean notNull) {
        return new ServerColumn(
                table,
                name,
                type,
                -1,
                'b',
                notNull,
                false,
                new ServerColumn.Details(type, List.of(), 0, Optional.empty(), Optional.empty(), false));
    }

    private static Map<String, ServerColumn> columns(ServerColumn... columns) {
        Map<String, ServerColumn> all = new LinkedHashMap<>();
        Stream.of(columns).forEach(column -> all.put(column.name(), column));
        return all;
    }

    /** The plan, and the tables as whoever planned them would load them. */
    private record Planned(RowPlan plan, List<TableRows> tables) {}

    private static Planned planned() throws Exception {
        Map<String, ServerTable> catalog = new LinkedHashMap<>();
        Stream.of(REGIONS, PEOPLE, MEMBERSHIPS, EVENTS).forEach(table -> catalog.put(table.name(), table));
        DatasetSpec spec = Definitions.spec(
                "create table …",
                Map.of(
                        "people", new TableDefinition("people", ROWS, Map.of()),
                        "memberships", new TableDefinition("memberships", ROWS, Map.of()),
                        "events", new TableDefinition("events", ROWS, Map.of())));
        Server server = new Server();
        Dictionaries dictionaries = new Dictionaries(SEED);
        DatasetPlaces places = new DatasetPlaces(spec.definition());
        DatasetPlan plan =
                new DatasetPlanner(spec, SEED, new ServerCatalog(catalog), places, server, dictionaries, server).plan();
        List<TableRows> tables = TableRows.of(plan, new ColumnCompiler(plan, SEED, places, server, dictionaries));
        return new Planned(RowPlan.of(plan, SEED, false, new KnownFields(server.asked), tables), tables);
    }

    /** The fields of a range of rows, as they are sent. */
    private static byte[] bytes(TableRows table, long from, long to) throws Exception {
        List<ColumnGenerator> columns = new ArrayList<>();
        for (ColumnPlan column : table.plan().columns().values()) {
            columns.add(table.compiler().compile(column));
        }
        CopyBuffer buffer = new CopyBuffer(1 << 16);
        for (long row = from; row < to; row++) {
            for (ColumnGenerator column : columns) {
                column.write(row, buffer);
            }
        }
        return java.util.Arrays.copyOf(buffer.array(), buffer.size());
    }

    @Test
    void rangesThatSeveralMakeInAnyOrderAreTheWholeTable() throws Exception {
        Planned planned = planned();
        // Each has read the line by itself, and has never seen a server.
        List<List<TableRows>> makers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            makers.add(RowPlan.fromLine(planned.plan().toLine()).tables());
        }
        Random random = new Random(7);

        assertThat(planned.tables()).extracting(TableRows::name).containsExactly("people", "memberships", "events");
        for (int number = 0; number < planned.tables().size(); number++) {
            TableRows whole = planned.tables().get(number);
            List<RowRange> ranges = new ArrayList<>();
            for (long from = 0; from < whole.plan().rows(); ) {
                long to = Math.min(whole.plan().rows(), from + 1 + random.nextInt(400));
                ranges.add(new RowRange(number, from, to));
                from = to;
            }
            Collections.shuffle(ranges, random);
            byte[] expected = bytes(whole, 0, whole.plan().rows());

            Map<Long, byte[]> made = new java.util.TreeMap<>();
            for (RowRange range : ranges) {
                TableRows maker = makers.get(random.nextInt(3)).get(range.table());
                made.put(range.from(), bytes(maker, range.from(), range.to()));
            }
            ByteBuffer together = ByteBuffer.allocate(expected.length);
            made.values().forEach(together::put);

            assertThat(whole.plan().rows()).as(whole.name()).isEqualTo(ROWS);
            assertThat(together.hasRemaining()).isFalse();
            assertThat(together.array()).as(whole.name()).isEqualTo(expected);
        }
    }

    /** A region that is null must not arrive as one that is empty. */
    @Test
    void nullAndEmptyOfWhatWasPresentStayApart() throws Exception {
        TableRows people = RowPlan.fromLine(planned().plan().toLine()).tables().getFirst();
        ColumnGenerator region =
                people.compiler().compile(people.plan().columns().get("region"));

        Set<String> made = Stream.iterate(0L, row -> row + 1)
                .limit(ROWS)
                .map(row -> Fields.isNull(region, row) ? "null" : "'" + Fields.text(region, row) + "'")
                .collect(Collectors.toSet());

        assertThat(made).containsExactlyInAnyOrder("'north'", "''", "null");
    }

    @Test
    void generatorsOfEveryKindTravel() throws Exception {
        Map<String, ColumnPlan> plans = new LinkedHashMap<>();
        Map<Generator, String> kinds = everyKind();
        kinds.forEach((generator, type) -> {
            String name = "c" + plans.size();
            ServerColumn column = type.endsWith("[]")
                    ? new ServerColumn(
                            "t",
                            name,
                            "_int4",
                            -1,
                            'b',
                            false,
                            false,
                            new ServerColumn.Details(
                                    "integer[]",
                                    List.of(),
                                    23,
                                    Optional.of(column("t", name, "int4", true)),
                                    Optional.empty(),
                                    false))
                    : column("t", name, type, false);
            plans.put(name, ColumnPlan.of(column, generator));
        });
        ServerTable table = new ServerTable(
                "t",
                "public.t",
                plans.values().stream()
                        .collect(Collectors.toMap(each -> each.column().name(), ColumnPlan::column)),
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                false);
        ServerTable keys = new ServerTable(
                "keys",
                "public.keys",
                columns(column("keys", "id", "int8", true)),
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                false);
        DatasetPlan plan = new DatasetPlan(
                Map.of(
                        "keys",
                        new TablePlan(
                                keys,
                                10,
                                Map.of(
                                        "id",
                                        ColumnPlan.of(column("keys", "id", "int8", true), new Generator.Sequence(1))),
                                Map.of()),
                        "t",
                        new TablePlan(table, ROWS, plans, Map.of())),
                List.of());
        DatasetPlaces places =
                new DatasetPlaces(Definitions.column(1, new Generator.Uuid()).definition());
        List<TableRows> tables =
                TableRows.of(plan, new ColumnCompiler(plan, SEED, places, Literals::bytes, new Dictionaries(SEED)));

        String line =
                RowPlan.of(plan, SEED, true, new KnownFields(Map.of()), tables).toLine();
        RowPlan arrived = RowPlan.fromLine(line);

        assertThat(line).doesNotContain("\n");
        assertThat(arrived.toLine()).isEqualTo(line);
        assertThat(arrived.triggersBySession()).isTrue();
        assertThat(arrived.tables())
                .extracting(each -> each.plan().columns())
                .isEqualTo(tables.stream().map(each -> each.plan().columns()).toList());
        Set<Class<?>> seen = kinds.keySet().stream().map(Object::getClass).collect(Collectors.toSet());
        assertThat(seen)
                .as("a kind of generator that is not tried here")
                .containsExactlyInAnyOrder(Generator.class.getPermittedSubclasses());
    }

    /** With the type of a column that it can make. */
    private static Map<Generator, String> everyKind() {
        Map<Generator, String> kinds = new LinkedHashMap<>();
        kinds.put(new Generator.Sequence(5), "int8");
        kinds.put(new Generator.UniformLong(-3, 9), "int4");
        kinds.put(new Generator.UniformDecimal(new BigDecimal("1.00"), new BigDecimal("2.50"), 2), "numeric");
        kinds.put(new Generator.Zipf(1, 9, 1.1), "int8");
        kinds.put(new Generator.Normal(1.5, 0.1), "float8");
        kinds.put(new Generator.LogNormal(0.3, 2), "float8");
        kinds.put(new Generator.Choice(List.of("ö", ""), List.of(1.0, 0.1)), "text");
        kinds.put(new Generator.References("keys", "id", 0.7, 0), "int8");
        kinds.put(
                new Generator.Timestamp(
                        Instant.parse("2024-01-01T00:00:00.000001Z"), Instant.parse("2025-01-01T00:00:00Z"), 0.9),
                "timestamptz");
        kinds.put(new Generator.Text(3, 9), "text");
        kinds.put(new Generator.Pattern("a'\n{row}#"), "text");
        kinds.put(new Generator.Uuid(), "uuid");
        kinds.put(new Generator.Faker("address.city"), "text");
        Map<String, Generator> fields = new LinkedHashMap<>();
        fields.put("z", new Generator.Bool(0.5));
        fields.put("a", new Generator.Nullable(new Generator.UniformLong(1, 2), 0.5));
        kinds.put(new Generator.Json(fields), "jsonb");
        kinds.put(new Generator.Array(new Generator.UniformLong(1, 2), 0, 3), "int4[]");
        kinds.put(new Generator.Bytes(1, 4), "bytea");
        kinds.put(new Generator.Inet(), "inet");
        kinds.put(new Generator.Interval(1, 5), "interval");
        kinds.put(new Generator.Unique(new Generator.UniformLong(1, 10_000)), "int8");
        kinds.put(
                new Generator.Histogram(
                        List.of("1", "5", "9"),
                        new Generator.Distinct.Share(0.5),
                        List.of(new Generator.Common("3", 0.2)),
                        -0.4,
                        OptionalDouble.of(8)),
                "int8");
        kinds.put(
                new Generator.PopularReferences("keys", "id", List.of(0.5, 0.25), new Generator.Distinct.Count(4), 0.1),
                "int8");
        kinds.put(new Generator.Bool(0.25), "bool");
        kinds.put(new Generator.Nullable(new Generator.Text(1, 2), 0.3), "text");
        return kinds;
    }

    @Test
    void whoWouldMakeOtherRowsFindsItOut() throws Exception {
        String line = planned().plan().toLine();
        RowPlan other = RowPlan.fromLine(line.replace("\"seed\":42", "\"seed\":43"));

        assertThatThrownBy(other::tables)
                .isInstanceOf(EnvironmentException.class)
                .hasMessage("the rows of people come out otherwise in this process than in the one that planned them")
                .extracting(thrown -> ((EnvironmentException) thrown).remedy())
                .isEqualTo("Take the same build of the harness for all, on the same kind of machine.");
    }

    @Test
    void rangesHaveWords() throws Exception {
        assertThat(planned().plan().words(new RowRange(2, 25_000, 50_000)))
                .isEqualTo("rows 25,000 to 49,999 of events");
    }

    @Test
    void somethingElseIsNoPlan() {
        assertThatThrownBy(() -> RowPlan.fromLine("stop 5"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("no plan of rows: ");
        assertThatThrownBy(() -> new RowRange(0, 5, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no rows: 5 to 5 of table 0");
    }
}
