package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Workload.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The programs that stand for services of a workload, each on a port of its own. None, for most workloads. Closing it ends them. */
public final class ServicePrograms implements AutoCloseable {
    private final Map<String, ServiceProgram> programs = new LinkedHashMap<>();
    private final StartedThings started = new StartedThings();

    private ServicePrograms() {}

    /**
     * Starts all, and waits until all are ready.
     *
     * @param way by the name of a service, the variables by which its program finds the database
     * @param outputs the folder for what they print, a file each
     * @throws EnvironmentException if one cannot be started or is not ready in time; then none runs
     */
    public static ServicePrograms started(
            List<Service> services, Function<String, Map<String, String>> way, Path outputs, RunningRegistry registry)
            throws EnvironmentException, InterruptedException {
        ServicePrograms programs = new ServicePrograms();
        boolean ready = false;
        try {
            for (Service service : services) {
                if (service.http().isPresent()) {
                    programs.start(service, way.apply(service.name()), outputs, registry);
                }
            }
            for (ServiceProgram program : programs.programs.values()) {
                program.awaitReady();
            }
            ready = true;
            return programs;
        } catch (IOException e) {
            throw new EnvironmentException(
                    "what a service prints cannot be kept: " + e, "Make the run's directory writable.", e);
        } finally {
            if (!ready) {
                programs.close();
            }
        }
    }

    private void start(Service service, Map<String, String> way, Path outputs, RunningRegistry registry)
            throws EnvironmentException, IOException {
        Files.createDirectories(outputs);
        String file = service.name().replaceAll("[^A-Za-z0-9._-]+", "-") + ".log";
        ServiceProgram program = ServiceProgram.started(
                service.name(), service.http().orElseThrow(), way, outputs.resolve(file), registry);
        programs.put(service.name(), program);
        started.add("the service " + service.name(), program::close);
    }

    /** By the name of the service. */
    public Map<String, Integer> ports() {
        Map<String, Integer> ports = new LinkedHashMap<>();
        programs.forEach((name, program) -> ports.put(name, program.port()));
        return ports;
    }

    /** That one has ended by itself, with the last that it printed; empty while all run. */
    public Optional<String> failure() {
        return programs.values().stream()
                .map(ServiceProgram::failure)
                .flatMap(Optional::stream)
                .findFirst();
    }

    @Override
    public void close() throws EnvironmentException {
        started.close();
    }
}
