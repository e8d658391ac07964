package dev.rehearsal.environment;

import dev.rehearsal.dataset.CacheDirectory;
import dev.rehearsal.dataset.Cloner;
import dev.rehearsal.dataset.DirectoryTree;
import dev.rehearsal.dataset.ReflinkCloner;
import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Looks at what this machine can run. What can be tried is tried: a file is cloned in the cache, PostgreSQL is unpacked and asked for its
 * version, the container engine is asked for its images. Nothing is pulled, and no server is started.
 */
public final class MachineInspector {
    /** Newest first. */
    private static final List<String> CONTAINER_VERSIONS = List.of("18", "17", "16", "15", "14", "13");

    /** Those that {@code harness/docker} has a recipe for. */
    private static final Set<String> WITH_RECIPE = Set.of("18", "15", "14", "13");

    private static final String RECIPES = "harness/docker/build-images";

    /** The example dataset, a clone of it, and what a run writes. */
    private static final long LEAST_FREE_BYTES = 2L << 30;

    private static final double GIB = 1 << 30;

    private final Path cache;
    private final ContainerEngine engine;

    private MachineInspector(Path cache, ContainerEngine engine) {
        this.cache = cache;
        this.engine = engine;
    }

    /** @param cache the user's cache directory; made if it is not there */
    public static MachineReport inspect(Path cache) throws InterruptedException {
        return new MachineInspector(cache, ContainerEngine.find()).report();
    }

    /** @param environment where an engine is looked for, instead of this process's variables */
    static MachineReport inspect(Path cache, Map<String, String> environment) throws InterruptedException {
        return new MachineInspector(cache, ContainerEngine.find(environment)).report();
    }

    private MachineReport report() throws InterruptedException {
        return new MachineReport(
                List.of(jdk(), processors(), memory(), cacheDirectory(), clones(), browser()),
                new MachineReport.RuntimeReport(
                        List.of(
                                bundledServer(),
                                serverUser(),
                                localFaultProxy(),
                                PgBouncerProgram.check(System.getenv().getOrDefault("PATH", ""))),
                        List.of()),
                containers());
    }

    // ---- the machine --------------------------------------------------------------------------------------------

    private static Check jdk() {
        Optional<Path> archive = classArchive();
        return new Check.Ok(
                "JDK",
                Runtime.version().feature() + " (" + Runtime.version() + ") in " + System.getProperty("java.home")
                        + archive.map(file -> ", starts from its class archive")
                                .orElse(
                                        ", starts without a class archive (harness/bin/harness makes one where it may write)"));
    }

    /** The archive of loaded classes that this JVM was told to start from; AOT caches replace it from JDK 25 on. */
    private static Optional<Path> classArchive() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-XX:AOTCache=") || option.startsWith("-XX:SharedArchiveFile="))
                .map(option -> Path.of(option.substring(option.indexOf('=') + 1)))
                .filter(Files::isReadable)
                .findFirst();
    }

    private static Check processors() {
        int count = Runtime.getRuntime().availableProcessors();
        return count >= 2
                ? new Check.Ok("processors", Integer.toString(count))
                : new Check.Missing(
                        "processors",
                        "1, which the load and the server would fight over",
                        "Give the machine or the container two or more.");
    }

    private static Check memory() {
        return new Check.Ok("memory", gibibytes(HostInspector.memoryBytes()));
    }

    private static Check browser() {
        return new Check.Ok("browser", "none needed: a report is one file that any browser opens");
    }

    private Check cacheDirectory() {
        try {
            Files.createDirectories(cache);
            FileStore store = Files.getFileStore(cache);
            String found = cache + ": " + store.type() + ", " + gibibytes(store.getUsableSpace()) + " free";
            return store.getUsableSpace() < LEAST_FREE_BYTES
                    ? new Check.Missing(
                            "cache",
                            found + ", less than a dataset and its clone take",
                            "Free some space (harness clean), or set " + CacheDirectory.VARIABLE
                                    + " to a directory on another disk.")
                    : new Check.Ok("cache", found);
        } catch (IOException e) {
            return notWritable("cache", e);
        }
    }

    /** Tried with a directory that looks like a server's to the cloner. */
    private Check clones() throws InterruptedException {
        try {
            Path sample = Files.createTempDirectory(cache, ".doctor-");
            try {
                Files.writeString(sample.resolve("PG_VERSION"), LocalServers.BUNDLED_MAJOR_VERSION + "\n");
                return Cloner.between(sample, cache) instanceof ReflinkCloner
                        ? new Check.Ok("clones", "by reflink, at once")
                        : new Check.Cannot(
                                "clones",
                                "no reflink on " + Files.getFileStore(cache).type()
                                        + ", so data directories are copied; at any size in 0.5 s on XFS or Btrfs, also in a"
                                        + " file: truncate -s 100G /var/rehearsal.img && mkfs.xfs -m reflink=1"
                                        + " /var/rehearsal.img && mkdir -p /mnt/rehearsal && mount -o loop /var/rehearsal.img"
                                        + " /mnt/rehearsal, and " + CacheDirectory.VARIABLE + "=/mnt/rehearsal");
            } finally {
                DirectoryTree.delete(sample);
            }
        } catch (IOException | EnvironmentException e) {
            return notWritable("clones", e);
        }
    }

    private Check notWritable(String subject, Exception e) {
        return new Check.Missing(
                subject,
                cache + " cannot be written to: " + e.getMessage(),
                "Make it writable, or set " + CacheDirectory.VARIABLE + " to another directory.");
    }

    // ---- servers on this machine --------------------------------------------------------------------------------

    private Check bundledServer() {
        try {
            // What is unpacked already is believed elsewhere; here the program runs once more.
            PostgresBinaries unpacked = new BundledBinaries(cache, new RunningRegistry(cache)).obtain();
            return new Check.Ok(
                    "PostgreSQL",
                    PostgresBinaries.at(unpacked.directory()).version() + ", comes with the harness; "
                            + "environment.binaries takes another");
        } catch (EnvironmentException e) {
            return new Check.Missing("PostgreSQL", e.getMessage(), e.remedy());
        }
    }

    private static Check serverUser() {
        try {
            return new Check.Ok(
                    "server's user",
                    switch (Privileges.ofThisProcess()) {
                        case OWN -> System.getProperty("user.name");
                        case USER_NAMESPACE -> "root in a user namespace of its own (unshare -U)";
                        case NOBODY -> "nobody, since root may make no user namespace here (setpriv)";
                    });
        } catch (EnvironmentException e) {
            return new Check.Missing("server's user", e.getMessage(), e.remedy());
        }
    }

    private static Check localFaultProxy() {
        try {
            return new Check.Ok(
                    "fault proxy",
                    switch (LocalFaultProxy.chosen(System.getenv(), 0)) {
                        case LocalFaultProxy.BuiltIn builtIn -> "built in";
                        case LocalFaultProxy.Toxiproxy toxiproxy -> toxiproxy.description();
                    });
        } catch (EnvironmentException e) {
            return new Check.Missing("fault proxy", e.getMessage(), e.remedy());
        }
    }

    // ---- servers in containers ----------------------------------------------------------------------------------

    private MachineReport.RuntimeReport containers() {
        EngineReport report = engine.report();
        Check answer = engineCheck(report);
        if (!(answer instanceof Check.Ok)) {
            return new MachineReport.RuntimeReport(List.of(answer), List.of());
        }
        List<Check> servers = new ArrayList<>();
        for (String version : CONTAINER_VERSIONS) {
            servers.add(image("PostgreSQL " + version, ContainerImages.server(version), WITH_RECIPE.contains(version)));
        }
        return new MachineReport.RuntimeReport(
                List.of(answer, image("fault proxy", ContainerImages.proxy(), true), pooler()), servers);
    }

    private Check pooler() {
        ContainerImages.Wanted wanted = ContainerImages.pooler();
        return new ContainerImages(engine)
                .present(wanted)
                .<Check>map(present -> new Check.Ok("pooler", "image " + present.name()))
                .orElseGet(() -> new Check.Cannot(
                        "pooler",
                        "no image " + wanted.name() + ", which environment.pooler alone needs; " + RECIPES + " "
                                + wanted.name() + " makes it"));
    }

    private static Check engineCheck(EngineReport report) {
        return switch (report) {
            case EngineReport.Reachable reachable ->
                reachable
                        .refusal()
                        .map(MachineInspector::refused)
                        .orElseGet(() -> new Check.Ok("engine", reachable.description()));
            case EngineReport.Remote remote -> refused(remote.refusal().orElseThrow());
            case EngineReport.Unreachable unreachable -> refused(unreachable.why());
        };
    }

    private static Check refused(EngineReport.Refusal why) {
        return new Check.Missing("engine", clause(why.reason()), why.remedy());
    }

    /** @param recipe whether the last of the names is one that a recipe builds */
    private Check image(String subject, ContainerImages.Wanted wanted, boolean recipe) {
        Optional<ContainerImages.Found> present = new ContainerImages(engine).present(wanted);
        if (present.isPresent()) {
            return new Check.Ok(subject, "image " + present.get().name());
        }
        String built = wanted.names().getLast();
        return new Check.Missing(
                subject,
                "no image " + wanted.name() + (recipe ? " or " + built : ""),
                "docker pull " + wanted.name() + (recipe ? ", or without a registry: " + RECIPES + " " + built : ""));
    }

    private static String clause(String sentence) {
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }

    private static String gibibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GB", bytes / GIB);
    }
}
