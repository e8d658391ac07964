package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the user gets wrong: exit code 2, every problem with its place, and nothing started. */
class BadInputTest {
    @TempDir
    private Path directory;

    static Stream<Arguments> edits() {
        return Stream.of(
                Arguments.of("unknown key", "timeline:", "timelin:", "timelin: unknown key", "timeline"),
                Arguments.of("negative rate", "rate: 60/s", "rate: -60/s", "workload.services[0].rate", "-60"),
                Arguments.of("absurd rate", "rate: 60/s", "rate: 99999999/s", "workload.services[0].rate", "99999999"),
                Arguments.of("percentile", "percentile: 99,", "percentile: 999,", "percentile", "999"),
                Arguments.of(
                        "unknown table",
                        "references: customers.id",
                        "references: custmers.id",
                        "custmers",
                        "customers"),
                Arguments.of(
                        "unknown column", "references: customers.id", "references: customers.idd", "idd", "customers"),
                Arguments.of(
                        "unknown operation",
                        "{ latency: { percentile: 99,",
                        "{ latency: { operation: place-ordr, percentile: 99,",
                        "place-ordr",
                        "place-order"),
                Arguments.of(
                        "unknown step",
                        "objectives:",
                        "faults: [ { at: { step: ad column, after: 1s }, down: { for: 1s } } ]\nobjectives:",
                        "ad column",
                        "add column"),
                Arguments.of(
                        "undefined parameter", "values (:customer,", "values (:custommer,", "custommer", "customer"),
                Arguments.of(
                        "unused parameter",
                        "values (:customer, :amount,",
                        "values (:customer, 1,",
                        "amount",
                        "no statement uses"),
                Arguments.of("tab", "  services:", "\tservices:", "tab", ":"),
                Arguments.of("duplicate key", "seed: 42", "seed: 42\nseed: 43", "seed", "twice"),
                Arguments.of("failover to nobody", "drills: []", "drills: [ failover ]", "drills", "no replica"),
                Arguments.of(
                        "percentile out of reach",
                        "percentile: 99, during: migration",
                        "percentile: 99.99, during: baseline",
                        "99.99",
                        "timeline.baseline"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("edits")
    void refusesAndPoints(String what, String find, String replace, String expected, String alsoExpected)
            throws IOException {
        String text = Files.readString(HarnessRun.example("01-add-column-volatile-default"))
                .replace(
                        "../../../datasets", HarnessRun.ROOT.resolve("datasets").toString());
        assertThat(text).contains(find);
        Path file = Files.writeString(
                directory.resolve("scenario.yaml"),
                text.replaceFirst(
                        java.util.regex.Pattern.quote(find), java.util.regex.Matcher.quoteReplacement(replace)));

        HarnessRun run = HarnessRun.of(
                "rehearse", file.toString(), "--out", directory.resolve("run").toString());

        assertThat(run.exitCode()).as(run.told()).isEqualTo(2);
        assertThat(run.err())
                .containsPattern("scenario\\.yaml:\\d+:\\d+: ")
                .contains(expected)
                .contains(alsoExpected)
                .contains("^")
                .doesNotContain("Exception");
        assertThat(directory.resolve("run")).doesNotExist();
        assertThat(HarnessRun.of("validate", file.toString()).exitCode()).isEqualTo(2);
    }

    static Stream<Arguments> files() {
        byte[] garbage = new byte[1 << 20];
        new Random(7).nextBytes(garbage);
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 30; i++) {
            bomb.append("a%d: &a%d [*a%d, *a%d, *a%d]\n".formatted(i, i, i - 1, i - 1, i - 1));
        }
        return Stream.of(
                Arguments.of("empty", new byte[0]),
                Arguments.of("comments only", "# nothing\n".getBytes(StandardCharsets.UTF_8)),
                Arguments.of("a list", "- a\n- b\n".getBytes(StandardCharsets.UTF_8)),
                Arguments.of("garbage", garbage),
                Arguments.of("not UTF-8", new byte[] {'n', 'a', 'm', 'e', ':', ' ', (byte) 0xe4, '\n'}),
                Arguments.of("bomb", bomb.toString().getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void refusesFilesThatAreNoScenario(String what, byte[] content) throws IOException {
        Path file = Files.write(directory.resolve("scenario.yaml"), content);

        HarnessRun run = HarnessRun.of("rehearse", file.toString());

        assertThat(run.exitCode()).as(run.told()).isEqualTo(2);
        assertThat(run.err())
                .contains("scenario.yaml")
                .doesNotContain("Exception")
                .hasSizeLessThan(4000);
    }

    @Test
    void refusesAMissingFileAndADirectory() {
        HarnessRun missing =
                HarnessRun.of("rehearse", directory.resolve("none.yaml").toString());
        HarnessRun folder = HarnessRun.of("rehearse", directory.toString());

        assertThat(missing.exitCode()).isEqualTo(2);
        assertThat(missing.err()).contains("none.yaml").doesNotContain("Exception");
        assertThat(folder.exitCode()).isEqualTo(2);
        assertThat(folder.err()).contains("directory").doesNotContain("Exception");
    }

    @Test
    void aPatroniThatDoesNotAnswerEndsTheRunBeforeAnythingIsMade() throws IOException {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        Path file = Files.writeString(directory.resolve("scenario.yaml"), """
                name: patroni
                dataset: { use: %s, scale: 0.001 }
                environment:
                  url: jdbc:postgresql://127.0.0.1:%d/shop
                  allow: [ 127.0.0.1 ]
                  patroni: { api: [ "http://127.0.0.1:%d" ] }
                migration: { steps: [ { sql: alter table orders add column region text } ] }
                """.formatted(
                        HarnessRun.ROOT.resolve("datasets/catalog/shop"), port, port));

        HarnessRun run = HarnessRun.of(
                "rehearse", file.toString(), "--out", directory.resolve("run").toString());

        assertThat(run.exitCode()).as(run.told()).isEqualTo(3);
        assertThat(run.err().replaceAll("\\s+", " "))
                .contains("environment.patroni.api[0]: Patroni's REST API at http://127.0.0.1:" + port
                        + " does not answer: connection refused")
                .contains("Check the address (restapi.connect_address of that member");
    }

    @Test
    void reportsEveryProblemAtOnce() throws IOException {
        String text = Files.readString(HarnessRun.example("01-add-column-volatile-default"))
                .replace(
                        "../../../datasets", HarnessRun.ROOT.resolve("datasets").toString())
                .replace("rate: 60/s", "rate: 0/s")
                .replace("percentile: 99,", "percentile: 999,");
        Path file = Files.writeString(directory.resolve("scenario.yaml"), text);

        HarnessRun run = HarnessRun.of("validate", file.toString());

        assertThat(run.err()).contains("services[0].rate").contains("999").contains("2 problems");
    }

    @Test
    void findsASyntaxErrorInAnOperationBeforeTheLoadStarts() throws IOException {
        String text = Files.readString(HarnessRun.example("01-add-column-volatile-default"))
                .replace(
                        "../../../datasets", HarnessRun.ROOT.resolve("datasets").toString())
                .replace("select id, customer_id, amount, status from", "select id, customer_id, amount, status form");
        Path file = Files.writeString(directory.resolve("scenario.yaml"), text);

        HarnessRun run = HarnessRun.of(
                "rehearse",
                file.toString(),
                "--runtime",
                "local",
                "--scale",
                "0.001",
                "--out",
                directory.resolve("run").toString());

        assertThat(run.exitCode()).as(run.told()).isEqualTo(2);
        assertThat(run.err())
                .containsPattern("scenario\\.yaml:\\d+:\\d+: workload\\.services\\[1]\\.operations\\[0]")
                .contains("42601")
                .contains("^");
        assertThat(directory.resolve("run/requests.bin")).doesNotExist();
    }
}
