package dev.rehearsal.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.RunEvent.DrillObserved;
import dev.rehearsal.run.RunEvent.Sight;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(1800)
@Tag("proof")
@Tag("beside-others")
class CrashDrillTest extends DrillTest {
    @Test
    void aMigrationThatCanBeResumedComesToWhereItWouldHaveCome() throws Exception {
        List<DrillObserved> seen = drilled("""
                migration:
                  steps:
                    - { name: add, sql: alter table orders add column if not exists token uuid }
                    - { name: fill, sql: update orders set token = gen_random_uuid() where token is null }
                """);

        assertThat(seen).extracting(DrillObserved::sight).containsOnly(Sight.HELD, Sight.NOTED);
        assertThat(DrilledShop.messages(seen, Sight.HELD))
                .containsExactly("Killed at 4 points, the migration was resumed from its start 4 times and came to the"
                        + " schema and the data of an undisturbed one.");
        assertThat(DrilledShop.messages(seen, Sight.NOTED))
                .containsExactly(
                        "Two undisturbed runs do not have the same values in orders.token: there only the number of values"
                                + " was compared.",
                        "Killed in step add, before its statement: it left step add undone; resumed.",
                        "Killed before step fill: it left the schema as before step fill; resumed.",
                        "Killed in step fill, before its statement: it left the schema as before step fill; resumed.",
                        "Killed after the last step: it left every step done; resumed.");
    }

    @Test
    void aMigrationThatCannotBeRunAgainIsCaughtWithWhatTheCrashLeft() throws Exception {
        List<DrillObserved> seen = drilled("""
                migration:
                  steps:
                    - { name: add, sql: alter table orders add column token uuid }
                    - { name: index, sql: create index orders_token on orders (token) }
                """);

        assertThat(DrilledShop.messages(seen, Sight.BROKEN))
                .contains(
                        "Killed before step index, the migration cannot be run again: `alter table orders add column token"
                                + " uuid`: ERROR: column \"token\" of relation \"orders\" already exists (SQLState 42701). The crash"
                                + " had left step index undone.");
        assertThat(DrilledShop.messages(seen, Sight.NOTED))
                .containsExactly("Killed in step add, before its statement: it left step add undone; resumed.");
    }

    /** The classic trap: what is left is an invalid index, which IF NOT EXISTS takes for done. */
    @Test
    void anInvalidIndexThatIsPassedByIsCaught() throws Exception {
        List<DrillObserved> seen = drilled("""
                migration:
                  steps:
                    - name: function
                      sql: |
                        create or replace function slow(amount numeric) returns numeric immutable language plpgsql as
                          'begin perform pg_sleep(0.0005); return amount; end'
                    - name: index
                      sql: create index concurrently if not exists orders_slow on orders (slow(amount))
                """);

        assertThat(DrilledShop.messages(seen, Sight.BROKEN))
                .anySatisfy(message -> assertThat(message)
                        .startsWith("Killed in step index, after ")
                        .contains(
                                " and run again, the migration succeeds, but does not come to what it comes to undisturbed:"
                                        + " orders: index orders_slow was (",
                                "; invalid",
                                "an invalid index, orders_slow on orders"));
    }

    @Test
    void aBackfillInOneTransactionPerBatchIsLeftHalfDone() throws Exception {
        List<DrillObserved> seen = drilled("""
                migration:
                  steps:
                    - { name: add, sql: alter table orders add column if not exists region text }
                    - name: backfill
                      transaction: none
                      sql: |
                        do $$ begin
                          for i in 0..19 loop
                            update orders set region = 'eu' where id > i * 100 and id <= i * 100 + 100 and region is null;
                            commit;
                            perform pg_sleep(0.06);
                          end loop;
                        end $$
                """);

        assertThat(seen).extracting(DrillObserved::sight).containsOnly(Sight.HELD, Sight.NOTED);
        assertThat(DrilledShop.messages(seen, Sight.NOTED))
                .filteredOn(note -> note.startsWith("Killed in step backfill, after "))
                .hasSize(3)
                .anyMatch(note -> note.matches(".* [0-9,]+ of 2,000 values in orders\\.region; resumed\\."));
    }

    @Test
    void aMigrationThatFailsByItselfCannotBeTried() throws Exception {
        List<DrillObserved> seen = drilled("migration: { steps: [ { sql: select 1 / 0 } ] }\n");

        assertThat(DrilledShop.messages(seen, Sight.UNKNOWN))
                .containsExactly(
                        "The migration fails by itself: `select 1 / 0`: ERROR: division by zero (SQLState 22012).");
    }

    private static List<DrillObserved> drilled(String migration) throws Exception {
        return shop.drilled(shop.scenario("crash", "", migration));
    }
}
