package dev.rehearsal.load;

/** The requests of one service. Safe for use by several threads. */
sealed interface Traffic permits ServiceTraffic, ArrivingUsers {
    /** How many requests are to be recorded that belong before the stop, as far as can be known by now. */
    long plannedBefore(long stopNanos);

    /** Records every arrival before {@code stopNanos} that was never started as abandoned. */
    void abandonRest(long stopNanos, long nowNanos);
}
