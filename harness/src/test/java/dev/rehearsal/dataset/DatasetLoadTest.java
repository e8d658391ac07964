package dev.rehearsal.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.environment.LocalServer;
import dev.rehearsal.environment.TestCluster;
import dev.rehearsal.scenario.DatasetDefinition;
import dev.rehearsal.scenario.DatasetDefinition.TableDefinition;
import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.Generator;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetLoadTest {
    private static final String SCHEMA = """
            create table notes (id bigint not null);
            create function refuse() returns trigger language plpgsql as $$ begin raise 'no row'; end $$;
            create trigger notes_refuse before insert on notes for each row execute function refuse();
            create trigger notes_off before insert on notes for each row execute function refuse();
            alter table notes disable trigger notes_off;
            alter table notes add constraint notes_pkey primary key (id);
            """;

    @TempDir
    private Path directory;

    @Test
    void triggersRestWhileAnOwnerWhoIsNoSuperuserLoads() throws Exception {
        DatasetSpec spec = new DatasetSpec(
                new DatasetDefinition(
                        "notes",
                        directory,
                        SCHEMA,
                        Map.of("notes", new TableDefinition("notes", 1000, Map.of("id", new Generator.Sequence(1))))),
                1,
                Map.of());
        try (LocalServer server = TestCluster.servers().start(TestCluster.clone(directory.resolve("data")), Map.of())) {
            try (Connection superuser = DriverManager.getConnection(server.jdbcUrl(Snapshot.DATABASE));
                    Statement statement = superuser.createStatement()) {
                statement.execute("create role plain login password 'plain'");
                statement.execute("create database theirs owner plain");
            }
            String url = "jdbc:postgresql://127.0.0.1:" + server.port() + "/theirs?user=plain&password=plain";

            assertThat(DatasetLoad.into(url, spec, 42, BuildProgress.SILENT, Optional.empty()))
                    .isEqualTo(Map.of("notes", 1000L));

            assertThat(texts(url, "select count(*)::text from notes")).containsExactly("1000");
            assertThat(texts(url, "select tgname || ' ' || tgenabled::text from pg_trigger order by 1"))
                    .containsExactly("notes_off D", "notes_refuse O");
        }
    }

    private static List<String> texts(String url, String query) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }
}
