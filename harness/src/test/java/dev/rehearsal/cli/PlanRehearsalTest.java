package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** {@code harness plan --rehearse}: the change as it is misses the objective that its plan meets, and both end in the same state. */
@Timeout(600)
@Tag("proof")
@Tag("beside-others")
class PlanRehearsalTest {
    private static final String SCENARIO = """
            name: risky
            dataset: { use: "SHOP", scale: 0.05 }
            environment: { runtime: local }
            workload:
              arrivals: constant
              services:
                - name: shop
                  rate: 40/s
                  operations:
                    - name: read
                      parameters: { id: { references: payments.id } }
                      transaction: select status from payments where id = :id
                    - name: pay
                      parameters: { order: { references: orders.id } }
                      transaction: insert into payments (order_id, amount, method) values (:order, 5, 'card')
                    - name: read-customer
                      parameters: { id: { references: customers.id } }
                      transaction: select name, loyalty_points from customers where id = :id
            migration:
              steps:
                - { name: add column, sql: "CHANGE" }
            timeline: { warmup: 1s, baseline: 2s, migration: 2s, settle: 0s }
            drills: []
            FAULTS
            objectives:
              - OBJECTIVE
            """;

    @TempDir
    private Path directory;

    /** Those without a rewrite are told apart by a transaction that stands in their way, from before they begin: with phases come lock timeouts. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "alter table payments add column token uuid not null default gen_random_uuid() | rewrites | same schema, the same data (of payments.token",
                "alter table payments add column region text not null default 'eu'             | queue    | same schema, the same data",
                "alter table payments add column customer_id bigint references customers (id)  | queue    | same schema, the same data",
                "alter table customers alter column loyalty_points type bigint                 | rewrites | the same schema, the same data",
                "alter table payments add constraint payments_reference_key unique (reference) | queue    | same schema, the same data",
                "alter table orders add column net numeric generated always as (amount / 1.19) stored | rewrites | same schema, the same data",
                "alter table products alter column id type integer                             | rewrites | same schema, the same data",
                "alter table products add column net numeric generated always as (price / 1.19) stored, add column remark text | rewrites | Ends in an ordinary column net that a trigger keeps equal to (price / 1.19), because PostgreSQL cannot & another schema, as the plan says, the same data & schema      products.net was ( & schema      products: trigger zz_products_net_keep was not there before & schema      products_net_keep() was not there before",
                "create index payments_status_idx on payments (status)                         | queue    | same schema, the same data",
            })
    void thePlanMeetsWhatTheChangeMisses(String change, String kind, String end) throws IOException {
        boolean queue = kind.equals("queue");
        Path scenario = directory.resolve("scenario.yaml");
        Files.writeString(
                scenario,
                SCENARIO.replace(
                                "SHOP",
                                HarnessRun.ROOT.resolve("datasets/catalog/shop").toString())
                        .replace("CHANGE", change)
                        .replace(
                                "FAULTS",
                                queue
                                        ? "faults:\n  - { at: { stage: baseline, after: 1s }, blocker: { sql: \"update payments set status = status where id = 1\", hold: 6s } }"
                                        : "")
                        .replace(
                                "OBJECTIVE",
                                queue ? "{ lockWait: { victims: application, max: 3s } }" : "{ rewrites: none }"));

        HarnessRun run = HarnessRun.of(
                "plan",
                scenario.toString(),
                "--rehearse",
                "--quiet",
                "--out",
                directory.resolve("runs").toString());

        assertThat(run.out()).as(run.told()).contains(end.split(" & "));
        // A busy machine's verdict may be inconclusive; what was observed is beyond the limit all the same, or is not.
        assertThat(beyondItsLimit("risky")).as(run.told()).isTrue();
        assertThat(beyondItsLimit("risky-planned")).as(run.told()).isFalse();
    }

    @Test
    void theLargestBatchIsFoundByRehearsingAndPlannedWith() throws IOException {
        Path scenario = directory.resolve("scenario.yaml");
        Files.writeString(
                scenario,
                SCENARIO.replace(
                                "SHOP",
                                HarnessRun.ROOT.resolve("datasets/catalog/shop").toString())
                        .replace("scale: 0.05", "scale: 0.005")
                        .replace(
                                "CHANGE",
                                "alter table payments add column token uuid not null default gen_random_uuid()")
                        .replace("FAULTS", "")
                        .replace("OBJECTIVE", "{ rewrites: none }"));

        HarnessRun run = HarnessRun.of(
                "plan",
                scenario.toString(),
                "--find-batch",
                "--quiet",
                "--out",
                directory.resolve("runs").toString());

        assertThat(run.exitCode()).as(run.told()).isZero();
        // Payments has 4,500 rows, and a larger batch is no other; a busy machine's verdict leads to smaller ones.
        assertThat(run.out()).containsPattern("  4,500 +(passed|inconclusive) ").doesNotContain("  5,000 ");
        assertThat(directory.resolve("scenario-planned.yaml.trying")).doesNotExist();
        Matcher largest = Pattern.compile("hold: ([0-9,]+) rows").matcher(run.out());
        String planned = Files.readString(directory.resolve("scenario-planned.yaml"));
        if (largest.find()) {
            assertThat(planned).contains(" offset " + largest.group(1).replace(",", "") + " limit 1");
            assertThat(directory.resolve("runs/risky-planned-batch-4500/result.json"))
                    .isNotEmptyFile();
        } else {
            assertThat(run.out()).contains("no size was found", "inconclusive");
            assertThat(planned).contains(" offset 5000 limit 1");
        }
    }

    private boolean beyondItsLimit(String name) {
        JsonNode result = new HarnessRun(0, "", "", directory.resolve("runs").resolve(name)).result();
        assertThat(HarnessRun.stream(result.get("steps"))
                        .map(step -> step.get("status").asString()))
                .containsOnly("succeeded");
        JsonNode finding = result.get("findings").get(0);
        return finding.get("observed").asDouble() > finding.get("limit").asDouble();
    }
}
