package dev.rehearsal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
    private static final Instant TIME = Instant.parse("2026-11-22T10:15:02.9Z");

    @TempDir
    private Path base;

    @Test
    void namesTheDirectoryByScenarioAndTime() throws IOException {
        RunDirectory directory = RunDirectory.create(base, "orders", TIME);

        assertThat(directory.path())
                .isEqualTo(base.resolve("orders/20261122T101502Z"))
                .isDirectory();
    }

    @Test
    void givesTwoRunsOfOneSecondDirectoriesOfTheirOwn() throws IOException {
        RunDirectory first = RunDirectory.create(base, "orders", TIME);
        RunDirectory second = RunDirectory.create(base, "orders", TIME);

        assertThat(second.path()).isNotEqualTo(first.path());
    }

    @Test
    void pointsLatestToTheNewest() throws IOException {
        RunDirectory.create(base, "orders", TIME);
        RunDirectory newest = RunDirectory.create(base, "orders", TIME.plusSeconds(5));
        Files.createFile(newest.events());

        RunDirectory latest = RunDirectory.existing(base.resolve("orders/latest"));

        assertThat(Files.isSameFile(latest.path(), newest.path())).isTrue();
    }

    @Test
    void followsLatestWhereItIsAFile() throws IOException {
        RunDirectory newest = RunDirectory.create(base, "orders", TIME);
        Files.createFile(newest.events());
        Files.delete(base.resolve("orders/latest"));
        Files.writeString(base.resolve("orders/latest"), "20261122T101502Z\n");

        assertThat(RunDirectory.existing(base.resolve("orders/latest")).path()).isEqualTo(newest.path());
    }

    @Test
    void keepsAScenarioNameWithinItsFolder() throws IOException {
        assertThat(RunDirectory.create(base, "../up and/away", TIME).path().getParent())
                .isEqualTo(base.resolve("_.._up_and_away"));
    }

    @Test
    void refusesToOverwriteARun() throws IOException {
        RunDirectory mine = RunDirectory.at(base.resolve("mine"));
        Files.createFile(mine.events());

        assertThatThrownBy(() -> RunDirectory.at(base.resolve("mine")))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessage(base.resolve("mine") + ": holds another run, which is not overwritten");
        assertThatThrownBy(() -> new FileJournal(mine.events())).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void saysWhatIsNoRun() {
        assertThatThrownBy(() -> RunDirectory.existing(base.resolve("nowhere")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage(base.resolve("nowhere") + ": there is no such directory");
        assertThatThrownBy(() -> RunDirectory.existing(base))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage(base + ": has no events.ndjson, so no run is in it");
    }

    @Test
    void deletesItselfAndWhatPointsToIt() throws IOException {
        RunDirectory directory = RunDirectory.create(base, "orders", TIME);
        Files.createFile(directory.events());

        directory.delete();

        assertThat(directory.path()).doesNotExist();
        assertThat(Files.exists(base.resolve("orders/latest"), LinkOption.NOFOLLOW_LINKS))
                .isFalse();
    }
}
