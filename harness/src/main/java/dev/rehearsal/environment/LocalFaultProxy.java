package dev.rehearsal.environment;

import dev.rehearsal.proxy.FaultProxyServer;
import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Which fault proxy stands in front of servers on this machine: Toxiproxy's own server where there is one, else the built-in one. */
public sealed interface LocalFaultProxy {
    /** Says which: {@value #BUILT_IN_WORD}, or the path of a {@code toxiproxy-server}. Unset, one on the {@code PATH} is taken. */
    String VARIABLE = "HARNESS_FAULT_PROXY";

    /** The value of {@link #VARIABLE} that keeps a {@code toxiproxy-server} out. */
    String BUILT_IN_WORD = "built-in";

    /** A phrase. */
    String description();

    /**
     * In this process.
     *
     * @param seed of whatever its toxics do at random
     */
    record BuiltIn(long seed) implements LocalFaultProxy {
        @Override
        public String description() {
            return "built-in fault proxy (Toxiproxy's API)";
        }
    }

    /**
     * A process of its own. What its toxics do at random follows no seed: it takes one and does not use it.
     *
     * @param program a {@code toxiproxy-server}
     */
    record Toxiproxy(Path program) implements LocalFaultProxy {
        @Override
        public String description() {
            return "Toxiproxy (" + program + ")";
        }
    }

    /**
     * The one that this machine and its user want.
     *
     * @param environment variables, as of a process
     * @param seed for the built-in one
     * @throws EnvironmentException if {@link #VARIABLE} names no program
     */
    static LocalFaultProxy chosen(Map<String, String> environment, long seed) throws EnvironmentException {
        String wanted = environment.getOrDefault(VARIABLE, "");
        if (wanted.equals(BUILT_IN_WORD)) {
            return new BuiltIn(seed);
        }
        if (!wanted.isEmpty()) {
            Path program = Path.of(wanted).toAbsolutePath();
            if (!Files.isExecutable(program) || Files.isDirectory(program)) {
                throw new EnvironmentException(
                        VARIABLE + ": " + wanted + " is no program that can be run",
                        "Set it to the path of a toxiproxy-server or to " + BUILT_IN_WORD + ", or unset it.");
            }
            return new Toxiproxy(program);
        }
        Optional<Path> found = Commands.find("toxiproxy-server", environment.getOrDefault("PATH", ""));
        return found.isPresent() ? new Toxiproxy(found.get()) : new BuiltIn(seed);
    }

    /**
     * Starts it.
     *
     * @param started is told how to end it
     * @param registry is told of its process, if it has one
     */
    static Proxies start(LocalFaultProxy which, StartedThings started, RunningRegistry registry)
            throws EnvironmentException, IOException {
        return switch (which) {
            case BuiltIn builtIn -> {
                FaultProxyServer server = FaultProxyServer.start(0, builtIn.seed);
                started.add("the fault proxy", server::close);
                yield new Proxies(server.uri(), builtIn.description());
            }
            case Toxiproxy toxiproxy -> {
                FaultProxyProcess process = FaultProxyProcess.start(toxiproxy.program, registry);
                started.add("the fault proxy", process::close);
                yield new Proxies(process.api(), "Toxiproxy " + process.version() + " (" + toxiproxy.program + ")");
            }
        };
    }

    /** On the loopback interface, where everybody is. */
    record Proxies(URI api, String description) implements FaultProxies {
        @Override
        public Entrance add(String name, StartedServer server) throws EnvironmentException {
            return add(name, server.upstream());
        }

        @Override
        public Entrance add(String name, String upstream) throws EnvironmentException {
            return new Entrance("127.0.0.1", FaultProxyApi.add(api, name, "127.0.0.1:0", upstream));
        }

        @Override
        public Entrance addLink(String name, StartedServer server) throws EnvironmentException {
            return add(name, server);
        }
    }
}
