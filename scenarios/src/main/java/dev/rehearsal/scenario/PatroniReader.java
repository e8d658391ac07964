package dev.rehearsal.scenario;

import dev.rehearsal.scenario.EnvironmentSpec.ExternalSpec;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code environment.patroni}. */
final class PatroniReader {
    private static final Keys KEYS = Keys.of("api", "kill");
    private static final String ADVICE = "write e.g. { api: [ http://10.0.0.1:8008 ], kill: [ ./kill-leader.sh ] }";
    private static final Pattern API = Pattern.compile("https?://([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(:[0-9]{1,5})?/?");
    private static final Pattern CREDENTIALS = Pattern.compile("//.*@");
    private static final URI STAND_IN = URI.create("http://localhost:8008");
    private static final int HIGHEST_PORT = 65_535;

    private PatroniReader() {}

    /**
     * Empty if there is none. What is wrong is reported, and a stand-in goes on.
     *
     * @param folder of the scenario
     */
    static Optional<PatroniSpec> read(Block environment, Path folder) {
        Optional<Value> written = environment.get("patroni");
        if (written.isPresent() && !environment.has("url")) {
            written.get()
                    .problem(
                            "is for a cluster that is not the harness's own; remove it, or add the url that leads to its leader");
            return Optional.empty();
        }
        return written.flatMap(value -> read(value, folder));
    }

    private static Optional<PatroniSpec> read(Value value, Path folder) {
        Block block = value.block(KEYS, ADVICE);
        List<URI> api = new ArrayList<>();
        block.require("api", ADVICE)
                .map(list -> list.filledList("name the members' REST APIs, e.g. [ http://10.0.0.1:8008 ]"))
                .orElse(List.of())
                .forEach(item -> api(item).ifPresent(api::add));
        List<String> kill = new ArrayList<>();
        block.get("kill").ifPresent(list -> {
            for (Value item : list.filledList("write the program and its arguments, e.g. [ ./kill-leader.sh ]")) {
                kill.add(item.text("write the program and its arguments, e.g. [ ./kill-leader.sh ]"));
            }
        });
        // A stand-in, so that a fault that needs Patroni is not reported for what is wrong here.
        return Optional.of(new PatroniSpec(api.isEmpty() ? List.of(STAND_IN) : api, kill, folder));
    }

    private static Optional<URI> api(Value value) {
        String text = value.scalar().orElse("");
        if (CREDENTIALS.matcher(text).find()) {
            value.problems().conceal(value.location());
            value.problem("must hold no user and no password; give them in the environment, as HARNESS_PATRONI_USER and"
                    + " HARNESS_PATRONI_PASSWORD");
            return Optional.empty();
        }
        if (!API.matcher(text).matches()) {
            value.problem("must be http://host:port, where a member's REST API is, got " + value.shown());
            return Optional.empty();
        }
        URI uri = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        if (uri.getHost() == null || uri.getPort() == 0 || uri.getPort() > HIGHEST_PORT) {
            value.problem("must be http://host:port, where a member's REST API is, got " + value.shown());
            return Optional.empty();
        }
        Optional<String> production = ExternalSpec.productionWord(uri.getHost());
        if (production.isPresent()) {
            value.problem(
                    "looks like production: '" + production.get() + "' is in the name " + uri.getHost()
                            + "; rehearse on another cluster, or reach this one by another name if it is not what its name says");
            return Optional.empty();
        }
        return Optional.of(uri);
    }
}
