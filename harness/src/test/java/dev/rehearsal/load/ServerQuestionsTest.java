package dev.rehearsal.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.environment.LocalServer;
import dev.rehearsal.environment.TestCluster;
import dev.rehearsal.load.OperationCheck.StatementProblem;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Parameter;
import dev.rehearsal.scenario.Workload;
import dev.rehearsal.scenario.Workload.Arrivals;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of a real server before the load begins: are the statements right, and which keys are there. */
class ServerQuestionsTest {
    @TempDir
    private static Path directory;

    private static LocalServer server;

    @BeforeAll
    static void startServer() throws Exception {
        server = TestCluster.servers().start(TestCluster.clone(directory.resolve("data")), Map.of());
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    create table orders (id int primary key, note text, "Odd Name" uuid, empty int);
                    insert into orders select g, 'note ' || g, gen_random_uuid() from generate_series(11, 20) g;
                    create table gaps (id bigint primary key);
                    insert into gaps select g * 3 from generate_series(1, 10) g;
                    create table many (id bigint primary key);
                    insert into many select g * 2 from generate_series(1, 600000) g""");
        }
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
    }

    private static String url() {
        return server.jdbcUrl(Snapshot.DATABASE);
    }

    private static Connection connect() throws Exception {
        return DriverManager.getConnection(url());
    }

    private static Workload workload(Map<String, Parameter> parameters, String... transaction) {
        return Workloads.of(
                Arrivals.POISSON,
                Workloads.service(
                        "shop",
                        1,
                        Workloads.pool(1, Duration.ofSeconds(1)),
                        Workloads.operation("asked", 1, parameters, transaction)));
    }

    private static KeyDomain domain(String table, String column) throws Exception {
        Parameter.References references = new Parameter.References(table, column, 0);
        return KeyDomains.resolve(workload(Map.of("x", references), "select :x"), 1, url())
                .get(table + "." + column);
    }

    @Test
    void namesEachStatementThatTheServerRefusesAndThePlaceInIt() throws Exception {
        Workload workload = workload(
                Map.of(),
                "select note from orders where id = :id",
                "select * from orders where id = :id and nte = :note",
                "update orders set note = :note where id = :id returning id",
                "selct 1",
                "select 1 from nowhere");

        List<StatementProblem> problems;
        try (Connection connection = connect()) {
            problems = OperationCheck.check(workload, connection);
        }

        assertThat(problems)
                .containsExactly(
                        new StatementProblem(
                                0,
                                0,
                                1,
                                40,
                                "42703",
                                "column \"nte\" does not exist (Perhaps you meant to reference the column \"orders.note\".)"),
                        new StatementProblem(0, 0, 3, 0, "42601", "syntax error at or near \"selct\""),
                        new StatementProblem(0, 0, 4, 14, "42P01", "relation \"nowhere\" does not exist"));
    }

    @Test
    void checkingRunsNothing() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            List<StatementProblem> problems = OperationCheck.check(
                    workload(Map.of(), "delete from orders", "delete from orders where id = :id"), connection);

            assertThat(problems).isEmpty();
            try (ResultSet rows = statement.executeQuery("select count(*) from orders")) {
                rows.next();
                assertThat(rows.getInt(1)).isEqualTo(10);
            }
        }
    }

    @Test
    void keysWithoutGapsAreARange() throws Exception {
        assertThat(domain("orders", "id")).isEqualTo(new KeyDomain.Dense(11, 20));
    }

    @Test
    void keysWithGapsAreListed() throws Exception {
        assertThat(domain("gaps", "id"))
                .isEqualTo(new KeyDomain.Numbers(List.of(3L, 6L, 9L, 12L, 15L, 18L, 21L, 24L, 27L, 30L)));
    }

    @Test
    void tooManyKeysAreSampledTheSameWayForTheSameSeed() throws Exception {
        KeyDomain sample = domain("many", "id");

        assertThat(sample.size()).isBetween(190_000L, 210_000L);
        assertThat((Long) sample.key(sample.size() - 1)).isGreaterThan(1_190_000L);
        assertThat(domain("many", "id")).isEqualTo(sample);
    }

    @Test
    void otherTypesAreListedAsText() throws Exception {
        assertThat(domain("public.orders", "NOTE"))
                .isEqualTo(new KeyDomain.Texts(List.of(
                        "note 11", "note 12", "note 13", "note 14", "note 15", "note 16", "note 17", "note 18",
                        "note 19", "note 20")));
        assertThat(domain("orders", "Odd Name").size()).isEqualTo(10);
    }

    @Test
    void referenceToNothingIsRefused() {
        assertThatThrownBy(() -> domain("orders", "empty"))
                .isInstanceOf(EnvironmentException.class)
                .hasMessage("a parameter of the workload references orders.empty, which has no values");
        assertThatThrownBy(() -> domain("orders", "nope"))
                .isInstanceOf(EnvironmentException.class)
                .hasMessage("a parameter of the workload references orders.nope, which is not in the database");
    }
}
