package dev.rehearsal.scenario;

import java.time.Duration;
import java.util.Optional;

/** When a fault begins. */
public sealed interface Cue {
    /** {@code { step: s, before: 3s }}: the fault begins, and the step starts that much later. */
    record BeforeStep(String step, Duration lead) implements Cue {}

    /** {@code { step: s, after: 2s }}: that much after the step has started, if it is still running. */
    record AfterStepStart(String step, Duration delay) implements Cue {}

    /** {@code { stage: baseline, after: 5s }}. */
    record AfterStageStart(Stage stage, Duration delay) implements Cue {}

    /** {@code { committing: s }}: as the COMMIT of the step is sent; neither waits for the other. */
    record Committing(String step) implements Cue {}

    /**
     * {@code { phase: waiting for old snapshots, step: s }}: an index that is built CONCURRENTLY is in that phase, as far as looks at the server show.
     *
     * @param phase as {@link IndexPhase} has it
     * @param step empty: of whichever step
     */
    record InPhase(String phase, Optional<String> step) implements Cue {}

    /** A moment in which the migration, or its rollback, has to do with a lock that stops writes; the first that is seen. */
    sealed interface OnLock extends Cue {
        /** Schema-qualified unless on the search path. */
        String table();
    }

    /** {@code { lockQueued: orders }}: it waits for such a lock on the table. */
    record LockQueued(String table) implements OnLock {}

    /** {@code { lockHeld: orders }}: it has such a lock on the table. */
    record LockHeld(String table) implements OnLock {}
}
