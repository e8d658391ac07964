package dev.rehearsal.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.HttpService;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that stand for a service: shells, and the JDK's own web server. */
class ServiceProgramTest {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @TempDir
    private Path folder;

    private RunningRegistry registry;
    private Path output;

    @BeforeEach
    void places() {
        registry = new RunningRegistry(folder.resolve("cache"));
        output = folder.resolve("shop.log");
    }

    private ServiceProgram started(Duration readyWithin, String... command) throws EnvironmentException {
        HttpService service = new HttpService(
                List.of(command),
                folder,
                Map.of("TOLD", "listen on ${port}"),
                "http://127.0.0.1:${port}/",
                readyWithin,
                Map.of());
        return ServiceProgram.started("shop", service, Map.of("PGHOST", "127.0.0.9"), output, registry);
    }

    /** Without what says which run it was. */
    private static String message(ServiceProgram program) {
        EnvironmentException failure = catchThrowableOfType(EnvironmentException.class, program::awaitReady);
        return String.valueOf(failure.getMessage()).replace(Integer.toString(program.port()), "PORT");
    }

    @Test
    void isReadyWhenItAnswers() throws Exception {
        try (ServiceProgram program =
                started(Duration.ofSeconds(60), JAVA, "-m", "jdk.httpserver", "-b", "127.0.0.1", "-p", "${port}")) {
            program.awaitReady();

            assertThat(program.failure()).isEmpty();
        }
    }

    @Test
    void oneThatNeverListensIsToldWithTheLastItPrinted() throws Exception {
        try (ServiceProgram program = started(Duration.ofMillis(500), "sh", "-c", "echo reading settings; sleep 60")) {
            assertThat(message(program))
                    .isEqualTo(
                            "the service shop (sh -c echo reading settings; sleep 60) was not ready within 500 ms: nobody"
                                    + " listened on port PORT; the last it printed, of output/shop.log:\nreading settings");
        }
    }

    @Test
    void oneThatEndsIsToldWithItsStatusAndTheLastItPrinted() throws Exception {
        try (ServiceProgram program = started(Duration.ofSeconds(60), "sh", "-c", "echo no driver >&2; exit 3")) {
            assertThat(message(program))
                    .isEqualTo(
                            "the service shop (sh -c echo no driver >&2; exit 3) ended with status 3 before it was ready;"
                                    + " the last it printed, of output/shop.log:\nno driver");
        }
    }

    @Test
    void aProgramThatIsNotThereIsRefused() {
        EnvironmentException failure = catchThrowableOfType(
                EnvironmentException.class,
                () -> started(Duration.ofSeconds(60), "./no-such-program").awaitReady());

        assertThat(failure.getMessage()).contains("the service shop (./no-such-program)");
    }

    @Test
    void findsTheDatabaseAndItsPortAndPrintsNoPassword() throws Exception {
        try (ServiceProgram program = started(
                Duration.ofSeconds(60),
                "sh",
                "-c",
                "echo $TOLD $PORT $PGHOST; echo postgresql://shop:hunter2secret@db/shop; exit 1")) {
            message(program);

            assertThat(output)
                    .hasContent(
                            "listen on %1$d %1$d 127.0.0.9%npostgresql://shop:***@db/shop".formatted(program.port()));
        }
    }

    @Test
    void tellsThatItEndedWhileItWasNeeded() throws Exception {
        try (ServiceProgram program = started(Duration.ofSeconds(60), "sh", "-c", "echo out of memory; exit 137")) {
            await().until(() -> program.failure().isPresent());

            assertThat(program.failure())
                    .contains(
                            "the service shop (sh -c echo out of memory; exit 137) ended with status 137 while the run went"
                                    + " on; the last it printed, of output/shop.log:\nout of memory");
        }
    }

    @Test
    void theNextRunEndsWhatAKilledHarnessHasLeft() throws Exception {
        Process harness = new ProcessBuilder("true").start();
        ProcessIdentity dead = ProcessIdentity.of(harness.toHandle());
        harness.waitFor();
        try (ServiceProgram program = started(Duration.ofSeconds(60), "sh", "-c", "echo $$; exec sleep 300")) {
            await().until(() -> Files.exists(output) && Files.size(output) > 0);
            KilledHarnessTest.rewriteHarness(folder.resolve("cache"), dead);

            assertThat(new Sweeper(registry).sweep())
                    .containsExactly("ended process " + Files.readString(output).strip()
                            + " of a scenario's service, left by a harness that was killed");
            await().until(() -> program.failure().isPresent());
        }
    }

    /** Also those who have left its family: a shell in the background, in a session of its own. */
    @Test
    void endsWithAllThatItHasStarted() throws Exception {
        ServiceProgram program = started(
                Duration.ofSeconds(60),
                "sh",
                "-c",
                "sleep 300 & echo $!; setsid sh -c 'echo $$; exec sleep 300' & sleep 300");
        await().until(() -> Files.exists(output) && Files.readAllLines(output).size() == 2);
        List<Long> started =
                Files.readAllLines(output).stream().map(Long::valueOf).toList();

        program.close();

        assertThat(started)
                .allSatisfy(id -> await().until(() ->
                        ProcessHandle.of(id).filter(ProcessIdentity::runs).isEmpty()));
        assertThat(new Sweeper(registry).sweep()).isEmpty();
    }
}
