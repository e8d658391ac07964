package dev.rehearsal.scenario;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A service of the user's that stands between an HTTP simulation and the database: a program, started for the run. {@value #PORT} in its texts is the
 * port that it is to listen on.
 *
 * @param command the program and its arguments
 * @param directory where it runs
 * @param environment variables beside those by which it finds the database, and beside {@code PORT}
 * @param ready a URL of {@code http:} that answers with a status below 400 when it is ready for traffic
 * @param readyWithin from its start
 * @param properties Java's system properties by which the simulation finds the service
 */
public record HttpService(
        List<String> command,
        Path directory,
        Map<String, String> environment,
        String ready,
        Duration readyWithin,
        Map<String, String> properties) {
    /** What stands for the port. */
    public static final String PORT = "${port}";

    public HttpService {
        command = List.copyOf(command);
        environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
        properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    }

    /** The same with the port that it is to listen on. */
    public HttpService at(int port) {
        UnaryOperator<String> told = text -> text.replace(PORT, Integer.toString(port));
        return new HttpService(
                command.stream().map(told).toList(),
                directory,
                each(environment, told),
                told.apply(ready),
                readyWithin,
                each(properties, told));
    }

    private static Map<String, String> each(Map<String, String> texts, UnaryOperator<String> told) {
        Map<String, String> changed = new LinkedHashMap<>();
        texts.forEach((name, text) -> changed.put(name, told.apply(text)));
        return changed;
    }
}
