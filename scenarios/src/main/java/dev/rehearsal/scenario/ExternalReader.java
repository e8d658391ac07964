package dev.rehearsal.scenario;

import dev.rehearsal.scenario.EnvironmentSpec.ExternalReplica;
import dev.rehearsal.scenario.EnvironmentSpec.ExternalSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code environment.url} and what goes with it: which server that is not ours, and that it is meant. */
final class ExternalReader {
    private static final String FORM = "jdbc:postgresql://host:port/database";
    private static final Pattern URL = Pattern.compile(
            "jdbc:postgresql://(?<host>[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(:(?<port>[0-9]{1,5}))?/(?<database>[^/?&#\\s]+)");
    /** A password may hold anything, a slash too. */
    private static final Pattern CREDENTIALS = Pattern.compile("(?i)//.*@|[?&](user|password|sslpassword)=");

    private static final Pattern SEVERAL_HOSTS = Pattern.compile("jdbc:postgresql://[^/?]*,[^/?]*(/.*)?");
    private static final Pattern PARAMETERS = Pattern.compile("jdbc:postgresql://[^/?]+/[^/?&#\\s]+\\?.*");
    private static final int DEFAULT_PORT = 5432;
    private static final String REPLICAS_ADVICE = "write e.g. replicas: [ jdbc:postgresql://replica.example/shop ]";
    private final Block block;
    private final Path folder;

    private ExternalReader(Block block, Path folder) {
        this.block = block;
        this.folder = folder;
    }

    /** Empty if there is no {@code url}, or a wrong one, which was reported. */
    static Optional<ExternalSpec> read(Block block, Path folder) {
        return new ExternalReader(block, folder).read();
    }

    private Optional<ExternalSpec> read() {
        Optional<Value> url = block.get("url");
        Optional<PatroniSpec> patroni = PatroniReader.read(block, folder);
        if (url.isEmpty()) {
            block.get("allow")
                    .ifPresent(value ->
                            value.problem("is for a server that is not the harness's own; remove it, or add its url"));
            return Optional.empty();
        }
        Optional<ExternalSpec> server = server(url.get());
        server.ifPresent(found -> {
            refuseProduction(found, url.get());
            refuseUnlessAllowed(found, url.get());
        });
        if (patroni.isPresent()) {
            block.get("replicas")
                    .ifPresent(
                            value -> value.problem(
                                    "change their roles in a cluster of Patroni's, so that no fixed address is one; remove it"));
        }
        return server.map(found -> new ExternalSpec(
                found.host(), found.port(), found.database(), found.allow(), replicas(found), patroni));
    }

    private List<ExternalReplica> replicas(ExternalSpec primary) {
        List<ExternalReplica> replicas = new ArrayList<>();
        for (Value item : block.get("replicas").filter(EnvironmentReader::isList).stream()
                .flatMap(list -> list.filledList(REPLICAS_ADVICE).stream())
                .toList()) {
            server(item).ifPresent(found -> {
                ExternalReplica replica = new ExternalReplica(found.host(), found.port());
                if (!found.database().equals(primary.database())) {
                    item.problem("must name the database of environment.url, " + primary.database()
                            + ", because a replica has the same; got " + found.database());
                } else if (found.address().equals(primary.address())) {
                    item.problem("is the primary itself; name a replica, or remove it");
                } else if (replicas.contains(replica)) {
                    item.problem("is named already; remove it");
                } else {
                    refuseProduction(found, item);
                    refuseUnlessAllowed(found, item);
                }
                replicas.add(replica);
            });
        }
        return replicas;
    }

    private Optional<ExternalSpec> server(Value value) {
        String text = value.scalar().orElse("");
        if (CREDENTIALS.matcher(text).find()) {
            value.problems().conceal(value.location());
            value.problem(
                    "must hold no user and no password; give them in the environment, as PGUSER and PGPASSWORD, or in a"
                            + " PGPASSFILE");
            return Optional.empty();
        }
        Matcher parts = URL.matcher(text);
        if (!parts.matches()) {
            value.problem(wrongForm(text, value));
            return Optional.empty();
        }
        int port = parts.group("port") == null ? DEFAULT_PORT : Integer.parseInt(parts.group("port"));
        if (port < 1 || port > 65_535) {
            value.problem("must have a port from 1 to 65535, got " + port);
            return Optional.empty();
        }
        return Optional.of(new ExternalSpec(
                parts.group("host").toLowerCase(Locale.ROOT), port, parts.group("database"), allowed()));
    }

    private static String wrongForm(String text, Value value) {
        if (SEVERAL_HOSTS.matcher(text).matches()) {
            return "must name one server, because one fault proxy stands in front of it; give the address that"
                    + " leads to the primary (HAProxy's, a virtual one), or the primary's own, and name the others in environment.replicas";
        }
        if (PARAMETERS.matcher(text).matches()) {
            return "must be " + FORM
                    + " without parameters, which nobody would get: TLS is used where the server has it, and timeouts"
                    + " are said of services; got " + value.shown();
        }
        return "must be " + FORM + ", got " + value.shown();
    }

    private List<String> allowed() {
        List<String> allowed = new ArrayList<>();
        block.get("allow").ifPresent(list -> {
            for (Value item : list.filledList("write e.g. [ staging.example ] or [ staging.example/shop ]")) {
                String entry = item.text(
                        text -> text.matches("[A-Za-z0-9._\\[\\]:-]+(/[^/?&#\\s]+)?"),
                        "a host, or host/database, such as staging.example/shop");
                allowed.add(entry.toLowerCase(Locale.ROOT));
            }
        });
        return allowed;
    }

    private static void refuseProduction(ExternalSpec server, Value url) {
        for (String name : List.of(server.host(), server.database())) {
            Optional<String> word = ExternalSpec.productionWord(name);
            if (word.isPresent()) {
                url.problem(
                        "looks like production: '" + word.get() + "' is in the name " + name + ". " + server.intention()
                                + "; rehearse on another server, or reach this one by another name if it is not what its name says");
                return;
            }
        }
    }

    private void refuseUnlessAllowed(ExternalSpec server, Value url) {
        if (!server.allowed() && !url.problems().anyWithin(block.value().child("allow"))) {
            url.problem("is not allowed by this file. " + server.intention() + "; if that is meant, add allow: [ "
                    + server.address() + " ], or [ " + server.address() + "/" + server.database()
                    + " ] for that database alone");
        }
    }
}
