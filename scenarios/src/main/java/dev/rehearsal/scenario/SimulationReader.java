package dev.rehearsal.scenario;

import dev.rehearsal.scenario.Simulation.Form;
import dev.rehearsal.scenario.Simulation.Transaction;
import dev.rehearsal.scenario.yaml.YamlNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads {@code simulation}, with the keys of a service that belong to it. Whether its class works is seen where Gatling is. */
final class SimulationReader {
    /** Of a service; without {@code simulation} they say nothing. */
    static final List<String> KEYS = List.of("jar", "source", "transactions", "http");

    private static final Keys TRANSACTION_KEYS = Keys.of("name", "perUser", "writes");
    private static final String CLASS_RULE = "the full name of a class, e.g. com.example.Checkout";
    private static final String TRANSACTIONS_ADVICE =
            "name those that its users may do, e.g. transactions: [ { name: read-order }, { name: pay, writes: true, perUser: 0.4 } ]";

    private final Path folder;

    /** @param folder of the scenario's file */
    SimulationReader(Path folder) {
        this.folder = folder;
    }

    /** Reports keys that have no simulation to belong to. */
    static void refuseParts(Block service) {
        for (String key : KEYS) {
            service.get(key)
                    .ifPresent(value -> value.problem("belongs to a simulation; name its class, or remove this"));
        }
    }

    /** @return empty if it cannot be had; then that was reported */
    Optional<Simulation> read(Value name, Block service) {
        service.get("operations")
                .ifPresent(value -> value.problem(
                        "the service has a simulation, which says what its users do; remove one of the two"));
        service.get("versions")
                .ifPresent(
                        value -> value.problem(
                                "replace operations, and what the users of this service do is said by its simulation; remove them"));
        String className = name.text(SimulationReader::isClassName, CLASS_RULE);
        Optional<Path> jar = service.get("jar").flatMap(value -> existing(value, Form.JAR));
        Optional<Path> source = service.get("source").flatMap(value -> existing(value, Form.SOURCE));
        if (service.has("jar") && service.has("source")) {
            service.get("source").orElseThrow().problem("the class is in the jar already; remove one of the two");
        }
        if (!service.has("jar") && !service.has("source")) {
            name.problem("has no place to come from; add jar: FILE, or source: FOLDER");
        }
        List<Transaction> transactions = service.require("transactions", TRANSACTIONS_ADVICE)
                .map(SimulationReader::transactions)
                .orElse(List.of());
        Optional<HttpService> http = service.get("http").flatMap(value -> HttpServiceReader.read(value, folder));
        if (service.has("http")) {
            refuseOwn(service);
        }
        Optional<Path> path = jar.or(() -> source);
        return className.isEmpty() || transactions.isEmpty() || service.has("http") != http.isPresent()
                ? Optional.empty()
                : path.map(found ->
                        new Simulation(className, jar.isPresent() ? Form.JAR : Form.SOURCE, found, transactions, http));
    }

    /** What is the service's own where it is a program. */
    private static void refuseOwn(Block service) {
        for (String key : List.of("statementTimeout", "retry")) {
            service.get(key).ifPresent(value -> value.problem("is said by the service itself; set it there"));
        }
        service.get("pool").filter(pool -> pool.node() instanceof YamlNode.Mapping).stream()
                .flatMap(pool -> pool.named("write e.g. pool: { size: 20 }").stream())
                .filter(named ->
                        List.of("connectionTimeout", "prepareThreshold").contains(named.name()))
                .forEach(named -> named.value().problem("is said by the service itself; set it there"));
    }

    private static boolean isClassName(String text) {
        return Stream.of(text.split("\\.", -1))
                .allMatch(part -> !part.isEmpty()
                        && Character.isJavaIdentifierStart(part.codePointAt(0))
                        && part.codePoints().allMatch(Character::isJavaIdentifierPart));
    }

    private Optional<Path> existing(Value value, Form form) {
        String written =
                value.text(form == Form.JAR ? "name the jar that holds the class" : "name the sources' folder");
        Optional<Path> path = Paths.resolve(folder, written, value);
        if (!value.problems().anyWithin(value.path())) {
            path.flatMap(found -> missing(found, written, form)).ifPresent(value::problem);
        }
        return path;
    }

    private static Optional<String> missing(Path path, String written, Form form) {
        if (form == Form.JAR) {
            return Files.isRegularFile(path)
                    ? Optional.empty()
                    : Optional.of("there is no file " + written + "; build it first, or name another");
        }
        if (!Files.isDirectory(path)) {
            return Optional.of("there is no folder " + written + "; name the one that the sources are in");
        }
        try (Stream<Path> files = Files.walk(path)) {
            return files.anyMatch(file -> file.toString().endsWith(".java"))
                    ? Optional.empty()
                    : Optional.of(written + " holds no .java file; name the folder that the sources are in");
        } catch (IOException e) {
            return Optional.of("the folder " + written + " cannot be read: " + e.getMessage());
        }
    }

    private static List<Transaction> transactions(Value list) {
        List<Transaction> transactions = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        for (Value item : list.filledList(TRANSACTIONS_ADVICE)) {
            Block block = item.block(TRANSACTION_KEYS, TRANSACTIONS_ADVICE);
            String name = block.require("name", "name the transaction as the simulation does")
                    .map(value -> {
                        String text = value.text("name the transaction as the simulation does");
                        if (!text.isEmpty() && !names.add(text)) {
                            value.problem("another transaction is called " + Value.shorten(text)
                                    + "; give each a name of its own");
                        }
                        return text;
                    })
                    .orElse("");
            double perUser = block.get("perUser")
                    .map(value -> value.number(0, false, 1_000_000, 1))
                    .orElse(1.0);
            boolean writes = block.get("writes").flatMap(Value::truth).orElse(false);
            transactions.add(new Transaction(name, perUser, writes));
        }
        return transactions;
    }
}
