import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.jsonPath;
import static io.gatling.javaapi.core.CoreDsl.pause;
import static io.gatling.javaapi.core.CoreDsl.rampUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Simulation;
import io.gatling.javaapi.http.HttpProtocolBuilder;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Somebody looks at an order, and pays it if it is open. An ordinary simulation: it knows nothing of the harness. */
public class ShopVisits extends Simulation {
    private final HttpProtocolBuilder shop = http.baseUrl(System.getProperty("baseUrl", "http://localhost:8080"))
            .acceptHeader("application/json");

    private final ScenarioBuilder visit = scenario("visit")
            .exec(session -> session.set("order", ThreadLocalRandom.current().nextInt(1, 2001)))
            .exec(http("read order")
                    .get("/orders/#{order}")
                    .check(status().is(200), jsonPath("$.status").saveAs("status")))
            .exitHereIfFailed()
            .doIf(session -> "new".equals(session.getString("status")))
            .then(
                    pause(Duration.ofMillis(100)),
                    exec(http("pay").post("/orders/#{order}/payment").check(status().is(204))));

    {
        setUp(visit.injectOpen(rampUsersPerSec(1).to(20).during(60))).protocols(shop);
    }
}
