package dev.rehearsal.cli;

import dev.rehearsal.dataset.BuildProgress;
import dev.rehearsal.rehearsal.Progress;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.Stage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Says nothing. */
final class QuietProgress implements Progress {
    @Override
    public void started(Scenario scenario, Path runDirectory) {}

    @Override
    public void preparing(String what) {}

    @Override
    public BuildProgress building() {
        return BuildProgress.SILENT;
    }

    @Override
    public void stageStarted(Stage stage, Optional<Duration> planned) {}

    @Override
    public void stageEnded(Stage stage, Duration lasted) {}

    @Override
    public void stepStarted(String step) {}

    @Override
    public void tick(Moment moment) {}

    @Override
    public void finishing() {}

    @Override
    public void close() {}
}
