package dev.rehearsal.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.RunEvent.DrillObserved;
import dev.rehearsal.run.RunEvent.Sight;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class RerunDrillTest extends DrillTest {
    @Test
    void aMigrationThatCanBeRepeatedHolds() throws Exception {
        List<DrillObserved> seen = drilled("""
                migration:
                  steps:
                    - { name: add, sql: alter table orders add column if not exists region text }
                    - { name: fill, sql: update orders set region = 'eu' where region is null }
                    - { name: index, sql: create index concurrently if not exists orders_region on orders (region) }
                  rollback:
                    steps:
                      - { name: drop, sql: alter table orders drop column if exists region }
                """);

        assertThat(seen).extracting(DrillObserved::sight).containsOnly(Sight.HELD);
        assertThat(DrilledShop.messages(seen, Sight.HELD))
                .containsExactly(
                        "Each of the 3 steps of the migration succeeds a second time and changes nothing.",
                        "The only step of the rollback succeeds a second time and changes nothing.");
    }

    @Test
    void everyStepThatCannotBeRepeatedIsNamedWithItsPlace() throws Exception {
        List<DrillObserved> seen = drilled("""
                migration:
                  steps:
                    - { name: add, sql: alter table orders add column region text }
                    - { name: fill, sql: update orders set region = 'eu' }
                    - { name: check, sql: alter table orders add constraint region_given check (region is not null) }
                  rollback:
                    steps:
                      - { name: drop, sql: alter table orders drop column region }
                """);

        assertThat(seen).extracting(DrillObserved::sight).containsOnly(Sight.BROKEN);
        assertThat(DrilledShop.messages(seen, Sight.BROKEN))
                .containsExactly(
                        "Step add of the migration cannot be repeated: `alter table orders add column region text`:"
                                + " ERROR: column \"region\" of relation \"orders\" already exists (SQLState 42701)."
                                + " Write add column if not exists.",
                        "Step check of the migration cannot be repeated: `alter table orders add constraint region_given"
                                + " check (region is not null)`: ERROR: constraint \"region_given\" for relation \"orders\""
                                + " already exists (SQLState 42710). Drop it first, with if exists.",
                        "Step drop of the rollback cannot be repeated: `alter table orders drop column region`: ERROR:"
                                + " column \"region\" of relation \"orders\" does not exist (SQLState 42703). Write if exists.");
        assertThat(seen.getFirst().location().orElseThrow().line()).isEqualTo(21);
    }

    @Test
    void aSecondTimeThatChangesDataIsSeen() throws Exception {
        List<DrillObserved> seen = drilled("""
                migration:
                  steps:
                    - { name: raise, sql: update orders set amount = amount + 1 }
                    - { name: more, sql: "insert into customers select max(id) + 1, 'new' from customers" }
                """);

        assertThat(DrilledShop.messages(seen, Sight.BROKEN))
                .containsExactly(
                        "The second migration changes data again: customers has 102 rows and had 101; orders.amount has"
                                + " other values.");
    }

    @Test
    void aSecondTimeThatChangesTheSchemaIsSeen() throws Exception {
        List<DrillObserved> seen = drilled("""
                migration:
                  steps:
                    - { name: index, sql: create index on orders (amount) }
                """);

        assertThat(DrilledShop.messages(seen, Sight.BROKEN))
                .containsExactly(
                        "The second migration changes the schema again: orders: index orders_amount_idx1 was not"
                                + " there before (CREATE INDEX orders_amount_idx1 ON public.orders USING btree (amount)).");
    }

    /** A unique index over values that are not, built concurrently: it fails and stays invalid, and IF NOT EXISTS takes it for done. */
    @Test
    void anInvalidIndexThatASecondTimePassesByIsSeen() throws Exception {
        List<DrillObserved> seen = drilled("""
                migration:
                  steps:
                    - name: index
                      sql: create unique index concurrently if not exists orders_note_key on orders (customer_id)
                """);

        assertThat(DrilledShop.messages(seen, Sight.UNKNOWN))
                .singleElement()
                .asString()
                .startsWith("The migration fails already the first time: ")
                .contains("SQLState 23505");
        assertThat(DrilledShop.messages(seen, Sight.BROKEN))
                .singleElement()
                .asString()
                .startsWith("The second migration succeeds, but only because it passes by what the first, which failed,"
                        + " has left: an invalid index, orders_note_key on orders.");
    }

    private static List<DrillObserved> drilled(String migration) throws Exception {
        return shop.drilled(shop.scenario("rerun", "", migration));
    }
}
