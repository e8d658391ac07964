package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Rehearsals that take a wrong turn come to their end all the same, and say what happened. */
class WrongTurnsTest {
    /** Nothing here is about how long something takes. */
    private static final String[] SHORT = {
        "--scale",
        "0.02",
        "--set",
        "timeline.warmup=2s",
        "--set",
        "timeline.baseline=2s",
        "--set",
        "timeline.migration=1s",
        "--set",
        "timeline.rollback=1s",
        "--set",
        "objectives=[ { lockWait: { victims: application, max: 1s } }, { rollback: { succeeds: true, max: 30s } } ]"
    };

    @TempDir
    private Path directory;

    @Test
    void aRollbackThatForgetsSomethingFailsAndIsJudgedTheSameAgain() throws IOException {
        Path scenario = edited(
                "07-alter-behind-long-transaction", "drop column if exists region", "drop column if exists regio");

        HarnessRun run = HarnessRun.rehearse(scenario, directory.resolve("run"), SHORT);

        JsonNode rollback = run.result().get("rollback");
        assertThat(rollback.get("status").asString()).isEqualTo("succeeded");
        assertThat(rollback.get("schemaRestored").asBoolean()).isFalse();
        assertThat(rollback.get("differences").toString()).contains("orders.region");
        assertThat(run.exitCode()).as(run.told()).isNotEqualTo(0);
        assertThat(HarnessRun.stream(run.result().get("findings"))
                        .filter(finding -> finding.get("objective").asString().equals("rollback")))
                .singleElement()
                .satisfies(
                        finding -> assertThat(finding.get("status").asString()).isNotEqualTo("passed"));
        assertJudgedTheSame(run);
    }

    @Test
    @Tag("proof")
    void aMigrationThatDoesNotEndIsCancelledAndTheWayBackStillTaken() throws IOException {
        Path scenario = edited("07-alter-behind-long-transaction", "migration:\n", "migration:\n  timeLimit: 2s\n");

        HarnessRun run = HarnessRun.rehearse(scenario, directory.resolve("run"), SHORT);

        JsonNode step = run.result().get("steps").get(0);
        assertThat(step.get("status").asString()).isEqualToIgnoringCase("timedOut");
        assertThat(run.result().get("rollback").get("status").asString()).isEqualTo("succeeded");
        assertThat(run.result().get("rollback").get("schemaRestored").asBoolean())
                .isTrue();
        assertThat(run.exitCode()).as(run.told()).isNotEqualTo(0);
        assertThat(directory.resolve("run/report.html")).exists();
    }

    @Test
    @Tag("proof")
    void aStatementThatFailsIsNamedWithWhatTheServerSaid() throws IOException {
        Path scenario = edited(
                "07-alter-behind-long-transaction",
                "add column if not exists region text",
                "add column region text not null");

        HarnessRun run = HarnessRun.rehearse(scenario, directory.resolve("run"), SHORT);

        JsonNode statement = run.statements().getFirst();
        assertThat(statement.get("status").asString()).isEqualTo("failed");
        assertThat(statement.get("sqlState").asString()).isEqualTo("23502");
        assertThat(run.exitCode()).as(run.told()).isNotEqualTo(0);
        assertThat(run.out()).contains("23502");
    }

    /** The undo scripts have no "if exists": of what was not applied they would fail. */
    @Test
    @Tag("proof")
    void aMigrationThatFailsMidwayIsTakenBackFromWhereItCame() throws IOException {
        Path migrations = Files.createDirectories(directory.resolve("migrations"));
        Files.writeString(migrations.resolve("V1__region.sql"), "alter table orders add column region text;");
        Files.writeString(migrations.resolve("U1__region.sql"), "alter table orders drop column region;");
        Files.writeString(
                migrations.resolve("V2__tax.sql"),
                "alter table orders add column tax int;\nalter table orders add constraint paid check (status = 'paid');");
        Files.writeString(migrations.resolve("U2__tax.sql"), "alter table orders drop column tax;");
        Files.writeString(migrations.resolve("V3__note.sql"), "alter table orders add column remark text;");
        Files.writeString(migrations.resolve("U3__note.sql"), "alter table orders drop column remark;");
        String text = Files.readString(edited("07-alter-behind-long-transaction", "migration:\n", "migration:\n"));
        Path scenario = Files.writeString(
                directory.resolve("scenario.yaml"),
                text.replaceAll(
                                "(?s)\nmigration:\n.*?\ntimeline:",
                                "\nmigration: { steps: [ { flyway: { locations: migrations } } ] }\ntimeline:")
                        .replaceAll("(?s)\nfaults:\n.*?\n\n", "\n"));

        HarnessRun run = HarnessRun.rehearse(scenario, directory.resolve("run"), SHORT);

        assertThat(HarnessRun.stream(run.result().get("steps"))
                        .map(step -> step.get("name").asString() + " "
                                + step.get("status").asString()))
                .as(run.told())
                .containsExactly(
                        "V1__region succeeded",
                        "V2__tax failed",
                        "V3__note skipped",
                        "undo V3__note skipped",
                        "undo V2__tax skipped",
                        "undo V1__region succeeded");
        JsonNode rollback = run.result().get("rollback");
        assertThat(rollback.get("status").asString()).isEqualTo("succeeded");
        assertThat(rollback.get("schemaRestored").asBoolean()).isTrue();
        assertThat(HarnessRun.stream(run.result().get("notes")).map(JsonNode::asString))
                .contains(
                        "The migration ended early, so the rollback leaves out what undoes migrations that were not applied:"
                                + " undo V3__note, undo V2__tax. Whether they work was not tried.");
    }

    @Test
    void aPortThatIsTakenIsSaidWithTheRemedy() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path scenario = edited(
                    "07-alter-behind-long-transaction",
                    "dataset:\n",
                    "environment: { settings: { port: " + taken.getLocalPort() + " } }\ndataset:\n");

            HarnessRun run = HarnessRun.rehearse(scenario, directory.resolve("run"), SHORT);

            assertThat(run.exitCode()).as(run.told()).isEqualTo(3);
            assertThat(run.err()).contains("port " + taken.getLocalPort() + " is taken");
        }
    }

    /** Again from its directory. */
    private static void assertJudgedTheSame(HarnessRun run) throws IOException {
        Path result = run.directory().resolve("result.json");
        Path page = run.directory().resolve("report.html");
        String before = Files.readString(result);
        Files.delete(result);
        Files.delete(page);

        HarnessRun again = HarnessRun.of("report", run.directory().toString());

        assertThat(again.exitCode()).isEqualTo(run.exitCode());
        assertThat(again.out()).isEqualTo(run.out());
        assertThat(result).hasContent(before);
        assertThat(page).exists();
    }

    private Path edited(String example, String find, String replace) throws IOException {
        String text = Files.readString(HarnessRun.example(example))
                .replace(
                        "../../../datasets", HarnessRun.ROOT.resolve("datasets").toString());
        assertThat(text).contains(find);
        return Files.writeString(directory.resolve("scenario.yaml"), text.replace(find, replace));
    }
}
