package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentSpec.Replication;
import dev.rehearsal.scenario.EnvironmentSpec.Synchrony;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The settings that make servers a primary and its replicas. */
final class ReplicationSettings {
    /** A replica asks again that soon after a link broke. PostgreSQL's own 5 s would be felt as five seconds of lag, and by a promotion. */
    private static final String RETRY = "100ms";

    private ReplicationSettings() {}

    static Map<String, String> ofPrimary(Replication replication) {
        return replication.replicas() == 0 || replication.synchrony() == Synchrony.ASYNCHRONOUS
                ? Map.of()
                : ServerSettings.merged(
                        commit(replication.synchrony()),
                        Map.of("synchronous_standby_names", first(replication.names())));
    }

    /** @param link where it finds its primary */
    static Map<String, String> ofReplica(
            String name, FaultProxies.Entrance link, String password, Replication replication) {
        return ServerSettings.merged(
                commit(replication.synchrony()),
                Map.of(
                        "primary_conninfo",
                        "host=" + link.host() + " port=" + link.port() + " user=" + NewCluster.USER + " password="
                                + password + " application_name=" + name,
                        "primary_slot_name",
                        Slots.name(name),
                        "wal_retrieve_retry_interval",
                        RETRY));
    }

    private static Map<String, String> commit(Synchrony synchrony) {
        return switch (synchrony) {
            case ASYNCHRONOUS -> Map.of();
            case SYNCHRONOUS -> Map.of("synchronous_commit", "on");
            case REMOTE_APPLY -> Map.of("synchronous_commit", "remote_apply");
        };
    }

    /** One of them is enough, and it is the first that is connected: so the first is the one to promote. */
    static String first(List<String> names) {
        return "FIRST 1 (" + names.stream().map(name -> "\"" + name + "\"").collect(Collectors.joining(", ")) + ")";
    }
}
