package dev.rehearsal.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.RunEvent.DrillObserved;
import dev.rehearsal.run.RunEvent.Sight;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The seed draws the second of three databases; a migration of two steps fails in its second. */
class DriftDrillTest extends DrillTest {
    private static final Pattern FINGERPRINT = Pattern.compile("\\b[0-9a-f]{8}\\b");

    @Test
    void oneOfThreeThatFailsDiffersAndIsBroughtTogetherByRunningItAgain() throws Exception {
        List<DrillObserved> seen = drilled("""
                databases: { count: 3, onFailure: continue }
                migration:
                  steps:
                    - { name: add, sql: alter table orders add column if not exists region text }
                    - { name: index, sql: create index if not exists orders_region on orders (region) }
                """);

        assertThat(told(seen, "drift"))
                .isEqualTo(
                        "Of 3 databases, migrated one after the other, number 2 was made to fail in step index: `create"
                                + " index if not exists orders_region on orders (region)`: FATAL: terminating connection due to"
                                + " administrator command (SQLState 57P01). Schema fingerprints: #1 on databases 1, 3; #2 on"
                                + " database 2. Database 2 beside database 1: orders: index orders_region (CREATE INDEX"
                                + " orders_region ON public.orders USING btree (region)) is only on database 1.");
        assertThat(DrilledShop.messages(numbered(seen), Sight.HELD))
                .containsExactly("Run again from its start on database 2, the migration brings all 3 together: the same"
                        + " schema, fingerprint #1, and the same data.");
        assertThat(seen).extracting(DrillObserved::sight).containsExactly(Sight.NOTED, Sight.HELD, Sight.NOTED);
        assertThat(told(seen, "load")).matches("Of [1-9][0-9,]* operations meanwhile on all 3 databases .*\\.");
    }

    @Test
    void oneThatCannotBeRunAgainIsNamedAndTheWayBackIsTried() throws Exception {
        List<DrillObserved> seen = drilled("""
                databases: { count: 3 }
                migration:
                  steps:
                    - { name: add, sql: alter table orders add column region text }
                    - { name: fill, sql: update orders set region = 'eu' where id <= 10 }
                  rollback:
                    steps:
                      - { name: drop, sql: alter table orders drop column if exists region }
                """);

        assertThat(told(seen, "drift"))
                .endsWith(
                        " Left as it was: database 3. Schema fingerprints: #1 on databases 1, 2; #2 on database 3."
                                + " Database 3 beside database 1: orders.region (column 6; text) is only on database 1. Compared with the"
                                + " data of database 1, on database 2 orders.region has 0 values that are not null and had 10.");
        assertThat(DrilledShop.messages(seen, Sight.BROKEN))
                .containsExactly("Run again from its start on database 2, the migration stops in step add: `alter table"
                        + " orders add column region text`: ERROR: column \"region\" of relation \"orders\" already exists"
                        + " (SQLState 42701). So the databases do not come together by running it again. Write add"
                        + " column if not exists.");
        assertThat(told(seen, "convergence by rollback"))
                .isEqualTo("The rollback on databases 1, 2 brings all together: every schema is as it was before the"
                        + " migration, fingerprint #2.");
        assertThat(DrilledShop.messages(seen, Sight.HELD)).isEmpty();
    }

    @Test
    @Tag("proof")
    void whereThereIsNoWayBackItGoesOnFromTheStepThatFailed() throws Exception {
        List<DrillObserved> seen = drilled("""
                databases: { count: 3, wave: 2 }
                migration:
                  steps:
                    - { name: add, sql: alter table orders add column region text }
                    - { name: fill, sql: update orders set region = 'eu' }
                """);

        assertThat(told(seen, "drift"))
                .startsWith("Of 3 databases, migrated in waves of 2, number 2 was made to fail in step fill: ");
        assertThat(DrilledShop.messages(seen, Sight.BROKEN)).hasSize(1);
        assertThat(told(seen, "convergence by going on"))
                .isEqualTo(
                        "There is no rollback to go back with. Run on database 2 from step fill on, the migration brings"
                                + " all together: the same schema and the same data.");
    }

    @Test
    @Tag("proof")
    void aSecondTimeThatChangesDataAgainLeavesThemApart() throws Exception {
        List<DrillObserved> seen = drilled("""
                databases: { count: 3, wave: 3 }
                migration:
                  steps:
                    - { name: raise, sql: update orders set amount = amount + 1 }
                    - { name: token, sql: alter table orders add column if not exists token uuid default gen_random_uuid() }
                """);

        assertThat(told(seen, "what cannot be compared"))
                .isEqualTo("Databases that nothing befell do not have the same values in orders.token: there only the"
                        + " number of values was compared.");
        assertThat(DrilledShop.messages(seen, Sight.BROKEN))
                .containsExactly(
                        "Run again from its start on database 2, the migration succeeds, but the databases still"
                                + " differ: on database 2 orders.amount has other values.");
    }

    /** A tool's session is its own: it is ended when it is seen at work. */
    @Test
    @Tag("proof")
    void aToolIsMadeToFailToo() throws Exception {
        List<DrillObserved> seen = drilled("""
                databases: { count: 2, onFailure: continue }
                migration:
                  steps:
                    - name: psql
                      command: [ psql, -v, ON_ERROR_STOP=1, -c, "begin; create table if not exists t (n int); select pg_sleep(1); commit" ]
                """);

        assertThat(told(seen, "drift"))
                .contains(" was made to fail in step psql: ")
                .contains("(SQLState 57P01). Schema fingerprints: #1 on database 1; #2 on database 2.")
                .contains("t.n (column 1; integer) is only on database ");
        assertThat(DrilledShop.messages(seen, Sight.HELD))
                .singleElement()
                .asString()
                .contains("brings all 2 together");
    }

    /** Fingerprints by the order in which they are told. */
    private static String told(List<DrillObserved> seen, String subject) {
        return numbered(seen).stream()
                .filter(one -> one.subject().equals(subject))
                .map(DrillObserved::message)
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing was said of " + subject + ": " + seen));
    }

    private static List<DrillObserved> numbered(List<DrillObserved> seen) {
        List<String> fingerprints = new ArrayList<>();
        return seen.stream()
                .map(one -> new DrillObserved(
                        one.atNanos(),
                        one.drill(),
                        one.subject(),
                        one.sight(),
                        numbered(one.message(), fingerprints),
                        one.location()))
                .toList();
    }

    private static String numbered(String message, List<String> fingerprints) {
        Matcher matcher = FINGERPRINT.matcher(message);
        return matcher.replaceAll(found -> {
            if (!fingerprints.contains(found.group())) {
                fingerprints.add(found.group());
            }
            return "#" + (fingerprints.indexOf(found.group()) + 1);
        });
    }

    private static List<DrillObserved> drilled(String migration) throws Exception {
        return shop.drilled(shop.scenario("drift", "", migration));
    }
}
