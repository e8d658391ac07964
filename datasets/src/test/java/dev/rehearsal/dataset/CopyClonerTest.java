package dev.rehearsal.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyClonerTest {
    @TempDir
    Path temporary;

    private Path source = Path.of("");

    @BeforeEach
    void makeSource() throws IOException {
        source = temporary.resolve("source");
        Files.createDirectories(source.resolve("base/5"));
        Files.createDirectories(source.resolve("pg_wal/archive_status"));
        Files.writeString(source.resolve("PG_VERSION"), "18\n");
        Files.write(source.resolve("base/5/1259"), new byte[3_000_000]);
        for (int i = 0; i < 50; i++) {
            Files.writeString(source.resolve("base/5/" + i), "file " + i);
        }
        Files.setPosixFilePermissions(source.resolve("PG_VERSION"), PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(source.resolve("base"), PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void copiesEveryFileAndEmptyDirectoryWithItsMode() throws Exception {
        Path target = temporary.resolve("clones/one");
        Files.createDirectories(target.getParent());

        Cloner.Clone clone = new CopyCloner().copy(source, target);

        assertThat(contents(target)).isEqualTo(contents(source));
        assertThat(clone.directory()).isEqualTo(target);
        assertThat(clone.method()).isEqualTo("copy_file_range");
    }

    @Test
    void refusesWhatCloneAndSourceWouldShare() throws Exception {
        Path elsewhere = Files.createDirectories(temporary.resolve("elsewhere"));
        Files.createDirectories(source.resolve("pg_tblspc"));
        Path link = Files.createSymbolicLink(source.resolve("pg_tblspc/16400"), elsewhere);
        Path target = temporary.resolve("clone");

        assertThatThrownBy(() -> new CopyCloner().copy(source, target))
                .hasMessageContaining(
                        "pg_tblspc/16400 leads outside the data directory, so that clone and snapshot would share it");
        assertThat(target).doesNotExist();

        Files.delete(link);
        new CopyCloner().copy(source, target);
        Files.createLink(temporary.resolve("second"), target.resolve("PG_VERSION"));
        assertThatThrownBy(() -> CloneCheck.requireOwn(target))
                .hasMessage(
                        "PG_VERSION has another name elsewhere (a hard link), so that clone and snapshot would share it");
    }

    @Test
    void cloneIsIndependentOfItsSource() throws Exception {
        Path target = temporary.resolve("clone");
        Cloner.between(source, temporary).copy(source, target);

        Files.writeString(target.resolve("PG_VERSION"), "changed");

        assertThat(source.resolve("PG_VERSION")).content().isEqualTo("18\n");
    }

    @Test
    void leavesNothingOfACloneThatFailed() throws Exception {
        Path target = temporary.resolve("missing/clone");

        assertThatThrownBy(() -> new CopyCloner().copy(source, target))
                .isInstanceOf(EnvironmentException.class)
                .hasMessageStartingWith("cannot clone " + source + " to " + target + ": ");
        assertThat(target.getParent()).doesNotExist();
    }

    @Test
    void refusesToCloneIntoWhatIsThereAlreadyAndLeavesIt() throws Exception {
        Path target = Files.createDirectory(temporary.resolve("taken"));
        Files.writeString(target.resolve("precious"), "data");

        assertThatThrownBy(() -> new CopyCloner().copy(source, target)).isInstanceOf(EnvironmentException.class);
        assertThat(target.resolve("precious")).exists();
    }

    /** Relative path to mode and content. */
    private static Map<String, String> contents(Path directory) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                String content = Files.isRegularFile(path)
                        ? java.util.Arrays.hashCode(Files.readAllBytes(path)) + ""
                        : "directory";
                contents.put(
                        directory.relativize(path).toString(),
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(path)) + " " + content);
            }
        }
        return contents;
    }
}
