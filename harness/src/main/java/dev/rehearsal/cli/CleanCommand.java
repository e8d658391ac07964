package dev.rehearsal.cli;

import dev.rehearsal.dataset.CacheDirectory;
import dev.rehearsal.dataset.CacheLimits;
import dev.rehearsal.dataset.KeptSnapshot;
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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code harness clean}: the cache. */
@Command(
        name = "clean",
        description = {
            "Lists the snapshots in the cache, and what killed runs left; removes them with --prune.",
            "One that a rehearsal is using stays. Rehearsals themselves remove what nobody used for HARNESS_CACHE_DAYS (30),"
                    + " and, before they build, what exceeds HARNESS_CACHE_BYTES (half of the disk)."
        },
        mixinStandardHelpOptions = true)
final class CleanCommand implements Callable<Integer> {
    private static final Map<String, Long> UNITS =
            Map.of("", 1L, "kB", 1_000L, "MB", 1_000_000L, "GB", 1_000_000_000L, "TB", 1_000_000_000_000L);

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--prune",
            description =
                    "Removes snapshots: all, or those that the other options name; the next rehearsal builds its own again.")
    private boolean prune;

    @Option(
            names = "--older-than",
            paramLabel = "AGE",
            description = "With --prune: those that were last used longer ago, e.g. 12h or 30d.")
    private @Nullable String olderThan;

    @Option(
            names = "--keep-bytes",
            paramLabel = "SIZE",
            description =
                    "With --prune: those that were used longest ago, until the others have at most so much, e.g. 20GB.")
    private @Nullable String keepBytes;

    @Override
    public Integer call() throws EnvironmentException, InterruptedException {
        CacheLimits limits = limits();
        Path cache = CacheDirectory.resolve();
        PrintWriter out = spec.commandLine().getOut();
        for (String swept : new Sweeper(new RunningRegistry(cache)).sweep()) {
            out.println(swept);
        }
        try (SnapshotStore store = new SnapshotStore(cache, LocalServers.obtain(bundled(), cache))) {
            List<KeptSnapshot> gone = prune ? store.prune(limits) : List.of();
            List<KeptSnapshot> left = store.list();
            out.print(SnapshotTable.of(gone, left, Instant.now()));
            if (left.isEmpty() && gone.isEmpty()) {
                out.println("no snapshots in " + cache);
            } else if (!left.isEmpty()) {
                out.println("in " + cache
                        + (prune
                                ? ""
                                : "; remove them with: harness clean --prune [--older-than 30d] [--keep-bytes 20GB]"));
            }
        }
        out.flush();
        return ExitCode.PASSED.number;
    }

    /** Without an option all of them go. */
    private CacheLimits limits() {
        String age = olderThan;
        String size = keepBytes;
        if (!prune && (age != null || size != null)) {
            throw new ParameterException(
                    spec.commandLine(), "--older-than and --keep-bytes say what --prune removes; add it");
        }
        return new CacheLimits(
                size != null ? bytes(size) : age != null ? Long.MAX_VALUE : 0,
                age != null ? age(age) : CacheLimits.NONE.age());
    }

    private long bytes(String written) {
        Matcher matcher = Pattern.compile("([0-9]{1,12})\\s*(|kB|MB|GB|TB)").matcher(written);
        if (!matcher.matches()) {
            throw new ParameterException(
                    spec.commandLine(), "--keep-bytes: must be a size, got " + written + "; write e.g. 20GB");
        }
        return Math.multiplyExact(Long.parseLong(matcher.group(1)), UNITS.getOrDefault(matcher.group(2), 1L));
    }

    private Duration age(String written) {
        Matcher matcher = Pattern.compile("([0-9]{1,5})\\s*([mhd])").matcher(written);
        if (!matcher.matches()) {
            throw new ParameterException(
                    spec.commandLine(), "--older-than: must be an age, got " + written + "; write e.g. 12h or 30d");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
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
