package dev.rehearsal.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The names by which a scenario speaks of its servers, and of the links between them:
 *
 * <pre>
 *   application ──► primary ──── replication-1 ───► replica-1 ◄── reads
 *                          └──── replication-2 ───► replica-2 ◄── reads
 * </pre>
 *
 * Where there is a pooler, the application's way is {@code pooler ──► primary}: a fault {@code of: pooler} disturbs what goes between the application and
 * the pooler, one {@code of: primary} what goes between the pooler and the server.
 *
 * <p>A fault of the network that is {@code of} a server disturbs what its clients send and get; one that is {@code of} a link, what the primary
 * sends to that replica and hears of it. {@code primary} is whoever has that role: after a failover, the promoted server.
 */
public final class ServerNames {
    public static final String PRIMARY = "primary";
    public static final String POOLER = "pooler";
    private static final String REPLICA = "replica-";
    private static final String REPLICATION = "replication-";

    private ServerNames() {}

    /** {@code replica-1} and so on. */
    public static List<String> replicas(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(ServerNames::replica).toList();
    }

    /** @param nth from 1 */
    public static String replica(int nth) {
        return REPLICA + nth;
    }

    /** The link from the primary to a replica, such as {@code replication-1}. */
    public static String link(String replica) {
        return REPLICATION + replica.substring(REPLICA.length());
    }

    /** Whether a name is a link's, and not a server's. */
    public static boolean isLink(String name) {
        return name.startsWith(REPLICATION);
    }

    /** The primary first. */
    static List<String> servers(int replicas) {
        return Stream.concat(Stream.of(PRIMARY), replicas(replicas).stream()).toList();
    }

    /** All that bytes can go to. */
    static List<String> endpoints(int replicas, boolean pooled) {
        List<String> names = new ArrayList<>(servers(replicas));
        if (pooled) {
            names.add(POOLER);
        }
        replicas(replicas).forEach(replica -> names.add(link(replica)));
        return names;
    }
}
