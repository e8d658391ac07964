package dev.rehearsal.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Problem;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.ScenarioLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulationClassesTest {
    private static final Path SHOP = Path.of("..").toAbsolutePath().normalize().resolve("datasets/catalog/shop");
    private static final String GOOD = """
            import static dev.rehearsal.load.dsl.SqlDsl.*;
            import static io.gatling.javaapi.core.CoreDsl.*;
            import io.gatling.javaapi.core.Simulation;

            public class Reads extends Simulation {
                {
                    setUp(scenario("reads").exec(transaction("read", sql("select 1"))).injectOpen(atOnceUsers(1)));
                }
            }
            """;

    @TempDir
    private Path folder;

    private Scenario scenario(String className, String place) throws Exception {
        Path file = folder.resolve("scenario.yaml");
        Files.writeString(file, """
                name: simulated
                dataset: { use: %s }
                workload:
                  services:
                    - name: shop
                      rate: 100/s
                      simulation: %s
                      %s
                      transactions: [ { name: read } ]
                migration: { steps: [ { sql: select 1 } ] }
                """.formatted(SHOP, className, place));
        return ScenarioLoader.load(file, Map.of());
    }

    private void source(String name, String text) throws IOException {
        Files.createDirectories(folder.resolve("load"));
        Files.writeString(folder.resolve("load").resolve(name), text);
    }

    /** Each as {@code file:line:column: path: message}, with the file's last name only. */
    private static List<String> problems(Scenario scenario) throws Exception {
        try {
            SimulationClasses.of(scenario).close();
            return List.of();
        } catch (InvalidScenarioException e) {
            return e.problems().stream().map(SimulationClassesTest::line).toList();
        }
    }

    private static String line(Problem problem) {
        return Path.of(problem.location().file()).getFileName() + ":"
                + problem.location().line() + ":" + problem.location().column() + ": " + problem.path() + ": "
                + problem.message();
    }

    @Test
    void compilesSourcesAndRemovesTheClassesAgain() throws Exception {
        source("Reads.java", GOOD);
        Path compiled;
        try (SimulationClasses classes = SimulationClasses.of(scenario("Reads", "source: load"))) {
            compiled = classes.classPath().getFirst();

            assertThat(classes.classPath()).containsExactly(compiled, folder.resolve("load"));
            assertThat(compiled.resolve("Reads.class")).exists();
        }

        assertThat(compiled).doesNotExist();
    }

    @Test
    void saysWhereSourcesDoNotCompile() throws Exception {
        source("Reads.java", GOOD.replace("transaction(\"read\"", "transactions(\"read\""));

        assertThat(problems(scenario("Reads", "source: load")))
                .containsExactly("Reads.java:7:38: workload.services[0].source: does not compile: cannot find symbol;"
                        + " symbol:   method transactions(java.lang.String,dev.rehearsal.load.dsl.SqlStatement);"
                        + " location: class Reads");
    }

    @Test
    void saysWhichClassIsMissing() throws Exception {
        source("Reads.java", GOOD);

        assertThat(problems(scenario("com.example.Reads", "source: load")))
                .containsExactly(
                        "scenario.yaml:7:19: workload.services[0].simulation: there is no class com.example.Reads in "
                                + folder.resolve("load"));
    }

    @Test
    void saysThatAClassIsNoSimulation() throws Exception {
        source("Reads.java", "public class Reads {}");

        assertThat(problems(scenario("Reads", "source: load")))
                .containsExactly("scenario.yaml:7:19: workload.services[0].simulation: the class Reads does not extend"
                        + " io.gatling.javaapi.core.Simulation");
    }

    @Test
    void saysThatASimulationCannotBeMade() throws Exception {
        source("Reads.java", GOOD.replace("public class", "public abstract class"));

        assertThat(problems(scenario("Reads", "source: load")))
                .containsExactly("scenario.yaml:7:19: workload.services[0].simulation: the class Reads must be public,"
                        + " not abstract, and have a public constructor without parameters");
    }

    private static final String OVER_HTTP = """
            import static io.gatling.javaapi.core.CoreDsl.*;
            import static io.gatling.javaapi.http.HttpDsl.*;
            import io.gatling.javaapi.core.Simulation;

            public class Reads extends Simulation {
                {
                    setUp(scenario("reads").exec(http("read").get("/")).injectOpen(atOnceUsers(1))).protocols(http);
                }
            }
            """;

    @Test
    void takesASimulationThatTalksHttpToAService() throws Exception {
        source("Reads.java", OVER_HTTP);

        assertThat(problems(scenario("Reads", "source: load\n      " + SERVICE)))
                .isEmpty();
    }

    private static final String SERVICE =
            "http: { command: [ sh, start ], ready: \"http://127.0.0.1:${port}/health\" }";

    @Test
    void saysThatAServiceIsMissing() throws Exception {
        source("Reads.java", OVER_HTTP);

        assertThat(problems(scenario("Reads", "source: load")))
                .containsExactly(
                        "scenario.yaml:7:19: workload.services[0].simulation: nothing in " + folder.resolve("load")
                                + " uses dev.rehearsal.load.dsl, so that nothing of it could be timed; it talks HTTP: say to what,"
                                + " http: { command: …, ready: … }");
    }

    @Test
    void saysThatAServiceIsTalkedToByNobody() throws Exception {
        source("Reads.java", GOOD);

        assertThat(problems(scenario("Reads", "source: load\n      " + SERVICE)))
                .containsExactly(
                        "scenario.yaml:7:19: workload.services[0].simulation: nothing in " + folder.resolve("load")
                                + " talks HTTP, so that nothing of it could be timed; remove http, or name a simulation that uses"
                                + " io.gatling.javaapi.http");
    }

    @Test
    void saysThatNothingOfASimulationCouldBeTimed() throws Exception {
        source("Reads.java", GOOD.replace("transaction(\"read\", sql(\"select 1\"))", "pause(1)"));

        assertThat(problems(scenario("Reads", "source: load")))
                .containsExactly(
                        "scenario.yaml:7:19: workload.services[0].simulation: nothing in " + folder.resolve("load")
                                + " uses dev.rehearsal.load.dsl, so that nothing of it could be timed; write its transactions with"
                                + " that, or with io.gatling.javaapi.http");
    }

    @Test
    void saysThatThisJavaHasNoCompiler() throws Exception {
        source("Reads.java", GOOD);
        Scenario scenario = scenario("Reads", "source: load");

        assertThatThrownBy(() -> SimulationClasses.of(scenario, Optional.empty()))
                .isInstanceOfSatisfying(
                        InvalidScenarioException.class,
                        refused -> assertThat(refused.problems())
                                .extracting(SimulationClassesTest::line)
                                .containsExactly(
                                        "scenario.yaml:8:15: workload.services[0].source: cannot be compiled: this"
                                                + " Java has no compiler; start the harness with a JDK, or name a jar"));
    }

    @Test
    void looksIntoAJar() throws Exception {
        try (ZipOutputStream jar = new ZipOutputStream(Files.newOutputStream(folder.resolve("load.jar")))) {
            jar.putNextEntry(new ZipEntry("empty.txt"));
        }

        assertThat(problems(scenario("com.example.Reads", "jar: load.jar")))
                .containsExactly(
                        "scenario.yaml:7:19: workload.services[0].simulation: there is no class com.example.Reads in "
                                + folder.resolve("load.jar"));
    }
}
