package dev.rehearsal.cli;

import dev.rehearsal.environment.InContainers;

/** The same faults of a server in a container, which the engine freezes, kills and starts again. */
@InContainers
class ServerFaultsInContainersTest extends ServerFaultsTest {
    @Override
    String runtime() {
        return "containers";
    }
}
