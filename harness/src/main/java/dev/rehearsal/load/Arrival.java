package dev.rehearsal.load;

/**
 * One planned request.
 *
 * @param service index in the workload
 * @param operation index in the service
 * @param index among the service's arrivals, from 0
 * @param nth among the arrivals of its operation, from 0
 * @param t0Nanos planned instant, since the run's origin
 */
record Arrival(int service, int operation, long index, long nth, long t0Nanos) {}
