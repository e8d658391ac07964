package dev.rehearsal.rehearsal;

import dev.rehearsal.dataset.Cloner;
import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.environment.RunningRegistry;
import dev.rehearsal.environment.ServerDisk;
import dev.rehearsal.environment.Sweeper;
import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * This run's own corner of the cache: swept of what killed runs left, announced to other runs, deleted at the end.
 */
final class Workspace implements AutoCloseable {
    private final Path directory;
    private final RunningRegistry.Entry announcement;
    private final RunningRegistry.Entry temporary;
    private final RunningRegistry registry;
    private final Sweeper sweeper;
    private final Deletion deletion;
    private final Set<Long> noted = new HashSet<>();

    private Workspace(
            Path directory,
            RunningRegistry.Entry announcement,
            RunningRegistry.Entry temporary,
            RunningRegistry registry,
            Sweeper sweeper,
            Deletion deletion) {
        this.directory = directory;
        this.announcement = announcement;
        this.temporary = temporary;
        this.registry = registry;
        this.sweeper = sweeper;
        this.deletion = deletion;
    }

    /** Journals what was swept, and which other rehearsals share this machine. */
    static Workspace open(Path cache, String scenario, Deletion deletion, RunClock clock, Journal journal)
            throws EnvironmentException {
        RunningRegistry registry = new RunningRegistry(cache);
        Sweeper sweeper = new Sweeper(registry);
        for (String swept : sweeper.sweep()) {
            journal.record(new RunEvent.Noted(clock.nowNanos(), swept));
        }
        RunningRegistry.Entry announcement = registry.run(scenario);
        try {
            Path directory = cache.resolve("clones").resolve(UUID.randomUUID().toString());
            Workspace workspace = new Workspace(
                    directory, announcement, registry.temporaryDirectory(directory), registry, sweeper, deletion);
            workspace.noteNeighbours(clock, journal);
            return workspace;
        } catch (EnvironmentException e) {
            announcement.close();
            throw e;
        }
    }

    /** Journals the rehearsals that share this machine now and were not noted before: at the start, and again at the end. */
    void noteNeighbours(RunClock clock, Journal journal) throws EnvironmentException {
        for (Sweeper.OtherRun other : sweeper.otherLiveRuns()) {
            if (noted.add(other.pid())) {
                journal.record(new RunEvent.Noted(
                        clock.nowNanos(),
                        "another rehearsal (" + other.description() + ", process " + other.pid()
                                + ") ran on this machine at the same time and took its share of processors and disk"));
            }
        }
    }

    /** @param name of a directory that is not there yet, and gets the clone and its replicas' */
    Cloner.Clone clone(Snapshot snapshot, String name) throws EnvironmentException, InterruptedException {
        Path own = directory.resolve(name);
        return Cloner.between(snapshot.dataDirectory(), own).copy(snapshot.dataDirectory(), own.resolve("data"));
    }

    /**
     * The run's clone on the disk that the scenario has for it, if it has one; to be closed when its server is.
     *
     * @param runDirectory must not fill up with it
     */
    ServerDisk disk(EnvironmentSpec spec, Cloner.Clone clone, Path runDirectory)
            throws EnvironmentException, InterruptedException {
        return spec.disk().isEmpty()
                ? ServerDisk.ORDINARY
                : ServerDisk.taken(
                        spec.disk().get(), List.of(directory.getParent(), runDirectory), clone.directory(), registry);
    }

    /** Begins to delete a clone whose server is closed, and its replicas'; {@link #close} deletes what is left. */
    void delete(Cloner.Clone clone) {
        deletion.begin(clone.directory().getParent(), () -> {});
    }

    /** The directory goes, and when it has gone, the note of it. */
    @Override
    public void close() {
        deletion.begin(directory, temporary::close);
        announcement.close();
    }
}
