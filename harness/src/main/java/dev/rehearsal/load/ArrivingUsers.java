package dev.rehearsal.load;

import dev.rehearsal.load.dsl.PlannedUser;

/** The users of a service whose simulation says what they do: each is an arrival of the plan. Safe for use by several threads. */
sealed interface ArrivingUsers extends Traffic permits SimulatedTraffic, HttpTraffic {
    /** The next arrival of the plan. */
    User arrive();

    long nowNanos();

    /** Whether {@link #plannedBefore} can be known exactly: nobody is left who may ask for something before the stop. */
    boolean isCertainBefore(long stopNanos);

    /** One user. What it does, it does one after the other, on whatever threads. */
    interface User extends PlannedUser {
        /** When it is to go on with what it does first. */
        long beginNanos();

        /** Thinks for so long. */
        void pauses(long millis);

        /** Will do nothing any more. */
        void left();

        /** Whether it may begin, as far as is known by now. */
        boolean mayBegin();
    }
}
