/**
 * Load as teams write it: the words that a Gatling simulation needs beside Gatling's own, so that its users run SQL over a service's pool.
 *
 * <pre>
 * import static dev.rehearsal.load.dsl.SqlDsl.*;
 * import static io.gatling.javaapi.core.CoreDsl.*;
 *
 * public class Checkout extends Simulation {
 *     {
 *         setUp(scenario("checkout")
 *                 .feed(csv("orders.csv").circular())
 *                 .exec(transaction("read-order",
 *                         sql("select status from orders where id = :id")
 *                                 .check(rows().is(1), column("status").saveAs("status"))))
 *                 .doIf(session -> session.getString("status").equals("open")).then(
 *                         pause(Duration.ofMillis(200)),
 *                         exec(transaction("pay", sql("update orders set status = 'paid' where id = :id"))))
 *                 .injectOpen(atOnceUsers(1)));
 *     }
 * }
 * </pre>
 *
 * <p>The simulation says what a user does. When users arrive is said by the scenario's rate, as for every other service: what {@code injectOpen} says
 * is for runs in Gatling alone, and stands aside here.
 *
 * <p>A response is timed from when the request was <em>due</em>, never from when it was sent:
 *
 * <pre>
 *   arrival          answer                 due              answer
 *   | read-order     |         pause        | pay            |
 *   t0 ─────────────── t3 ───────────────── t0 ───────────── t3
 * </pre>
 *
 * The first transaction of a user is due at the user's planned arrival. A later one is due when the user had the answer to the one before. Each pause
 * on the way, before the first one too, adds its length. So whatever delays a request (a generator behind its plan, an empty pool, a lock) is in
 * its response; only the user's own think time is not. Users do not wait for each other: that some wait for their answers changes nothing in when
 * others arrive. But one who waits does what comes next later, as people do, and so there are fewer later transactions while the database stands still.
 *
 * <p>What Gatling waits for in other ways ({@code pace}, {@code rendezVous}, a pause with a pause type of its own) is not known to be meant, and counts as
 * the generator's lag.
 *
 * <p>The same seed gives the same arrivals and the same {@link dev.rehearsal.load.dsl.SqlDsl#random random numbers}; what Gatling draws itself (feeders that
 * are {@code random()}, {@code randomSwitch}, pauses between two lengths) comes out differently each time.
 */
@NullMarked
package dev.rehearsal.load.dsl;

import org.jspecify.annotations.NullMarked;
