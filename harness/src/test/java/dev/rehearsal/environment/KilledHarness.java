package dev.rehearsal.environment;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A harness that starts an environment over a clone, says so, and then waits to be killed. */
public final class KilledHarness {
    private KilledHarness() {}

    /** @param arguments cache, clone, run directory */
    public static void main(String[] arguments) throws Exception {
        Path cache = Path.of(arguments[0]);
        var spec = TestCluster.spec("18", Map.of(), Optional.empty());
        RunningRegistry registry = new RunningRegistry(cache);
        try (RunningRegistry.Entry run = registry.run("the killed one");
                RunningRegistry.Entry clone = registry.temporaryDirectory(Path.of(arguments[1]));
                Environment environment = new LocalRuntime(
                                LocalServers.obtain(spec, cache), new LocalFaultProxy.BuiltIn(42), "Why not.")
                        .start(spec, Path.of(arguments[1]), Map.of(), 5, Path.of(arguments[2]))) {
            System.out.println(environment.primary().processId());
            Thread.currentThread().join();
        }
    }
}
