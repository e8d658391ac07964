package dev.rehearsal.report;

import dev.rehearsal.run.FileJournal;
import dev.rehearsal.run.RequestLog;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RunDirectory;
import dev.rehearsal.run.RunRecord;
import java.io.IOException;
import java.nio.file.Path;

/** Writes a made-up run with the writers of a real one, and reads it back: what a report sees is what a rehearsal would have left. */
final class RunOnDisk {
    private RunOnDisk() {}

    static RunRecord of(SyntheticRun run, Path directory) throws IOException {
        RunDirectory files = RunDirectory.at(directory);
        try (FileJournal journal = new FileJournal(files.events())) {
            run.events().forEach(journal::record);
        }
        try (RequestLog.Writer log = new RequestLog.Writer(files.requests(), SyntheticRun.OPERATIONS)) {
            for (RequestRecord request : run.requests()) {
                log.append(request);
            }
        }
        return RunRecord.read(files);
    }
}
