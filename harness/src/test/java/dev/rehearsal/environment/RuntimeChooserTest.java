package dev.rehearsal.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.run.RunClock;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec;
import dev.rehearsal.scenario.EnvironmentSpec.ContainerSpec;
import dev.rehearsal.scenario.EnvironmentSpec.RuntimeChoice;
import dev.rehearsal.scenario.PoolerSpec;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeChooserTest {
    private static final ContainerEngine NONE =
            ContainerEngine.find(Map.of("DOCKER_HOST", "unix:///nowhere/docker.sock"));

    private static final ContainerEngine ELSEWHERE = ContainerEngine.find(Map.of("DOCKER_HOST", "ssh://elsewhere"));

    @TempDir
    private Path directory;

    @Test
    void autoTakesTheLocalProgramsWhereNoEngineAnswersAndSaysWhy() throws Exception {
        Path data = TestCluster.clone(directory.resolve("data"));
        EnvironmentSpec spec = auto("18", ContainerSpec.ANY);

        try (ServerRuntime runtime = new RuntimeChooser(TestCluster.cache(), NONE).choose(spec, 42);
                Environment environment = runtime.start(spec, data, Map.of(), 5, directory)) {
            var facts = environment.facts(RunClock.started());

            assertThat(facts.runtime()).isEqualTo("local");
            assertThat(facts.runtimeReason())
                    .startsWith("No container engine answers at unix:///nowhere/docker.sock (from DOCKER_HOST): ")
                    .endsWith(" PostgreSQL's own programs need none.");
        }
    }

    @Test
    void autoRefusesWhatOnlyContainersHave() {
        ContainerSpec limited =
                new ContainerSpec(Optional.empty(), Optional.empty(), OptionalDouble.of(1), OptionalLong.empty());

        assertThatThrownBy(() -> choose(NONE, auto("15", ContainerSpec.ANY)))
                .isInstanceOf(EnvironmentException.class)
                .hasMessageStartingWith(
                        "PostgreSQL 15 runs in containers only (PostgreSQL 18 comes with the harness), but: No container engine answers");
        assertThatThrownBy(() -> choose(NONE, auto("18", limited)))
                .hasMessageStartingWith("environment.resources are for containers, but: No container engine answers");
    }

    @Test
    void containersThatWereAskedForAreRefusedOnAnotherMachinesEngine() {
        EnvironmentSpec spec = TestContainers.spec("18", Map.of());

        assertThatThrownBy(() -> choose(ELSEWHERE, spec))
                .isInstanceOfSatisfying(
                        EnvironmentException.class, e -> assertThat(e.remedy()).contains("--runtime local"))
                .hasMessage(
                        "environment.runtime: containers: The container engine at ssh://elsewhere (from DOCKER_HOST) is on another machine and cannot see the data directories on this one.");
    }

    @Test
    @InContainers
    void autoTakesContainersWhereAnEngineHasTheImages() throws Exception {
        try (ServerRuntime runtime = choose(ContainerEngine.find(), auto("18", ContainerSpec.ANY))) {
            assertThat(runtime).isInstanceOf(ContainerRuntime.class);
        }
    }

    @Test
    @InContainers(value = "18", pooler = true)
    void aPoolerIsInAContainerWhereServersAre() throws Exception {
        try (ServerRuntime runtime = choose(ContainerEngine.find(), pooled(Optional.empty()));
                ServerRuntime withoutEngine = choose(NONE, pooled(Optional.empty()))) {
            assertThat(runtime).isInstanceOf(ContainerRuntime.class);
            assertThat(withoutEngine).isInstanceOf(LocalRuntime.class);
        }
    }

    @Test
    void aPoolersImageIsNotLeftAsideInSilence() {
        assertThatThrownBy(() -> choose(NONE, pooled(Optional.of("registry.invalid/nobody/pgbouncer:1"))))
                .isInstanceOf(EnvironmentException.class)
                .hasMessageStartingWith(
                        "environment.pooler.image is for containers, but: No container engine answers at unix:///nowhere/docker.sock");
    }

    private static EnvironmentSpec pooled(Optional<String> image) {
        return auto("18", ContainerSpec.ANY)
                .behind(Optional.of(new PoolerSpec(
                        PoolerSpec.PoolMode.SESSION,
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        PoolerSpec.Way.POOLED,
                        Map.of(),
                        image)));
    }

    @Test
    @InContainers
    void autoTakesTheLocalProgramsWhereAnImageCannotBeHadAndRemembersIt() throws Exception {
        ContainerSpec unknownProxy = new ContainerSpec(
                Optional.empty(),
                Optional.of("registry.invalid/nobody/toxiproxy:2"),
                OptionalDouble.empty(),
                OptionalLong.empty());
        Path cache = directory.resolve("cache");

        try (ServerRuntime runtime = new RuntimeChooser(cache).choose(auto("18", unknownProxy), 42)) {
            assertThat(runtime).isInstanceOf(LocalRuntime.class);
        }

        assertThat(cache.resolve("images")).isDirectoryContaining("glob:**/refused-*");
    }

    private ServerRuntime choose(ContainerEngine engine, EnvironmentSpec spec) throws EnvironmentException {
        return new RuntimeChooser(TestCluster.cache(), engine).choose(spec, 42);
    }

    private static EnvironmentSpec auto(String version, ContainerSpec containers) {
        return new EnvironmentSpec(
                EnvironmentSpec.Engine.POSTGRESQL,
                version,
                RuntimeChoice.AUTO,
                Map.of(),
                Optional.empty(),
                containers,
                EnvironmentSpec.Replication.NONE,
                Optional.empty());
    }
}
