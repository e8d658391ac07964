package dev.rehearsal.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.RunEvent.DrillObserved;
import dev.rehearsal.run.RunEvent.Sight;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class RollbackDrillTest extends DrillTest {
    private static final String NEW_APPLICATION = """
                  versions:
                    v2:
                      operations:
                        - name: place-order
                          parameters: { customer: { references: customers.id } }
                          transaction: insert into orders (customer_id, amount, region) values (:customer, 5, 'eu')
            """;

    @Test
    void aWayBackThatLeadsBackHoldsAndNamesWhatIsLost() throws Exception {
        List<DrillObserved> seen = drilled(NEW_APPLICATION, """
                migration:
                  steps:
                    - { name: add, sql: alter table orders add column region text }
                    - { name: fill, sql: update orders set region = 'us' where id <= 100 }
                    - { name: history, sql: create table history (id int) }
                  rollback:
                    steps:
                      - { name: drop, sql: "alter table orders drop column region; drop table history" }
                """);

        assertThat(seen).extracting(DrillObserved::sight).containsOnly(Sight.HELD, Sight.NOTED);
        assertThat(DrilledShop.messages(seen, Sight.HELD))
                .contains(
                        "The schema is as it was.",
                        "Every value of every row that nobody touched is as it was.",
                        "The rollback succeeds over what the new application wrote, with the old one at work.",
                        "What the new application wrote into tables and columns that stay is kept.",
                        "Each of the 2 operations of the old application works.");
        assertThat(DrilledShop.messages(seen, Sight.NOTED))
                // 25 orders of the new application, and those of the others that it paid.
                .anyMatch(
                        note -> note.matches(
                                "Lost by design: 125 values of orders\\.region, 2[5-9] of them in rows written since the migration\\."))
                .anyMatch(note ->
                        note.matches("Of [1-9][0-9,]* operations of the old application around the rollback .*"));
    }

    @Test
    void aForgottenIndexIsCaught() throws Exception {
        List<DrillObserved> seen = drilled("", """
                migration:
                  steps:
                    - { name: replace, sql: drop index orders_status_idx }
                  rollback:
                    steps:
                      - { name: nothing, sql: select 1 }
                """);

        assertThat(DrilledShop.messages(seen, Sight.BROKEN))
                .containsExactly(
                        "After the rollback the schema is not as it was: orders: index orders_status_idx is missing"
                                + " (CREATE INDEX orders_status_idx ON public.orders USING btree (status)).");
    }

    @Test
    void aTypeThatComesBackNarrowerIsCaughtInSchemaAndData() throws Exception {
        List<DrillObserved> seen = drilled("", """
                migration:
                  steps:
                    - { name: widen, sql: "alter table orders alter column amount type numeric(14, 2)" }
                  rollback:
                    steps:
                      - { name: narrow, sql: "alter table orders alter column amount type numeric(10, 0)" }
                """);

        assertThat(DrilledShop.messages(seen, Sight.BROKEN))
                .containsExactly(
                        "After the rollback the schema is not as it was: orders.amount was (column 3; numeric(10,2); not"
                                + " null) and is (column 3; numeric(10,0); not null).",
                        "After the rollback orders.amount has other values, although nobody wrote meanwhile.");
    }

    @Test
    void aColumnThatTheOldApplicationNeedsAndThatDoesNotComeBackIsCaught() throws Exception {
        List<DrillObserved> seen = drilled("", """
                migration:
                  steps:
                    - { name: rename, sql: alter table orders rename column amount to total }
                  rollback:
                    steps:
                      - { name: drop, sql: alter table orders drop column total }
                """);

        assertThat(DrilledShop.messages(seen, Sight.UNKNOWN))
                .singleElement()
                .asString()
                .startsWith("The new application's place-order does not work once migrated");
        assertThat(DrilledShop.messages(seen, Sight.BROKEN))
                .anyMatch(message ->
                        message.startsWith("After the rollback the schema is not as it was: orders.amount is missing"))
                .contains(
                        "After the rollback the old application's place-order does not work: ERROR: column \"amount\" of"
                                + " relation \"orders\" does not exist (SQLState 42703).");
    }

    @Test
    void aDefaultThatStaysIsCaught() throws Exception {
        List<DrillObserved> seen = drilled("", """
                migration:
                  steps:
                    - { name: default, sql: alter table orders alter column note set default 'none' }
                  rollback:
                    steps:
                      - { name: nothing, sql: select 1 }
                """);

        assertThat(DrilledShop.messages(seen, Sight.BROKEN))
                .containsExactly(
                        "After the rollback the schema is not as it was: orders.note was (column 5; text) and is"
                                + " (column 5; text; default 'none'::text).");
    }

    /** With nobody there it goes well; over what the new application wrote it cannot. */
    @Test
    void aWayBackThatNewRowsStandInIsCaught() throws Exception {
        List<DrillObserved> seen = drilled("""
                          versions:
                            v2:
                              operations:
                                - name: place-order
                                  parameters: { customer: { references: customers.id } }
                                  transaction: insert into orders (customer_id) values (:customer)
                    """, """
                migration:
                  steps:
                    - { name: optional, sql: alter table orders alter column amount drop not null }
                  rollback:
                    steps:
                      - { name: mandatory, sql: alter table orders alter column amount set not null }
                """);

        assertThat(DrilledShop.messages(seen, Sight.BROKEN))
                .containsExactly(
                        "The rollback fails once the new application has written, with the old one at work: `alter"
                                + " table orders alter column amount set not null`: ERROR: column \"amount\" of relation"
                                + " \"orders\" contains null values (SQLState 23502).");
    }

    @Test
    void newRowsThatTheWayBackDeletesAreCaught() throws Exception {
        List<DrillObserved> seen = drilled(NEW_APPLICATION, """
                migration:
                  steps:
                    - { name: add, sql: alter table orders add column region text }
                  rollback:
                    steps:
                      - { name: drop, sql: "delete from orders where region = 'eu'; alter table orders drop column region" }
                """);

        assertThat(DrilledShop.messages(seen, Sight.BROKEN))
                .containsExactly(
                        "The rollback does not keep what the new application wrote: orders has 2,000 rows and had"
                                + " 2,025.");
    }

    @Test
    void withoutStepsThereIsNothingToTry() throws Exception {
        List<DrillObserved> seen = drilled("", "migration: { steps: [ { sql: select 1 } ] }\n");

        assertThat(seen).extracting(DrillObserved::sight).containsExactly(Sight.UNKNOWN);
    }

    private static List<DrillObserved> drilled(String versions, String migration) throws Exception {
        return shop.drilled(shop.scenario("rollback", versions, migration));
    }
}
