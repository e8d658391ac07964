package dev.rehearsal.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.scenario.Simulation.Form;
import dev.rehearsal.scenario.Simulation.Transaction;
import dev.rehearsal.scenario.Workload.Kind;
import dev.rehearsal.scenario.Workload.Share;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SimulationReaderTest {
    private static final SchemaNet SCHEMA = SchemaNet.of("scenario.schema.json");
    private static final String FULL = Written.MINIMAL + """
            workload:
              services:
                - name: shop
                  rate: 100/s
                  simulation: com.example.Checkout
                  source: load
                  transactions:
                    - { name: read order }
                    - { name: pay, writes: true, perUser: 0.4 }
            """;

    @TempDir
    private Path folder;

    private Written written;

    @BeforeEach
    void writeSources() throws IOException {
        written = Written.in(folder);
        Path sources = Files.createDirectories(folder.resolve("load/com/example"));
        Files.writeString(sources.resolve("Checkout.java"), "package com.example;");
        written.file("load.jar", "not read here");
    }

    @Test
    void aServiceHasASimulationInPlaceOfOperations() throws Exception {
        Workload.Service shop = written.load(FULL).workload().services().getFirst();

        assertThat(shop.simulation())
                .contains(new Simulation(
                        "com.example.Checkout",
                        Form.SOURCE,
                        folder.resolve("load"),
                        List.of(new Transaction("read order", 1, false), new Transaction("pay", 0.4, true)),
                        Optional.empty()));
        assertThat(shop.operations()).isEmpty();
        assertThat(shop.kinds())
                .containsExactly(new Kind("old", "read order", false, false), new Kind("old", "pay", true, false));
        assertThat(shop.shares()).containsExactly(new Share("read order", false, 1), new Share("pay", true, 0.4));
    }

    @Test
    void isWrittenAsItWasUnderstood() throws Exception {
        Scenario scenario = written.load(FULL.replace("source: load", "jar: load.jar"));

        String text = written.assertWrittenAsUnderstood(scenario);

        assertThat(text).contains("jar: load.jar");
    }

    @Test
    void objectivesKnowItsTransactions() {
        assertThat(written.problems(FULL + "objectives: [ { errors: { operation: paay, max: 1% } } ]\n"))
                .containsExactly("scenario.yaml:16:38: objectives[0].errors.operation: no operation is called paay;"
                        + " did you mean 'pay'?");
    }

    /** 100/s of which 0.4 pay: in a stage of 4 s there are 160, and a p99 needs 200. */
    @Test
    void aPercentileNeedsAsManyRequestsAsUsersMake() {
        assertThat(written.problems(FULL
                        + "objectives: [ { latency: { operation: pay, percentile: 99, max: 1s } } ]\n"
                        + "timeline: { baseline: 20s, migration: 4s }\n"))
                .singleElement()
                .asString()
                .contains("200 requests");
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(
                        "source: load",
                        "jar: target/load.jar",
                        false,
                        List.of(
                                "12:12: workload.services[0].jar: there is no file target/load.jar; build it first, or name another")),
                Arguments.of(
                        "source: load",
                        "source: loads",
                        false,
                        List.of(
                                "12:15: workload.services[0].source: there is no folder loads; name the one that the sources are in")),
                Arguments.of(
                        "source: load",
                        "source: tiny",
                        false,
                        List.of(
                                "12:15: workload.services[0].source: tiny holds no .java file; name the folder that the sources are in")),
                Arguments.of(
                        "source: load",
                        "source: load\n      jar: load.jar",
                        true,
                        List.of(
                                "12:15: workload.services[0].source: the class is in the jar already; remove one of the two")),
                Arguments.of(
                        "      source: load\n",
                        "",
                        true,
                        List.of(
                                "11:19: workload.services[0].simulation: has no place to come from; add jar: FILE, or source: FOLDER")),
                Arguments.of(
                        "source: load",
                        "source: load\n      operations: [ { name: read, transaction: select 1 } ]",
                        true,
                        List.of(
                                "13:19: workload.services[0].operations: the service has a simulation, which says what its users do;"
                                        + " remove one of the two")),
                Arguments.of(
                        "source: load",
                        "source: load\n      versions: { v2: { operations: [ { name: read, transaction: select 1 } ] } }",
                        true,
                        List.of(
                                "13:17: workload.services[0].versions: replace operations, and what the users of this service do is"
                                        + " said by its simulation; remove them")),
                Arguments.of(
                        "simulation: com.example.Checkout",
                        "simulation: com/example/Checkout.java",
                        true,
                        List.of(
                                "11:19: workload.services[0].simulation: must be the full name of a class, e.g. com.example.Checkout,"
                                        + " got com/example/Checkout.java")),
                Arguments.of(
                        "simulation: com.example.Checkout",
                        "operations: [ { name: read, transaction: select 1 } ]",
                        true,
                        List.of(
                                "12:15: workload.services[0].source: belongs to a simulation; name its class, or remove this",
                                "14:9: workload.services[0].transactions: belongs to a simulation; name its class, or remove this")),
                Arguments.of(
                        "name: pay,",
                        "name: read order,",
                        false,
                        List.of(
                                "15:19: workload.services[0].transactions[1].name: another transaction is called read order;"
                                        + " give each a name of its own")),
                Arguments.of(
                        "perUser: 0.4",
                        "perUser: 0",
                        true,
                        List.of(
                                "15:47: workload.services[0].transactions[1].perUser: must be above 0 and at most 1000000, got 0")));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void saysWhereWhatAndWhatToDo(String text, String instead, boolean schemaKnows, List<String> problems) {
        written.assertRefused(FULL.replace(text, instead), schemaKnows, problems);
    }

    @Test
    void theSchemaTakesWhatTheLoaderTakes() {
        assertThat(SCHEMA.refusals(FULL)).isEmpty();
    }
}
