package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Replication slots: a primary keeps what a replica has not got yet, also while their link is cut. */
final class Slots {
    private Slots() {}

    /** Of a replica's name, which has a hyphen that a slot may not have. */
    static String name(String replica) {
        return replica.replace('-', '_');
    }

    static void make(String primaryJdbcUrl, String replica) throws EnvironmentException {
        try (Connection connection = DriverManager.getConnection(primaryJdbcUrl);
                PreparedStatement statement =
                        connection.prepareStatement("select pg_create_physical_replication_slot(?, true)")) {
            statement.setString(1, name(replica));
            statement.execute();
        } catch (SQLException e) {
            throw new EnvironmentException(
                    "the primary makes no replication slot for " + replica + ": " + e.getMessage(),
                    "See its log in the run's directory.",
                    e);
        }
    }
}
