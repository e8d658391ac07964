package dev.rehearsal.scenario;

import dev.rehearsal.scenario.Workload.Service;
import dev.rehearsal.scenario.yaml.YamlNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code workload.injectors}: a number, or a mapping. */
final class InjectorsReader {
    private static final Keys KEYS = Keys.of("count", "at", "within");
    private static final String ADVICE = "write e.g. injectors: 3, or { count: 3, at: 10.0.0.5:7654 }";
    private static final Pattern ADDRESS = Pattern.compile("(?:\\[[0-9a-fA-F:.]+]|[^\\s:\\[\\]/]+):(\\d{1,5})");
    private static final int LARGEST_PORT = 65_535;

    private InjectorsReader() {}

    static Injectors read(Value value) {
        if (!(value.node() instanceof YamlNode.Mapping)) {
            return Injectors.here(Math.toIntExact(value.whole(1, Injectors.MOST, 1)));
        }
        Block block = value.block(KEYS, ADVICE);
        Optional<String> at = block.get("at").map(InjectorsReader::address);
        if (block.has("within") && at.isEmpty()) {
            block.get("within")
                    .orElseThrow()
                    .problem("is how long the harness waits for injectors that others start; add at: HOST:PORT, or"
                            + " remove it");
        }
        return new Injectors(
                block.whole("count", 1, Injectors.MOST, 1),
                at,
                block.duration("within", Duration.ofSeconds(1), Injectors.DEFAULT_WITHIN));
    }

    private static String address(Value value) {
        return value.text(
                InjectorsReader::isAddress, "the host and port where the harness waits for them, e.g. 10.0.0.5:7654");
    }

    private static boolean isAddress(String text) {
        Matcher matcher = ADDRESS.matcher(text);
        return matcher.matches() && Integer.parseInt(matcher.group(1)) <= LARGEST_PORT;
    }

    /** What the services ask for and so many injectors cannot give. */
    static void check(Value value, Injectors injectors, List<Service> services) {
        for (Service service : services) {
            if (service.http().isEmpty() && service.pool().size() < injectors.count()) {
                value.problem("the pool of service " + Value.shorten(service.name()) + " has "
                        + service.pool().size() + (service.pool().size() == 1 ? " connection" : " connections")
                        + " for " + injectors.count()
                        + " injectors, and each needs one; make the pool larger, or the injectors fewer");
            }
            if (service.simulation().isPresent() && injectors.at().isPresent()) {
                value.problem("the simulation of service " + Value.shorten(service.name())
                        + " is not on the machines of injectors that others start; remove at, or describe the service"
                        + " by operations");
            }
        }
    }
}
