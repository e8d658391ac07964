package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rehearsal.compare.Growth;
import dev.rehearsal.compare.Growth.Measured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * Sizes 0.5, 1 and 2 predict the hold at 8: on real servers, for what rewrites, what scans and what sorts. And rates that a pool cannot serve say when not
 * to migrate.
 */
@Tag("proof")
@Timeout(300)
class SweepTest {
    private static final String SCENARIO = """
            name: grows
            dataset: { use: . }
            environment: { runtime: local }
            workload:
              services:
                - name: bank
                  rate: 20/s
                  operations:
                    - name: read
                      parameters: { id: { references: account.id } }
                      transaction: select balance from account where id = :id
            migration:
              steps:
                - { name: rewrite, sql: alter table account alter column balance type bigint }
                # A scan alone is over in milliseconds at these sizes, and mostly noise: this one has something to compute for each row.
                - { name: scan, sql: "alter table account add constraint named check (md5(md5(owner)) <> '')" }
                - { name: index, sql: create index account_owner on account (owner) }
            timeline: { warmup: 1s, baseline: 1s, migration: 1s, settle: 1s }
            objectives:
              - { migrationTime: { max: 10m } }
            """;

    @TempDir
    private Path directory;

    /** In one scenario, because each of them alone would take as many runs: the sweep itself tells the longest, and each step's hold is in the runs. */
    @Test
    void predictsTheHoldsAtALargerSize() throws IOException {
        Files.writeString(directory.resolve("schema.sql"), """
                create table account (id int primary key, balance int not null, owner text);
                """);
        Files.writeString(directory.resolve("dataset.yaml"), """
                name: accounts
                schema: schema.sql
                tables:
                  account:
                    rows: 200_000
                    columns: { id: { sequence: 1 }, balance: { uniform: [0, 1000] }, owner: { text: [40, 80] } }
                """);
        Path file = Files.writeString(directory.resolve("scenario.yaml"), SCENARIO);

        HarnessRun run = HarnessRun.of(
                "rehearse",
                file.toString(),
                "--sweep",
                "scale=0.5,1,2,8",
                "--predict",
                "rows=1_600_000",
                "--quiet",
                "--out",
                directory.resolve("sweep").toString());

        assertThat(run.exitCode()).as(run.told()).isZero();
        assertThat(run.out()).contains("At 1,600,000 rows of account the longest lock would be held for ");
        assertThat(directory.resolve("sweep/sweep.html")).isNotEmptyFile();
        JsonNode sweep = new ObjectMapper()
                .readTree(directory.resolve("sweep/sweep.json").toFile());
        for (String step : List.of("rewrite", "scan", "index")) {
            predicts(step, sweep);
        }
        double longest = sweep.get("points").get(3).get("holdMillis").asDouble();
        // result.json has microseconds.
        assertThat(longest)
                .isCloseTo(
                        Stream.of("rewrite", "scan", "index")
                                .mapToDouble(step -> held(step, "8").nanos() / 1e6)
                                .max()
                                .orElseThrow(),
                        within(0.001));
        assertThat(sweep.get("hold").get("check").get("measuredMillis").asDouble())
                .isEqualTo(longest);
    }

    private void predicts(String step, JsonNode sweep) {
        List<Measured> smaller =
                Stream.of("0.5", "1", "2").map(scale -> held(step, scale)).toList();
        Measured largest = held(step, "8");
        Growth growth = Growth.of(smaller).orElseThrow();
        Growth.Prediction prediction = growth.at(largest.rows());
        String told = String.format(
                Locale.ROOT,
                "%s: %s, predicted %.0f ms (%.0f to %.0f), measured %.0f ms, of %s in %s",
                step,
                growth.model(),
                prediction.nanos() / 1e6,
                prediction.low() / 1e6,
                prediction.high() / 1e6,
                largest.nanos() / 1e6,
                smaller,
                sweep.get("sentences"));
        assertThat(largest.rows()).as(told).isEqualTo(1_600_000);
        assertThat(prediction.holds((double) largest.nanos())).as(told).isTrue();
    }

    /** The longest hold on the table by one step of one run. */
    private Measured held(String step, String scale) {
        JsonNode result = new HarnessRun(0, "", "", directory.resolve("sweep/rate-1x-scale-" + scale)).result();
        return HarnessRun.stream(result.get("steps"))
                .filter(each -> each.get("name").asString().equals(step))
                .flatMap(each -> HarnessRun.stream(each.get("statements")))
                .flatMap(statement -> HarnessRun.stream(statement.get("locks")))
                .filter(lock -> lock.get("relation").asString().equals("account"))
                .map(lock -> new Measured(
                        result.get("dataset").get("rows").get("account").asLong(),
                        Math.round(lock.get("heldMillis").asDouble() * 1e6),
                        Math.round(lock.get("errorMillis").asDouble() * 1e6)))
                .max(Comparator.comparingLong(Measured::nanos))
                .orElseThrow();
    }

    /** A request keeps the only connection for 10 ms: 40/s are no trouble, of 400/s three quarters go without. */
    @Test
    void saysInWhichHoursOfADayItWouldBeSafe() throws IOException {
        Files.writeString(directory.resolve("schema.sql"), "create table account (id int primary key, balance int);\n");
        Files.writeString(directory.resolve("dataset.yaml"), """
                name: few
                schema: schema.sql
                tables: { account: { rows: 100, columns: { id: { sequence: 1 } } } }
                """);
        Files.writeString(directory.resolve("day.csv"), """
                time,rate
                00:00,20
                06:00,20
                12:00,400
                18:00,20
                """);
        Path file = Files.writeString(directory.resolve("scenario.yaml"), """
                name: by-day
                dataset: { use: . }
                environment: { runtime: local }
                workload:
                  services:
                    - name: bank
                      rate: { day: day.csv, compress: 96 }
                      pool: { size: 1, connectionTimeout: 500ms }
                      operations: [ { name: read, transaction: select pg_sleep(0.01) } ]
                migration:
                  steps:
                    - { name: change, sql: alter table account add column note text }
                timeline: { warmup: 1s, baseline: 2s, migration: 3s, settle: 1s }
                objectives:
                  - { errors: { during: migration, max: 10% } }
                """);

        HarnessRun run = HarnessRun.of(
                "rehearse",
                file.toString(),
                "--sweep",
                "rate=0.1x,1x",
                "--quiet",
                "--out",
                directory.resolve("sweep").toString());

        assertThat(run.exitCode()).as(run.told()).isZero();
        assertThat(run.out()).contains("By the day of day.csv the objectives ");
        JsonNode sweep = new ObjectMapper()
                .readTree(directory.resolve("sweep/sweep.json").toFile());
        JsonNode hours = sweep.get("hours");
        // A machine that others keep busy cannot show that the low rate holds: then nobody knows.
        Map<String, String> safety = Map.of("passed", "safe", "inconclusive", "not tried");
        String low = sweep.get("points").get(0).get("verdict").asString();
        assertThat(safety).as(run.out()).containsKey(low);
        assertThat(hours.get(3).get("safety").asString()).isEqualTo(safety.get(low));
        assertThat(hours.get(3).get("arrivalsPerSecond").asDouble()).isEqualTo(20);
        assertThat(hours.get(22).get("safety").asString()).isEqualTo(safety.get(low));
        assertThat(hours.get(12).get("safety").asString()).isEqualTo("not safe");
        assertThat(directory.resolve("sweep/sweep.html")).content().contains("By the hour");
    }
}
