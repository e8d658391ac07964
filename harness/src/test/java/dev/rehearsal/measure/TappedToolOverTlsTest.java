package dev.rehearsal.measure;

import static dev.rehearsal.measure.MeasuredServer.execute;
import static dev.rehearsal.measure.SessionTesting.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.environment.LocalServer;
import dev.rehearsal.environment.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tool's sessions on a server that takes nobody without TLS and a password. */
class TappedToolOverTlsTest {
    private static final String PASSWORD = "of this test alone";

    @TempDir
    private Path directory;

    @Test
    void theRelaySpeaksTlsForTheTool() throws Exception {
        Path data = TestCluster.clone(directory.resolve("data"));
        certify(data);
        Path rules = data.resolve("pg_hba.conf");
        Files.writeString(rules, """
                hostssl theirs plain 127.0.0.1/32 scram-sha-256
                host theirs plain 127.0.0.1/32 reject
                """ + Files.readString(rules));
        LocalServer running = TestCluster.servers().start(data, Map.of("ssl", "on"));
        try (MeasuredServer server = MeasuredServer.withoutRights(running);
                ToolWatch watch = server.instruments().witness().watchTool(Map.of(), "127.0.0.1", running.port())) {
            String way = "jdbc:postgresql://127.0.0.1:" + ((ToolWatch.Way.ByPort) watch.way()).port()
                    + "/theirs?user=plain&password=plain";

            try (Connection tool = DriverManager.getConnection(way)) {
                execute(tool, "create table made (id int)");
                assertThat(text(tool, "select ssl from pg_stat_ssl where pid = pg_backend_pid()"))
                        .isEqualTo("t");
            }
            assertThat(watch.statements()).extracting(ToolStatement::sql).contains("create table made (id int)");

            assertThatThrownBy(() -> DriverManager.getConnection(way + "&sslmode=require"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("SSL");
            assertThatThrownBy(() -> DriverManager.getConnection(running.jdbcUrl("theirs")
                            .replaceFirst("\\?.*", "?user=plain&password=plain&sslmode=disable")))
                    .as("without TLS")
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("pg_hba.conf");
        }
    }

    /** Gives a server a key and a certificate of its own. */
    private void certify(Path data) throws Exception {
        Path store = directory.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "RSA",
                        "-dname",
                        "CN=localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        write(
                data,
                "server.key",
                "PRIVATE KEY",
                keys.getKey("server", PASSWORD.toCharArray()).getEncoded());
        write(data, "server.crt", "CERTIFICATE", keys.getCertificate("server").getEncoded());
    }

    private static void write(Path data, String name, String kind, byte[] bytes) throws IOException {
        Path file = Files.writeString(
                data.resolve(name),
                "-----BEGIN " + kind + "-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {10}).encodeToString(bytes) + "\n-----END " + kind
                        + "-----\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.setOwner(file, Files.getOwner(data));
    }
}
