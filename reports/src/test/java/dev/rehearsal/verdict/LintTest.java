package dev.rehearsal.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.StatementPredicted;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LintTest {
    private static final String CHANGE = "alter table orders add column token uuid default gen_random_uuid()";

    @Test
    void whatAnotherToolSendsIsKnownByItsText() {
        List<Lint> lints = Lint.of(new RunBuilder()
                .event(predicted(0, "create table made (id int)"))
                .event(predicted(1, CHANGE + ";"))
                .step(
                        "V1__token",
                        "flyway",
                        Phase.MIGRATION,
                        RunBuilder.statement("set role migrator", 61_000, 1),
                        RunBuilder.statement(CHANGE.replace(" default", "\n  default"), 61_010, 700)
                                .rewrote("orders", "column default"))
                .build());

        assertThat(lints)
                .filteredOn(lint -> lint.predicted().statement() == 1)
                .singleElement()
                .satisfies(
                        lint -> assertThat(lint.aspects()).contains(new Lint.Aspect("rewrites", "nothing", "orders")));
        assertThat(lints)
                .filteredOn(lint -> lint.predicted().statement() == 0)
                .singleElement()
                .satisfies(lint -> assertThat(lint.measured()).isEmpty());
    }

    /** Comments go with what a change log holds; and nobody sees what rows another tool's update reads. */
    @Test
    void twoOfTheSameTextAreTakenInTheirOrder() {
        String update = "update orders set status = 'old'";

        List<Lint> lints = Lint.of(new RunBuilder()
                .event(predicted(0, update))
                .event(predicted(1, update))
                .step(
                        "41",
                        "liquibase",
                        Phase.MIGRATION,
                        RunBuilder.statement("-- all of them\n" + update, 61_000, 10),
                        RunBuilder.statement(update + " -- again", 61_100, 10).rewrote("orders", "column default"))
                .build());

        assertThat(lints.stream().map(Lint::agrees)).containsExactly(false, true);
        assertThat(lints.getFirst().predicted().statement()).isEqualTo(1);
        assertThat(lints)
                .allSatisfy(lint -> assertThat(lint.aspects())
                        .extracting(Lint.Aspect::name)
                        .containsExactly("outcome", "rewrites", "locks"));
    }

    @Test
    void whatTheHarnessSendsIsKnownByItsPlace() {
        List<Lint> lints = Lint.of(new RunBuilder()
                .event(predicted(0, CHANGE))
                .migrated(RunBuilder.statement("alter table orders /* as sent */ add column token uuid", 61_000, 5))
                .build());

        assertThat(lints)
                .singleElement()
                .satisfies(lint -> assertThat(lint.measured()).isPresent());
    }

    /** Nobody felt it, so that nobody had to foresee it. */
    @Test
    void aRewriteOfWhatTheMigrationMadeIsNoDisagreement() {
        List<Lint> lints = Lint.of(new RunBuilder()
                .event(predicted(
                        0, "do $$ begin create table mine (id int); alter table mine alter id type bigint; end $$"))
                .migrated(RunBuilder.statement("do $$ begin end $$", 61_000, 5).rewroteOwn("mine", "column type"))
                .build());

        assertThat(lints)
                .singleElement()
                .satisfies(lint -> assertThat(lint.agrees()).isTrue());
    }

    private static StatementPredicted predicted(int statement, String sql) {
        return new StatementPredicted(
                0,
                0,
                statement,
                "V1__token",
                Phase.MIGRATION,
                sql,
                RunBuilder.PLACE_IN_FILE,
                Optional.empty(),
                Optional.empty(),
                true,
                List.of(),
                List.of(),
                true,
                List.of(),
                List.of(),
                List.of());
    }
}
