package dev.rehearsal.fault;

import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.scenario.Cue;
import dev.rehearsal.scenario.IndexPhase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Looks at the server for the cues that come when something is seen there. Used by the injector's thread; what is seen is told by others. */
final class CueWatch implements AutoCloseable {
    private final Supplier<String> observerJdbcUrl;
    private final Consumer<Predicate<Cue>> seen;
    private final Consumer<SQLException> lost;
    private final List<ServerPoll> polls = new ArrayList<>();
    private Optional<String> runningStep = Optional.empty();

    /**
     * @param observerJdbcUrl straight to the primary as it is then
     * @param seen called again and again with the cues that have come; to be asked by the injector's thread
     * @param lost called at most once for each look: nothing is seen any more
     */
    CueWatch(Supplier<String> observerJdbcUrl, Consumer<Predicate<Cue>> seen, Consumer<SQLException> lost) {
        this.observerJdbcUrl = observerJdbcUrl;
        this.seen = seen;
        this.lost = lost;
    }

    void begin(List<Cue> waiting) {
        List<String> tables = waiting.stream()
                .flatMap(cue -> cue instanceof Cue.OnLock onLock ? Stream.of(onLock.table()) : Stream.of())
                .distinct()
                .toList();
        if (!tables.isEmpty()) {
            look("lock-watch", new LockQuestion(ApplicationNames.MIGRATION, tables, this::lockSeen));
        }
        if (waiting.stream().anyMatch(Cue.InPhase.class::isInstance)) {
            look("phase-watch", new PhaseQuestion(ApplicationNames.MIGRATION, this::phaseSeen));
        }
    }

    void stepStarted(String step) {
        runningStep = Optional.of(step);
    }

    void stepEnded() {
        runningStep = Optional.empty();
    }

    private void look(String name, ServerPoll.Question question) {
        polls.add(ServerPoll.started(name, observerJdbcUrl.get(), question, lost));
    }

    private void lockSeen(LockQuestion.Seen lock) {
        seen.accept(cue -> cue instanceof Cue.OnLock onLock
                && onLock.table().equals(lock.table())
                && (lock.granted() ? onLock instanceof Cue.LockHeld : onLock instanceof Cue.LockQueued));
    }

    private void phaseSeen(String phase) {
        seen.accept(cue -> cue instanceof Cue.InPhase inPhase
                && IndexPhase.matches(inPhase.phase(), phase)
                && (inPhase.step().isEmpty() || inPhase.step().equals(runningStep)));
    }

    @Override
    public void close() {
        polls.forEach(ServerPoll::close);
        polls.clear();
    }
}
