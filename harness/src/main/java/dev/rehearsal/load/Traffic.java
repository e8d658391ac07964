package dev.rehearsal.load;

/** The requests of one service. Safe for use by several threads. */
sealed interface Traffic permits ServiceTraffic, SimulatedTraffic, HttpTraffic {
    /**
     * From now on another version comes, more and more.
     *
     * @param version its number within the service, 0 for the old one
     * @return when that begins: no arrival of that time or later has been given a version yet
     */
    long deploy(int version, long overNanos);

    /** How many requests are to be recorded that belong before the stop, as far as can be known by now. */
    long plannedBefore(long stopNanos);

    /** Whether that can be known exactly. */
    boolean isCertainBefore(long stopNanos);

    /** Records every arrival before {@code stopNanos} that was never started as abandoned. */
    void abandonRest(long stopNanos, long nowNanos);
}
