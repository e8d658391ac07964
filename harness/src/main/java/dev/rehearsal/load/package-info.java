/**
 * The traffic: an open workload, timed from the planned arrival.
 *
 * <p>The harness forks one injector, a JVM of its own, so that neither heap nor processor time of the harness stands between a planned
 * arrival and its request. There Gatling injects users, some time ahead of the arrivals they stand for; our own action hands the arrivals to a thread
 * that starts, at each planned instant, a virtual thread which takes a connection from its service's pool and runs the transaction. Gatling's own clock
 * is never read: it stamps requests when they are sent, and so cannot see a generator that fell behind or a pool that ran dry.
 *
 * <p>Four times tell where a request's time went: planned arrival t0, picked up t1, connection t2, finished t3. The response is t3 − t0, whatever
 * happened in between.
 *
 * <p>Guarantees: the same seed gives the same arrivals, operations and parameter values; every arrival planned before the stop ends as exactly one
 * request record; the injector ends when its harness does, however that ends.
 *
 * <p>Before there is any load, several injectors may build the dataset that it runs on, see {@link dev.rehearsal.load.BuildingInjectors}: whoever is to make the
 * load from many machines has them at hand.
 */
@NullMarked
package dev.rehearsal.load;

import org.jspecify.annotations.NullMarked;
