import static dev.rehearsal.load.dsl.SqlDsl.column;
import static dev.rehearsal.load.dsl.SqlDsl.rows;
import static dev.rehearsal.load.dsl.SqlDsl.sql;
import static dev.rehearsal.load.dsl.SqlDsl.transaction;
import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.csv;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.pause;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.gatling.javaapi.core.Simulation;
import java.time.Duration;

/** Somebody looks at an order, and pays it unless it is paid already. */
public class Checkout extends Simulation {
    {
        setUp(scenario("checkout")
                .feed(csv("orders.csv").circular())
                .exec(transaction(
                        "read-order",
                        sql("select amount, status from orders where id = :order")
                                .check(rows().is(1), column("amount").saveAs("amount"), column("status").saveAs("status"))))
                .exitHereIfFailed()
                .doIf(session -> !"paid".equals(session.getString("status")))
                .then(
                        pause(Duration.ofMillis(200)),
                        exec(transaction(
                                "pay",
                                sql("insert into payments (order_id, amount, method) values (:order, :amount, 'card')"),
                                sql("update orders set status = 'paid' where id = :order").check(rows().is(1)))))
                .injectOpen(atOnceUsers(1)));
    }
}
