package dev.rehearsal.cli;

import dev.rehearsal.dataset.CacheDirectory;
import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.dataset.SnapshotStore;
import dev.rehearsal.environment.LocalServers;
import dev.rehearsal.environment.RunningRegistry;
import dev.rehearsal.environment.Sweeper;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec;
import dev.rehearsal.scenario.EnvironmentSpec.ContainerSpec;
import dev.rehearsal.scenario.EnvironmentSpec.Engine;
import dev.rehearsal.scenario.EnvironmentSpec.RuntimeChoice;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code harness clean}: the cache. */
@Command(
        name = "clean",
        description = "Lists the snapshots in the cache, and what killed runs left; removes them with --prune.",
        mixinStandardHelpOptions = true)
final class CleanCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--prune", description = "Removes all snapshots; the next rehearsal builds its own again.")
    private boolean prune;

    @Override
    public Integer call() throws EnvironmentException, InterruptedException {
        Path cache = CacheDirectory.resolve();
        PrintWriter out = spec.commandLine().getOut();
        for (String swept : new Sweeper(new RunningRegistry(cache)).sweep()) {
            out.println(swept);
        }
        SnapshotStore store = new SnapshotStore(cache, LocalServers.obtain(bundled(), cache));
        List<Snapshot> snapshots = store.list();
        for (Snapshot snapshot : snapshots) {
            if (prune) {
                store.remove(snapshot);
            }
            out.printf(
                    Locale.ROOT,
                    "%s%s  %,d MB  %,d rows  %s%n",
                    prune ? "removed " : "",
                    snapshot.fingerprint().substring(0, 12),
                    snapshot.bytes() >> 20,
                    snapshot.rows().values().stream().mapToLong(Long::longValue).sum(),
                    snapshot.name());
        }
        if (snapshots.isEmpty()) {
            out.println("no snapshots in " + cache);
        } else if (!prune) {
            out.println("in " + cache + "; remove them with: harness clean --prune");
        }
        out.flush();
        return ExitCode.PASSED.number;
    }

    /** Snapshots are listed and removed the same way whatever made them. */
    private static EnvironmentSpec bundled() {
        return new EnvironmentSpec(
                Engine.POSTGRESQL,
                "18",
                RuntimeChoice.LOCAL,
                Map.of(),
                Optional.empty(),
                ContainerSpec.ANY,
                EnvironmentSpec.Replication.NONE,
                Optional.empty());
    }
}
