package dev.rehearsal.migration;

import dev.rehearsal.measure.MeasuredServer;
import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.scenario.Step;
import dev.rehearsal.scenario.Step.LockPolicy;
import dev.rehearsal.scenario.Step.Transaction;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The tables {@code orders} and {@code customers}, a view and a sequence, new for every change that is run and observed on them. */
final class ChangedTable {
    /** Those that stop writes, or more, the strongest first. */
    private static final List<String> BLOCKING = List.of("AccessExclusive", "Exclusive", "ShareRowExclusive", "Share");

    private final MeasuredServer server;

    private ChangedTable(MeasuredServer server) {
        this.server = server;
    }

    static ChangedTable with(MeasuredServer server, int rows) throws Exception {
        server.execute(
                "drop schema public cascade",
                "create schema public",
                "create domain email as text check (value like '%@%')",
                "create table customers (id bigint primary key)",
                "create view customer_ids as select id from customers",
                "create sequence invoices",
                "insert into customers select generate_series(1, 100)",
                "create table orders (id bigint primary key, customer_id bigint not null, amount int, status varchar(20))",
                "insert into orders select n, 1 + n % 100, n, 'new' from generate_series(1, " + rows + ") n",
                "vacuum analyze");
        server.forgetEvents();
        return new ChangedTable(server);
    }

    StatementObserved observe(String sql) {
        return observeAll(Transaction.ONE, sql).getFirst();
    }

    /** The statements of one step. */
    List<StatementObserved> observeAll(Transaction transaction, String... statements) {
        Step step =
                Migrations.step(new LockPolicy(Optional.empty(), 0, Duration.ofMillis(50)), transaction, statements);
        Migrations.runner(server, StepListener.none()).run(Phase.MIGRATION, List.of(step), Duration.ofMinutes(1), 0);
        return server.events(StatementObserved.class);
    }

    /** The strongest lock on each table that stops writes: {@code AccessExclusive orders, ShareRowExclusive customers}. */
    static String locks(StatementObserved statement) {
        return statement.locks().stream()
                .filter(lock -> !lock.ownRelation() && BLOCKING.contains(lock.mode()))
                .filter(lock -> Set.of("orders", "customers").contains(lock.relation()))
                .collect(Collectors.groupingBy(
                        LockHeld::relation, Collectors.mapping(LockHeld::mode, Collectors.toSet())))
                .entrySet()
                .stream()
                .map(relation -> strongest(relation.getValue()) + " " + relation.getKey())
                .collect(Collectors.toCollection(TreeSet::new))
                .stream()
                .collect(Collectors.joining(", "));
    }

    private static String strongest(Set<String> modes) {
        return BLOCKING.stream().filter(modes::contains).findFirst().orElseThrow();
    }
}
