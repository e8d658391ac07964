package dev.rehearsal.cli;

import dev.rehearsal.environment.InContainers;

/** The same cues of a server in a container, whose log and locks are read from outside. */
@InContainers
class CuesInContainersTest extends CuesTest {
    @Override
    String runtime() {
        return "containers";
    }
}
