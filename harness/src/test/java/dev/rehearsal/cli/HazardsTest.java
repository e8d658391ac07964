package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.environment.OlderServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * The hazards of adding or changing a column, each a step of one rehearsal under traffic, and the evidence of each in {@code result.json}; on the
 * server that comes with the harness, and on the distribution's PostgreSQL 15 by {@code binaries:}.
 */
@Tag("proof")
@Timeout(300)
class HazardsTest {
    private static final int ROWS = 30_000;
    private static final List<String> BLOCKING = List.of("AccessExclusive", "Exclusive", "ShareRowExclusive", "Share");

    private static final String SCHEMA = """
            create domain rating as int check (value between 1 and 5);
            create table customers (id bigint not null, name text not null);
            create table orders (id bigint not null, customer_id bigint not null, amount int, status varchar(20));
            create table archive (id bigint not null, customer_id bigint not null, amount int, status varchar(20));
            create table events (id bigint, at date) partition by range (id);
            create table events_1 partition of events for values from (0) to (1000);
            create table events_2 partition of events for values from (1000) to (2000);
            alter table customers add primary key (id);
            alter table orders add primary key (id);
            create view all_orders as select * from orders;
            create function order_as_it_was(bigint) returns table (id bigint, customer_id bigint, amount int, status varchar)
                language sql as 'select * from orders where id = $1';
            """;

    private static final String DATASET = """
            name: hazards
            schema: schema.sql
            tables:
              customers: { rows: 1000, columns: { id: { sequence: 1 }, name: { text: [5, 20] } } }
              orders:
                rows: 30_000
                columns:
                  id: { sequence: 1 }
                  customer_id: { references: customers.id }
                  amount: { uniform: [1, 500] }
                  status: { choice: { new: 1, paid: 1 } }
            """;

    private static final String SCENARIO = """
            name: hazards
            environment: { ENVIRONMENT }
            dataset: { use: data }
            workload:
              services:
                - name: shop
                  rate: 60/s
                  pool: { size: 6, connectionTimeout: 2s }
                  operations:
                    - name: read
                      parameters: { id: { references: orders.id } }
                      transaction: select amount, status from orders where id = :id
                    - name: read-star
                      parameters: { id: { references: orders.id } }
                      # In a transaction: outside of one the driver prepares the statement again and nobody hears of it.
                      transaction:
                        - select name from customers where id = 1
                        - select * from orders where id = :id
                    - name: pay
                      parameters: { id: { references: orders.id } }
                      transaction: update orders set status = 'paid' where id = :id
                    - name: archive
                      parameters: { id: { references: orders.id } }
                      transaction: insert into archive select * from orders where id = :id
                    - name: call
                      parameters: { id: { references: orders.id } }
                      transaction: select * from order_as_it_was(:id)
            migration:
              steps:
            STEPS
            timeline: { warmup: 3s, baseline: 4s, migration: 6s, settle: 1s }
            drills: []
            objectives:
              - rewrites: none
            """;

    /** What a statement has to leave: the strongest blocking lock on each table that was there before, the rewrite's reason, and the rows read. */
    private record Evidence(Map<String, String> locks, String rewrite, long scanned) {}

    private final Map<String, Evidence> expected = new LinkedHashMap<>();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(ints = {18, 15})
    void eachLeavesItsEvidenceInTheResult(int version) throws Exception {
        alter("add column note text", "", 0);
        alter("add column forty_two int not null default 42", "", 0);
        alter("add column seen timestamptz default now()", "", 0);
        alter("add column chance float default random()", "column default", ROWS);
        alter("add column number bigint generated by default as identity", "column default", ROWS);
        alter("add column twice int generated always as (amount * 2) stored", "column default", ROWS);
        if (version >= 18) {
            alter("add column thrice int generated always as (amount * 3) virtual", "", 0);
        }
        alter("add column rating rating", "column default", ROWS);
        alter("add column checked int check (checked > 0)", "", ROWS);
        alter("add column token text unique", "", ROWS);
        expect(
                "alter table orders add column payer bigint references customers",
                Map.of("orders", "AccessExclusive", "customers", "ShareRowExclusive"),
                "",
                0);
        expect(
                "alter table orders add constraint buyer foreign key (customer_id) references customers not valid",
                Map.of("customers", "ShareRowExclusive", "orders", "ShareRowExclusive"),
                "",
                0);
        expect("alter table orders validate constraint buyer", Map.of(), "", ROWS);
        alter("alter column status set not null", "", ROWS);
        alter("add constraint amount_known check (amount is not null) not valid", "", 0);
        expect("alter table orders validate constraint amount_known", Map.of(), "", ROWS);
        alter("alter column amount set not null", "", 0);
        expect("create index on orders (status)", Map.of("orders", "Share"), "", ROWS);
        expect("create index concurrently on orders (amount)", Map.of(), "", 0);
        expect(
                "alter table events add column kind text",
                Map.of("events", "AccessExclusive", "events_1", "AccessExclusive", "events_2", "AccessExclusive"),
                "",
                0);
        expect("drop view all_orders", Map.of(), "", 0);
        alter("alter column status type text", "", 0);
        alter("alter column status type varchar(10)", "column type", ROWS);
        alter("drop column twice", "", 0);
        if (version >= 18) {
            alter("drop column thrice", "", 0);
        }
        alter("alter column amount type bigint", "column type", ROWS);

        HarnessRun run = rehearse(version);

        assertThat(run.exitCode()).as(run.told()).isIn(1, 3);
        assertThat(run.result().get("environment").get("version").asString()).startsWith(version + ".");
        Map<String, JsonNode> told = run.statements().stream()
                .collect(Collectors.toMap(
                        statement -> statement.get("sql").asString(),
                        statement -> statement,
                        (first, second) -> first));
        assertThat(told.keySet()).isEqualTo(expected.keySet());
        expected.forEach((sql, evidence) -> assertThat(evidence(told.get(sql), evidence))
                .as(sql + ": " + told.get(sql))
                .isEqualTo(evidence));
        assertThat(victims(told.get("create index on orders (status)"))).isSubsetOf("pay");
        assertThat(errors(run))
                .containsEntry("read-star", Set.of("0A000"))
                .containsEntry("archive", Set.of("42601"))
                .containsEntry("call", Set.of("42P13"))
                .doesNotContainKeys("read", "pay");
    }

    private void alter(String change, String rewrite, long scanned) {
        expect("alter table orders " + change, Map.of("orders", "AccessExclusive"), rewrite, scanned);
    }

    private void expect(String sql, Map<String, String> locks, String rewrite, long scanned) {
        expected.put(sql, new Evidence(locks, rewrite, scanned));
    }

    private HarnessRun rehearse(int version) throws Exception {
        Path data = Files.createDirectories(directory.resolve("data"));
        Files.writeString(data.resolve("schema.sql"), SCHEMA);
        Files.writeString(data.resolve("dataset.yaml"), DATASET);
        String steps = expected.keySet().stream()
                .map(sql -> "    - { sql: \"" + sql + "\" }\n")
                .collect(Collectors.joining());
        String environment = version == 18
                ? "version: \"18\""
                : "version: \"" + version + "\", binaries: " + OlderServers.ofTheDistribution(version);
        Path scenario = Files.writeString(
                directory.resolve("scenario.yaml"),
                SCENARIO.replace("STEPS\n", steps).replace("ENVIRONMENT", environment));
        return HarnessRun.rehearse(scenario, directory.resolve("run"));
    }

    /** What a statement left; a scan that read as much as expected, or more, has read what was expected: a rewrite reads once more for each index. */
    private static Evidence evidence(JsonNode statement, Evidence expected) {
        Map<String, String> locks = new TreeMap<>();
        HarnessRun.stream(statement.get("locks"))
                .filter(lock -> BLOCKING.contains(lock.get("mode").asString()))
                .filter(lock -> List.of("orders", "customers", "events", "events_1", "events_2")
                        .contains(lock.get("relation").asString()))
                .forEach(lock -> locks.merge(
                        lock.get("relation").asString(), lock.get("mode").asString(), HazardsTest::stronger));
        String rewrite = HarnessRun.stream(statement.get("rewrites"))
                .map(each -> each.get("reason").asString())
                .distinct()
                .collect(Collectors.joining(", "));
        long scanned = HarnessRun.stream(statement.get("scans"))
                .filter(scan -> scan.get("relation").asString().equals("orders"))
                .mapToLong(scan -> scan.get("rows").asLong())
                .sum();
        return new Evidence(
                locks, rewrite, scanned >= expected.scanned() && scanned > 0 ? expected.scanned() : scanned);
    }

    private static String stronger(String one, String other) {
        return BLOCKING.indexOf(one) < BLOCKING.indexOf(other) ? one : other;
    }

    private static List<String> victims(JsonNode statement) {
        return HarnessRun.stream(statement.get("victims"))
                .map(victim -> victim.get("operation").asString())
                .distinct()
                .toList();
    }

    /** The SQLStates of the operations that failed in the migration. */
    private static Map<String, Set<String>> errors(HarnessRun run) {
        Map<String, Set<String>> errors = new TreeMap<>();
        HarnessRun.stream(run.result().get("stages"))
                .filter(stage -> stage.get("kind").asString().equals("migration"))
                .flatMap(stage -> HarnessRun.stream(stage.get("operations")))
                .filter(operation -> !operation.get("errors").isEmpty())
                .forEach(operation -> errors.put(
                        operation.get("operation").asString(),
                        Set.copyOf(operation.get("errors").propertyNames())));
        return errors;
    }
}
