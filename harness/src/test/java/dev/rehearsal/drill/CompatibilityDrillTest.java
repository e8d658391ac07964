package dev.rehearsal.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.RunEvent.DrillObserved;
import dev.rehearsal.run.RunEvent.OperationTried;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class CompatibilityDrillTest extends DrillTest {
    private static final String NEW_APPLICATION = """
                  versions:
                    v2:
                      operations:
                        - name: place-order
                          parameters: { customer: { references: customers.id } }
                          transaction: insert into orders (customer_id, amount, region) values (:customer, 5, 'eu')
            """;

    @Test
    void eachVersionIsTriedBetweenAllStepsForwardsAndBack() throws Exception {
        List<OperationTried> tried = tried(NEW_APPLICATION, """
                migration:
                  steps:
                    - { name: add, sql: alter table orders add column region text }
                    - { name: mandatory, sql: "alter table orders alter column region set default 'x'" }
                  rollback:
                    steps:
                      - { name: drop, sql: alter table orders drop column region }
                """);

        assertThat(tried.stream().filter(one -> !one.kept()).map(CompatibilityDrillTest::line))
                .containsExactly(
                        "0 old place-order works",
                        "0 old pay works",
                        "0 v2 place-order 42703",
                        "0 v2 pay works",
                        "1 old place-order works",
                        "1 old pay works",
                        "1 v2 place-order works",
                        "1 v2 pay works",
                        "2 old place-order works",
                        "2 old pay works",
                        "2 v2 place-order works",
                        "2 v2 pay works",
                        "3 old place-order works",
                        "3 old pay works",
                        "3 v2 place-order 42703",
                        "3 v2 pay works");
    }

    /** {@code select *}, prepared before the table got another column. */
    @Test
    void aSessionThatLivedThroughAStepIsRefusedItsPlan() throws Exception {
        List<OperationTried> tried = tried("", """
                migration:
                  steps:
                    - { name: add, sql: alter table orders add column region text }
                """);

        assertThat(tried.stream().filter(OperationTried::kept).map(CompatibilityDrillTest::line))
                .containsExactly("1 old place-order works", "1 old pay 0A000");
        assertThat(tried.stream().filter(one -> !one.kept()).map(CompatibilityDrillTest::line))
                .contains("1 old pay works");
    }

    @Test
    void aStepThatFailsEndsItThere() throws Exception {
        List<DrillObserved> seen = shop.drilled(
                shop.scenario("compatibility", "", "migration: { steps: [ { name: bad, sql: select 1 / 0 } ] }\n"));

        assertThat(seen)
                .extracting(DrillObserved::message)
                .containsExactly(
                        "Step bad fails, so nothing is known of what comes after it: `select 1 / 0`: ERROR: division"
                                + " by zero (SQLState 22012).");
    }

    @Test
    void nothingIsLeftOfWhatIsTried() throws Exception {
        List<OperationTried> tried = tried("", """
                migration:
                  steps:
                    - name: count
                      sql: |
                        do $$ begin
                          if (select count(*) from orders) <> 2000 then raise 'rows were left'; end if;
                        end $$
                """);

        assertThat(tried).extracting(OperationTried::boundary).contains(1);
    }

    private static List<OperationTried> tried(String versions, String migration) throws Exception {
        return shop.events(shop.scenario("compatibility", versions, migration)).stream()
                .filter(OperationTried.class::isInstance)
                .map(OperationTried.class::cast)
                .toList();
    }

    private static String line(OperationTried tried) {
        return tried.boundary() + " " + tried.version() + " " + tried.operation() + " "
                + (tried.failure().isEmpty() ? "works" : tried.sqlState().orElse("?"));
    }
}
