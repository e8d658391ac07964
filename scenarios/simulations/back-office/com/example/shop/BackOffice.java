package com.example.shop;

import static dev.rehearsal.load.dsl.SqlDsl.column;
import static dev.rehearsal.load.dsl.SqlDsl.random;
import static dev.rehearsal.load.dsl.SqlDsl.rows;
import static dev.rehearsal.load.dsl.SqlDsl.sql;
import static dev.rehearsal.load.dsl.SqlDsl.transaction;
import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.gatling.javaapi.core.Simulation;

/** One transaction of two statements: the second takes what the first has found. */
public class BackOffice extends Simulation {
    private static final int PRODUCTS = 20;

    {
        setUp(scenario("back office")
                .exec(transaction(
                        "restock",
                        sql("select id, stock from products where id = :product")
                                .with("product", session -> 1 + random(session).nextInt(PRODUCTS))
                                .check(rows().is(1), column("id").saveAs("found")),
                        sql("update products set stock = stock + 10 where id = :found").check(rows().is(1))))
                .injectOpen(atOnceUsers(1)));
    }
}
