package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;
import java.util.ArrayList;
import java.util.List;

/** Removes the containers, their volumes and the networks of harnesses that were killed. */
final class ContainerSweeper {
    private final EngineClient client;

    ContainerSweeper(EngineClient client) {
        this.client = client;
    }

    /** @return what was removed, a sentence each */
    List<String> sweep() throws EnvironmentException {
        List<String> done = new ArrayList<>();
        for (EngineClient.Labelled thing : client.everythingLabelled(Ownership.MACHINE)) {
            if (Ownership.of(thing.labels()).filter(Ownership::isAbandoned).isEmpty()) {
                continue;
            }
            if (thing.container()) {
                client.remove(thing.id());
            } else {
                client.removeNetwork(thing.id());
            }
            done.add("removed " + (thing.container() ? "container " : "network ")
                    + thing.id().substring(0, 12) + ", left by a harness that was killed");
        }
        return done;
    }
}
