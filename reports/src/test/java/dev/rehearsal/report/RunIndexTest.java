package dev.rehearsal.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.run.FileJournal;
import dev.rehearsal.run.RequestLog;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunIndexTest {
    private static final String HOSTILE = "</script><img src=x onerror=alert(1)>";

    @TempDir
    private Path folder;

    private RunDirectory stored(SyntheticRun run, String name, int second) throws IOException {
        RunDirectory directory = RunDirectory.create(
                folder, name, Instant.parse("2026-11-22T10:15:00Z").plusSeconds(second));
        try (FileJournal journal = new FileJournal(directory.events());
                RequestLog.Writer requests = new RequestLog.Writer(directory.requests(), SyntheticRun.OPERATIONS)) {
            run.events().forEach(journal::record);
            for (RequestRecord request : run.requests()) {
                requests.append(request);
            }
        }
        return directory;
    }

    @Test
    void showsEachRunOnceWithItsFigures() throws IOException {
        Reports.write(stored(SyntheticRun.stalled(), "orders-add-token", 1));
        Reports.write(stored(SyntheticRun.stalled(), "orders-add-token", 2));

        RunIndex index = RunIndex.of(folder);

        assertThat(index.unread()).isEmpty();
        assertThat(index.trends()).hasSize(1);
        assertThat(index.trends().getFirst().points()).hasSize(2);
        assertThat(index.html())
                .contains("<a href=\"orders-add-token/20261122T101501Z/report.html\">", ">8.00 s</td>")
                .contains("A change of level can be told from eight runs on; here are 2.");
    }

    @Test
    void saysWhichRunsItLeftOut() throws IOException {
        Reports.write(stored(SyntheticRun.stalled(), "orders-add-token", 1));
        RunDirectory killed = stored(SyntheticRun.stalled(), "orders-add-token", 2);
        RunDirectory damaged = stored(SyntheticRun.stalled(), "orders-add-token", 3);
        Files.writeString(damaged.resultJson(), "{ \"schemaVersion\": 1, \"verdict\": ");

        RunIndex index = RunIndex.of(folder);

        assertThat(index.trends().getFirst().points()).hasSize(1);
        assertThat(index.unread()).hasSize(2);
        assertThat(index.unread().get(0))
                .isEqualTo(
                        "orders-add-token/20261122T101502Z has no result.json: it was killed, or is under way; harness report "
                                + killed.path() + " renders what there is.");
        assertThat(index.unread().get(1))
                .startsWith("orders-add-token/20261122T101503Z cannot be read: ")
                .contains("is damaged");
        assertThat(index.html()).contains("Left out");
    }

    @Test
    void escapesForeignText() throws IOException {
        Reports.write(stored(SyntheticRun.withTexts(HOSTILE, "select 1"), "hostile", 1));

        String page = RunIndex.of(folder).html().replaceAll("(?s)(<script[^>]*>).*?</script>", "$1</script>");

        assertThat(page).doesNotContain("<img").contains("&lt;/script&gt;");
    }

    @Test
    void refusesAFolderWithoutRuns() {
        assertThatThrownBy(() -> RunIndex.of(folder))
                .isInstanceOf(IOException.class)
                .hasMessage(folder + " has no run in it");
    }
}
