package dev.rehearsal.scenario;

import java.time.Duration;

/** When a fault begins. */
public sealed interface Cue {
    /** {@code { step: s, before: 3s }}: the fault begins, and the step starts that much later. */
    record BeforeStep(String step, Duration lead) implements Cue {}

    /** {@code { step: s, after: 2s }}: that much after the step has started, if it is still running. */
    record AfterStepStart(String step, Duration delay) implements Cue {}

    /** {@code { stage: baseline, after: 5s }}. */
    record AfterStageStart(Stage stage, Duration delay) implements Cue {}

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
