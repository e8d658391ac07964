package dev.rehearsal.environment;

import java.util.Optional;

/** What was found out about the container engine of this machine. */
public sealed interface EngineReport {
    /** What stands in the way of running servers in it: a sentence, and what to do. Empty when nothing is known to. */
    Optional<Refusal> refusal();

    /**
     * Why containers cannot be used.
     *
     * @param reason a sentence
     * @param remedy a sentence or two
     */
    record Refusal(String reason, String remedy) {}

    /** None was found, it does not answer, or it does not let us in. */
    record Unreachable(Refusal why) implements EngineReport {
        @Override
        public Optional<Refusal> refusal() {
            return Optional.of(why);
        }
    }

    /** An engine on another machine, which was not even asked: it cannot see this machine's files. */
    record Remote(String address) implements EngineReport {
        @Override
        public Optional<Refusal> refusal() {
            return Optional.of(
                    new Refusal(
                            "The container engine at " + address
                                    + " is on another machine and cannot see the data directories on this one.",
                            "Run the harness on that machine, use this machine's own engine (unset DOCKER_HOST, or 'docker context use default'), or take --runtime local."));
        }
    }

    /**
     * It answers.
     *
     * @param address such as {@code unix:///var/run/docker.sock}
     * @param name {@code Docker} or {@code Podman}
     * @param apiVersion the newest that it speaks, such as {@code 1.41}
     * @param architecture as the kernel calls it, such as {@code x86_64}
     * @param cpus and {@code memoryBytes}: what containers can have at most
     * @param rootless root inside a container is an ordinary user outside
     */
    record Reachable(
            String address,
            String name,
            String version,
            String apiVersion,
            String operatingSystem,
            String osType,
            String architecture,
            int cpus,
            long memoryBytes,
            boolean rootless)
            implements EngineReport {
        @Override
        public Optional<Refusal> refusal() {
            if (!osType.equals("linux")) {
                return Optional.of(new Refusal(
                        "The container engine at " + address + " runs " + osType + " containers.",
                        "Switch it to Linux containers, or take --runtime local."));
            }
            if (rootless) {
                return Optional.of(
                        new Refusal(
                                "The container engine at " + address
                                        + " is rootless: what a server in it writes belongs to a user that the harness is not, and it could not read the server's log.",
                                "Use an engine that runs as root (DOCKER_HOST=unix:///var/run/docker.sock), or take --runtime local."));
            }
            return Optional.empty();
        }

        /** One line for a list. */
        public String description() {
            return name + " " + version + " (API " + apiVersion + ") at " + address + ", " + cpus + " processors, "
                    + memoryBytes / (1 << 20) + " MB";
        }
    }
}
