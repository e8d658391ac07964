package dev.rehearsal.environment;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/** The programs of PostgreSQL versions that do not come with the harness. The build lays their archives beside the tests. */
public final class OlderServers {
    private OlderServers() {}

    /** The directory of the programs, unpacked once and kept between builds. */
    public static Path binaries(int majorVersion) throws EnvironmentException, IOException {
        Path jar = Path.of("target", "older-servers", "postgres-" + majorVersion + ".jar");
        // Apart from those that come with the harness: whoever looks for these finds these alone.
        Path cache = TestCluster.cache().resolve("older");
        return new BundledBinaries(cache, new RunningRegistry(cache))
                .obtain(URI.create("jar:" + jar.toUri() + "!/" + BundledBinaries.archiveName())
                        .toURL())
                .directory();
    }

    /** The directory of the programs that Debian's package has; the test is skipped where it is not installed. */
    public static Path ofTheDistribution(int majorVersion) {
        Path programs = Path.of("/usr/lib/postgresql", Integer.toString(majorVersion), "bin");
        assumeTrue(
                Files.isExecutable(programs.resolve("initdb")),
                () -> "no PostgreSQL " + majorVersion + " of the distribution: apt-get install postgresql-"
                        + majorVersion);
        return programs;
    }
}
