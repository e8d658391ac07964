package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Faults that begin on what the server does: a lock that is held or waited for, a commit, the phases of an index build. */
class CuesTest extends ServerAway {
    @Test
    void aLockHeldIsACueAndAQueueThatNeverFormedIsInconclusive() throws IOException {
        HarnessRun run = rehearse("""
                - name: change
                      sql: |
                        alter table orders add column if not exists x int;
                        select pg_sleep(1);
                """.strip(), """
                { at: { lockHeld: orders }, pause: { of: primary, for: 200ms } }
                  - { at: { lockQueued: customers }, pause: { of: primary, for: 200ms } }
                """.strip(), "20s");

        JsonNode faults = run.result().get("faults");
        JsonNode held = HarnessRun.stream(faults)
                .filter(fault -> fault.get("happened").asBoolean())
                .findFirst()
                .orElseThrow();
        JsonNode step = run.result().get("steps").get(0);
        assertThat(held.get("startMillis").asDouble())
                .isBetween(
                        step.get("startMillis").asDouble(),
                        step.get("endMillis").asDouble());
        assertThat(HarnessRun.stream(faults)
                        .filter(fault -> !fault.get("happened").asBoolean())
                        .map(fault -> fault.get("effect").asString()))
                .containsExactly(
                        "Did not happen: the migration was not seen to wait for a lock on that table that stops writes.");
        assertThat(finding(run, "fault").get("status").asString()).isEqualTo("inconclusive");
        assertThat(run.exitCode()).as(run.told()).isEqualTo(3);
    }

    /** The replica's link stands still, so the commit waits for it, for as long as it takes. */
    @Test
    void aCommitThatIsCutOffIsOfUnknownOutcomeAndTheServerIsAsked() throws IOException {
        HarnessRun run =
                rehearse("""
                - name: change
                      sql: |
                        alter table orders add column if not exists x int;
                        select pg_sleep(1);
                """.strip(), """
                { at: { step: change, after: 0s }, bandwidth: { of: replication-1, rate: 0, for: 4s } }
                  - { at: { committing: change }, down: { of: primary, for: 1s } }
                """.strip(), "20s", "environment.replicas=1", "environment.synchronous=true");

        JsonNode step = run.result().get("steps").get(0);
        assertThat(step.get("status").asString()).as(run.told()).isEqualTo("unknown");
        assertThat(step.get("statements").get(1).get("message").asString())
                .matches("(?s)the commit's outcome is unknown to the client; the server has it: transaction [0-9]+ is"
                        + " committed \\(.*\\)");
        assertThat(HarnessRun.stream(run.result().get("faults")))
                .allMatch(fault -> fault.get("happened").asBoolean());
        JsonNode migration = finding(run, "migration");
        assertThat(migration.get("status").asString()).as(run.told()).isNotEqualTo("passed");
        assertThat(migration.get("message").asString())
                .startsWith("Step change of the migration is of unknown outcome: ")
                .contains("unknown to the client; the server has it: transaction ");
        assertThat(run.out()).contains("outcome unknown");
    }

    /** A writer that is not done holds the build up; then every connection is cut, and the build with it. */
    @Test
    void anIndexBuildThatIsCutBetweenItsPhasesLeavesAnInvalidIndexThatIsNamed() throws IOException {
        HarnessRun run = rehearse("""
                - { name: index, sql: create index concurrently orders_late on orders (status) }
                  rollback: { steps: [{ name: drop, sql: drop index if exists never_made }] }
                """.strip(), """
                { at: { step: index, before: 1s }, blocker: { sql: update orders set status = status where id = 1, hold: 8s } }
                  - { at: { phase: waiting for writers before build, step: index }, crash: { of: primary, for: 1s } }
                """.strip(), "20s");

        JsonNode crash = HarnessRun.stream(run.result().get("faults"))
                .filter(fault -> fault.get("kind").asString().equals("crash"))
                .findFirst()
                .orElseThrow();
        assertThat(crash.get("happened").asBoolean()).as(run.told()).isTrue();
        assertThat(HarnessRun.stream(run.result().get("faults"))
                        .map(fault -> fault.get("effect").asString()))
                .anyMatch(effect -> effect.endsWith(", until its server was taken away."));
        assertThat(HarnessRun.stream(run.result().get("validity").get("reasons"))
                        .map(JsonNode::asString))
                .noneMatch(reason -> reason.contains("blocker") || reason.contains("fault injector"));
        JsonNode step = run.result().get("steps").get(0);
        assertThat(step.get("status").asString()).isEqualTo("failed");
        assertThat(Files.readString(run.directory().resolve("result.json")))
                .contains("index orders_late was not there before")
                .contains("; invalid");
    }
}
