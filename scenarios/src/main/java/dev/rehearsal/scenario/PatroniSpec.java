package dev.rehearsal.scenario;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * What decides in a cluster that is not the harness's own who is its leader. Credentials of its API are no part of a scenario.
 *
 * @param api where its members' REST APIs are, such as {@code http://10.0.0.1:8008}; at least one
 * @param kill the words of the command that takes the leader away, which it finds in its environment; empty: there is none
 * @param directory where that runs
 */
public record PatroniSpec(List<URI> api, List<String> kill, Path directory) {
    /** A variable of the command: the leader's name, as Patroni has it. */
    public static final String LEADER = "HARNESS_LEADER";

    /** A variable of the command: the host on which the leader's server listens, as Patroni has it. */
    public static final String LEADER_HOST = "HARNESS_LEADER_HOST";

    /** Likewise, its port. */
    public static final String LEADER_PORT = "HARNESS_LEADER_PORT";

    public PatroniSpec {
        if (api.isEmpty()) {
            throw new IllegalArgumentException("environment.patroni.api is empty");
        }
        api = List.copyOf(api);
        kill = List.copyOf(kill);
    }
}
