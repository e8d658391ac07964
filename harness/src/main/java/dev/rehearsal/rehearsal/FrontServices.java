package dev.rehearsal.rehearsal;

import dev.rehearsal.environment.Environment;
import dev.rehearsal.environment.RunningRegistry;
import dev.rehearsal.environment.ServicePrograms;
import dev.rehearsal.migration.tool.ToolAccess;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.Workload;
import dev.rehearsal.scenario.Workload.Service;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Services of the user's in front of the rehearsal's database, which HTTP simulations talk to. None, for most scenarios. Closing it ends them. */
final class FrontServices implements AutoCloseable {
    private final List<String> names;
    private final ServicePrograms programs;

    private FrontServices(List<String> names, ServicePrograms programs) {
        this.names = names;
        this.programs = programs;
    }

    /**
     * Starts them, through the fault proxy in front of the database, and waits until they are ready; journals what of their requests cannot be known.
     *
     * @param outputs the folder for what they print
     */
    static FrontServices started(
            Scenario scenario,
            Environment environment,
            Path outputs,
            RunningRegistry registry,
            Progress progress,
            RunClock clock,
            Journal journal)
            throws EnvironmentException, InterruptedException {
        List<Service> services = scenario.workload().services().stream()
                .filter(service -> service.http().isPresent())
                .toList();
        List<String> names = services.stream().map(Service::name).toList();
        if (!names.isEmpty()) {
            progress.preparing("starting " + String.join(", ", names));
        }
        ServicePrograms programs = ServicePrograms.started(
                services,
                name -> ToolAccess.of(environment.application().jdbcUrl())
                        .environment(ApplicationNames.application(name)),
                outputs,
                registry);
        names.forEach(name -> journal.record(RunFacts.timedBySending(name, clock)));
        return new FrontServices(names, programs);
    }

    /** The same workload, its services at the ports where they listen now. */
    Workload reached(Workload workload) {
        return workload.listening(programs.ports());
    }

    /** That one has ended by itself, with the last that it printed; empty while all run. */
    Optional<String> failure() {
        return programs.failure();
    }

    /**
     * Journals which of them do not name their sessions as they were told: so their lock waits are not known to be theirs.
     *
     * @param jdbcUrl of an observer
     */
    void checkNames(String jdbcUrl, RunClock clock, Journal journal) throws EnvironmentException {
        if (names.isEmpty()) {
            return;
        }
        try (Connection connection = DriverManager.getConnection(jdbcUrl);
                PreparedStatement named = connection.prepareStatement(
                        "select exists (select from pg_stat_activity where application_name = ?)")) {
            for (String name : names) {
                named.setString(1, ApplicationNames.application(name));
                try (ResultSet row = named.executeQuery()) {
                    row.next();
                    if (!row.getBoolean(1)) {
                        journal.record(RunFacts.namesNoSession(name, clock));
                    }
                }
            }
        } catch (SQLException e) {
            throw new EnvironmentException(
                    "the server does not tell who is connected: " + e.getMessage(), "See the server's log.", e);
        }
    }

    @Override
    public void close() throws EnvironmentException {
        programs.close();
    }
}
