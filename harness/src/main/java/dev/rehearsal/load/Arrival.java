package dev.rehearsal.load;

/**
 * One planned request.
 *
 * @param service index in the workload
 * @param operation index among the operations of all versions of the service
 * @param index among the service's arrivals, from 0
 * @param nth among the arrivals of its operation, whichever version of it, from 0
 * @param t0Nanos planned instant, since the run's origin
 */
record Arrival(int service, int operation, long index, long nth, long t0Nanos) {}
