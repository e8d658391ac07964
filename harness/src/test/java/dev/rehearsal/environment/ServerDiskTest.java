package dev.rehearsal.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rehearsal.scenario.EnvironmentException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerDiskTest {
    @TempDir
    private Path directory;

    private Path data;

    @BeforeEach
    void make() throws Exception {
        data = directory.resolve("data");
        Files.createDirectories(data.resolve("base/1"));
        Files.createDirectories(data.resolve("pg_wal"));
    }

    @Test
    void refusesADiskThatOthersNeedToo() throws Exception {
        Path disk = Files.createDirectory(directory.resolve("disk"));

        refused(disk)
                .withMessage("environment.disk: " + disk + " is on the same file system as " + data
                        + ", which must not fill up");
        assertThat(data.resolve("base/1")).isDirectory();
        assertThat(disk).isEmptyDirectory();
    }

    @Test
    void refusesWhatIsNoDirectory() throws Exception {
        refused(directory.resolve("absent"))
                .withMessage(
                        "environment.disk: " + directory.resolve("absent") + " is no directory that can be written to");
        refused(Files.createFile(directory.resolve("file"))).withMessageContaining("is no directory");
    }

    private ThrowableAssertAlternative<EnvironmentException> refused(Path disk) {
        return assertThatExceptionOfType(EnvironmentException.class)
                .isThrownBy(
                        () -> ServerDisk.taken(disk, List.of(), data, new RunningRegistry(directory.resolve("cache"))))
                .satisfies(e -> assertThat(e.remedy()).startsWith("Name a directory on a file system of its own"));
    }

    @Test
    void anOrdinaryOneHasNothingElsewhereAndNothingToFree() throws Exception {
        ServerDisk.ORDINARY.free();
        ServerDisk.ORDINARY.close();

        assertThat(ServerDisk.ORDINARY.description()).isEmpty();
        assertThat(ServerDisk.partsElsewhere(data)).isEmpty();
    }
}
