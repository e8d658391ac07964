package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rehearsal.scenario.AddedMigrations.UnknownException;
import dev.rehearsal.scenario.ChangeSets;
import dev.rehearsal.scenario.MigrationSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a branch adds, in a real repository. */
class BranchMigrationsTest {
    private final BranchMigrations sinceMain = new BranchMigrations("main");

    @TempDir
    private Path repository;

    private Path migrations;

    @BeforeEach
    void makeRepository() throws Exception {
        assumeTrue(hasGit(), "no git on the path");
        migrations = Files.createDirectories(repository.resolve("db/migrations"));
        git("init", "--quiet", "--initial-branch=main");
        write("1_a.sql", "select 1;");
        write("R__totals.sql", "select 2;");
        write("log.sql", "--liquibase formatted sql\n--changeset me:1\nselect 1;\n");
        commit();
        git("checkout", "--quiet", "-b", "feature");
    }

    @Test
    void takesWhatIsCommittedAndWhatIsNotYet() throws Exception {
        write("2_b.sql", "select 2;");
        commit();
        write("3_c.sql", "select 3;");

        assertThat(sinceMain.files(migrations))
                .containsExactlyInAnyOrder(migrations.resolve("2_b.sql"), migrations.resolve("3_c.sql"));
    }

    @Test
    void whatMainHasAddedMeanwhileIsNotTheBranchs() throws Exception {
        write("2_b.sql", "select 2;");
        commit();
        git("checkout", "--quiet", "main");
        write("9_others.sql", "select 9;");
        commit();
        git("checkout", "--quiet", "feature");

        assertThat(sinceMain.files(migrations)).containsExactly(migrations.resolve("2_b.sql"));
    }

    @Test
    void aRepeatableScriptThatWasEditedIsAppliedAgain() throws Exception {
        write("R__totals.sql", "select 3;");

        assertThat(sinceMain.files(migrations)).containsExactly(migrations.resolve("R__totals.sql"));
    }

    @Test
    void refusesAMigrationThatWasEdited() throws Exception {
        write("1_a.sql", "select 11;");

        assertThatExceptionOfType(UnknownException.class)
                .isThrownBy(() -> sinceMain.files(migrations))
                .withMessage(
                        "1_a.sql was edited since main, where it is a migration already: what is applied cannot be changed any"
                                + " more; take the edit back, and add another migration");
    }

    @Test
    void saysThatThereIsNoSuchReference() {
        assertThatExceptionOfType(UnknownException.class)
                .isThrownBy(() -> new BranchMigrations("origin/main").files(migrations))
                .withMessageStartingWith("there is no origin/main in the git repository ")
                .withMessageEndingWith("; fetch it, e.g. git fetch origin main, or name another with --changed-since");
    }

    @Test
    void saysThatThereIsNoRepository(@TempDir Path elsewhere) {
        assertThatExceptionOfType(UnknownException.class)
                .isThrownBy(() -> sinceMain.files(elsewhere))
                .withMessage(elsewhere + " is in no git repository, so nobody knows what was added since main");
    }

    @Test
    void tellsChangeSetsThatWereAddedToALogFromThoseThatWereThere() throws Exception {
        write("log.sql", "--liquibase formatted sql\n--changeset me:1\nselect 1;\n--changeset me:2\nselect 2;\n");
        MigrationSource.Liquibase source = new MigrationSource.Liquibase(
                migrations,
                "log.sql",
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                new MigrationSource.Selection(Optional.empty(), false, Optional.empty(), List.of()));
        List<ChangeSets.Listed> now =
                ServiceLoader.load(ChangeSets.class).findFirst().orElseThrow().read(source);

        assertThat(now).hasSize(2);
        assertThat(sinceMain.changeSets(source, now)).containsExactly("log.sql::2::me");
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(migrations.resolve(name), text);
    }

    private void commit() throws Exception {
        git("add", "--all");
        git("-c", "user.name=somebody", "-c", "user.email=somebody@example.org", "commit", "--quiet", "-m", "more");
    }

    private void git(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("git", "-C", repository.toString()));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor()).isZero();
    }

    private static boolean hasGit() throws InterruptedException {
        try {
            return new ProcessBuilder("git", "--version").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
