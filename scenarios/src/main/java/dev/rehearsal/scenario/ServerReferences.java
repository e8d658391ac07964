package dev.rehearsal.scenario;

import java.util.List;
import java.util.Optional;

/** Names of servers in faults, held against the servers that there are. What is wrong is reported, and a stand-in goes on. */
final class ServerReferences {
    private final int replicas;
    private final boolean external;
    private final boolean pooled;

    /**
     * @param replicas how many the environment has
     * @param external whether the links to them are out of reach
     * @param pooled whether there is a pooler in front of the primary
     */
    ServerReferences(int replicas, boolean external, boolean pooled) {
        this.external = external;
        this.replicas = replicas;
        this.pooled = pooled;
    }

    /** Of a fault of the network: a server, or a link between two. */
    String endpoint(Block block) {
        return block.get("of")
                .flatMap(value -> known(value, ServerNames.endpoints(replicas, pooled)))
                .orElse(ServerNames.PRIMARY);
    }

    String server(Block block) {
        return block.get("of")
                .flatMap(value -> known(value, ServerNames.servers(replicas)))
                .orElse(ServerNames.PRIMARY);
    }

    Optional<String> replica(Value value) {
        return known(value, ServerNames.replicas(replicas));
    }

    private Optional<String> known(Value value, List<String> names) {
        String name = value.text("name a server, such as " + (names.isEmpty() ? "replica-1" : names.getFirst()));
        if (name.isEmpty()) {
            return Optional.empty();
        }
        if (external && ServerNames.isLink(name)) {
            value.problem("the link between servers that are not the harness's own is out of its reach; name a server");
            return Optional.empty();
        }
        if (names.contains(name)) {
            return Optional.of(name);
        }
        if (!pooled && name.equals(ServerNames.POOLER)) {
            value.problem("there is no pooler in this environment; write environment.pooler: pgbouncer");
        } else if (replicas == 0 && name.startsWith("repl")) {
            value.problem("there is no " + Value.shorten(name)
                    + ", because the environment has no replicas; write environment.replicas: 1");
        } else {
            value.problem("no server or link that this can be done to is called " + value.shown() + "; "
                    + Nearest.advice(name, names));
        }
        return Optional.empty();
    }
}
