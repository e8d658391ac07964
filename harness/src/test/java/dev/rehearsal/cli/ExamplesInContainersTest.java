package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.environment.InContainers;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Every example on both runtimes: the same verdict, for the same reasons, from the same evidence. */
@Tag("proof")
@InContainers
class ExamplesInContainersTest {
    /** Who waits shorter than this waits by chance: whether a request came just then. */
    private static final double LONG_WAIT_MILLIS = 500;

    private static final Set<String> READS = Set.of("read-order", "order-history");

    @TempDir
    private Path directory;

    /** At a scale where what the wrong way holds is far from its limit. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "01-add-column-volatile-default, 0.25",
        "02-add-column-phased, 0.25",
        "03-set-not-null, 1",
        "04-set-not-null-via-check, 1",
        "05-create-index, 1",
        "06-create-index-concurrently, 1",
        "07-alter-behind-long-transaction, 0.25",
        "08-alter-with-lock-timeout, 0.25"
    })
    void sayTheSameOfBothRuntimes(String example, String scale) {
        JsonNode local = result(ExampleRuns.local(example, scale));
        JsonNode containers = inContainers(example, scale);

        assertThat(local.get("environment").get("runtime").asString()).isEqualTo("local");
        assertThat(containers.get("environment").get("runtime").asString()).isEqualTo("containers");
        for (String field : List.of("verdict", "schemaVersion")) {
            assertThat(containers.get(field)).as(field).isEqualTo(local.get(field));
        }
        assertThat(settings(containers)).isEqualTo(settings(local));
        assertThat(containers.get("dataset").get("fingerprint"))
                .as("one snapshot for both")
                .isEqualTo(local.get("dataset").get("fingerprint"));
        assertThat(findings(containers)).isEqualTo(findings(local));
        assertThat(rollback(containers)).isEqualTo(rollback(local));
        List<JsonNode> statements = statements(local);
        List<JsonNode> others = statements(containers);
        assertThat(others).hasSameSizeAs(statements);
        for (int i = 0; i < statements.size(); i++) {
            assertSame(statements.get(i), others.get(i));
        }
    }

    private static void assertSame(JsonNode local, JsonNode containers) {
        String sql = local.get("sql").asString();
        for (String field : List.of("sql", "status", "sqlState", "rewrites")) {
            assertThat(containers.get(field)).as("%s of %s", field, sql).isEqualTo(local.get(field));
        }
        assertThat(locks(containers)).as("locks of %s", sql).isEqualTo(locks(local));
        assertThat(relations(containers.get("scans"))).as("scans of %s", sql).isEqualTo(relations(local.get("scans")));
        for (String field : List.of("durationMillis", "waitedMillis")) {
            assertAlike(
                    field + " of " + sql,
                    local.get(field).asDouble(),
                    containers.get(field).asDouble());
        }
        assertAlike("longest hold of " + sql, longestHold(local), longestHold(containers));
        if (longestWait(local) > LONG_WAIT_MILLIS || longestWait(containers) > LONG_WAIT_MILLIS) {
            assertThat(victims(containers)).as("victims of %s", sql).isEqualTo(victims(local));
            assertAlike("longest wait behind " + sql, longestWait(local), longestWait(containers));
        }
    }

    /** Within a factor of three, on a machine that does other things too; what is shorter than a tenth of a second may be anything that short. */
    private static void assertAlike(String what, double local, double containers) {
        double low = Math.max(Math.min(local, containers), 100);
        assertThat(Math.max(local, containers))
                .as("%s: %s local, %s in containers", what, local, containers)
                .isLessThan(3 * low);
    }

    private JsonNode inContainers(String example, String scale) {
        return result(HarnessRun.rehearse(
                HarnessRun.example(example),
                directory.resolve("containers"),
                "--scale",
                scale,
                "--set",
                "timeline.rollback=1s",
                "--runtime",
                "containers"));
    }

    private static JsonNode result(HarnessRun run) {
        // Inconclusive is no evidence: this proof wants the machine to itself.
        assertThat(run.exitCode()).as(run.told()).isIn(0, 1);
        return run.result();
    }

    private static Map<String, String> findings(JsonNode result) {
        return HarnessRun.stream(result.get("findings"))
                .collect(Collectors.toMap(
                        finding -> finding.get("objective").asString() + " "
                                + finding.get("subject").asString(),
                        finding -> finding.get("status").asString(),
                        (one, other) -> one + ", " + other,
                        TreeMap::new));
    }

    private static List<JsonNode> rollback(JsonNode result) {
        JsonNode rollback = result.get("rollback");
        return List.of(rollback.get("status"), rollback.get("schemaRestored"), rollback.get("differences"));
    }

    private static JsonNode settings(JsonNode result) {
        return result.get("environment").get("settings");
    }

    private static List<JsonNode> statements(JsonNode result) {
        return HarnessRun.stream(result.get("steps"))
                .flatMap(step -> HarnessRun.stream(step.get("statements")))
                .toList();
    }

    /** The strongest on each relation that was there before; weaker ones come and go between two looks. */
    private static Map<String, String> locks(JsonNode statement) {
        List<String> strength = List.of(
                "AccessShare",
                "RowShare",
                "RowExclusive",
                "ShareUpdateExclusive",
                "Share",
                "ShareRowExclusive",
                "Exclusive",
                "AccessExclusive");
        return HarnessRun.stream(statement.get("locks"))
                .filter(lock -> !lock.get("ownRelation").asBoolean())
                .filter(lock ->
                        strength.indexOf(lock.get("mode").asString()) >= strength.indexOf("ShareUpdateExclusive"))
                .collect(Collectors.toMap(
                        lock -> lock.get("relation").asString(),
                        lock -> lock.get("mode").asString(),
                        (one, other) -> strength.indexOf(one) > strength.indexOf(other) ? one : other,
                        TreeMap::new));
    }

    private static Set<String> relations(JsonNode scans) {
        return HarnessRun.stream(scans)
                .map(scan -> scan.get("relation").asString())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether readers, writers or both. */
    private static Set<String> victims(JsonNode statement) {
        return HarnessRun.stream(statement.get("victims"))
                .filter(victim -> victim.get("maxWaitMillis").asDouble() > LONG_WAIT_MILLIS / 2)
                .map(victim -> READS.contains(victim.get("operation").asString()) ? "readers" : "writers")
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static double longestHold(JsonNode statement) {
        return HarnessRun.stream(statement.get("locks"))
                .filter(lock -> !lock.get("ownRelation").asBoolean())
                .map(lock -> lock.get("heldMillis").asDouble())
                .max(Comparator.naturalOrder())
                .orElse(0.0);
    }

    private static double longestWait(JsonNode statement) {
        return HarnessRun.stream(statement.get("victims"))
                .map(victim -> victim.get("maxWaitMillis").asDouble())
                .max(Comparator.naturalOrder())
                .orElse(0.0);
    }
}
