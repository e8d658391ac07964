package dev.rehearsal.scenario;

import dev.rehearsal.scenario.Workload.Arrivals;
import dev.rehearsal.scenario.Workload.Operation;
import dev.rehearsal.scenario.Workload.OperationStatement;
import dev.rehearsal.scenario.Workload.Pool;
import dev.rehearsal.scenario.Workload.Reads;
import dev.rehearsal.scenario.Workload.Retry;
import dev.rehearsal.scenario.Workload.Service;
import dev.rehearsal.scenario.sql.NamedParameters;
import dev.rehearsal.scenario.sql.StatementKind;
import dev.rehearsal.scenario.yaml.YamlNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads {@code workload}. */
final class WorkloadReader {
    private static final int MOST_EXECUTIONS = 1_000_000;
    static final Pool DEFAULT_POOL = new Pool(10, Duration.ofSeconds(2));

    /** The least that HikariCP takes. */
    private static final Duration SHORTEST_CONNECTION_TIMEOUT = Duration.ofMillis(250);

    private static final Keys KEYS =
            Keys.of("arrivals", "injectors", "services").later("preset");
    private static final Keys SERVICE_KEYS = Keys.of(
                    "name",
                    "rate",
                    "pool",
                    "statementTimeout",
                    "retry",
                    "operations",
                    "versions",
                    "simulation",
                    "jar",
                    "source",
                    "transactions",
                    "http")
            .later("reads");
    private static final Keys OPERATION_KEYS = Keys.of("name", "weight", "parameters", "transaction", "reads", "ledger")
            .later("versions");
    private static final Keys POOL_KEYS = Keys.of("size", "connectionTimeout", "prepareThreshold");
    private static final String OPERATION_ADVICE = "write e.g. { name: read, transaction: select 1 }";
    private static final String VERSION_ADVICE = "write e.g. versions: { v2: { operations: [ … ] } }";
    private static final String SERVICES_ADVICE = "give at least one service a name, a rate and operations";

    private final Path folder;
    private final SqlTexts texts;
    private final ParameterReader parameters;
    private final boolean usesVersions;
    private final int replicas;
    private final boolean sharedSessions;
    private final boolean ledger;

    /**
     * @param folder of the scenario's file
     * @param usesVersions whether a drill or a step has to do with the versions of services
     * @param replicas how many the environment has
     * @param sharedSessions whether a pooler gives each transaction of a client to whichever session is free
     * @param ledger whether an operation that writes leaves entries in the ledger where it does not say
     */
    WorkloadReader(
            Path folder,
            SqlTexts texts,
            DatasetReferences references,
            boolean usesVersions,
            int replicas,
            boolean sharedSessions,
            boolean ledger) {
        this.folder = folder;
        this.replicas = replicas;
        this.sharedSessions = sharedSessions;
        this.texts = texts;
        this.usesVersions = usesVersions;
        this.parameters = new ParameterReader(references);
        this.ledger = ledger;
    }

    Workload read(Value value) {
        Block block = value.block(KEYS, SERVICES_ADVICE);
        Map<String, Arrivals> words = new LinkedHashMap<>();
        words.put("poisson", Arrivals.POISSON);
        words.put("constant", Arrivals.CONSTANT);
        Arrivals arrivals = block.get("arrivals")
                .flatMap(word -> word.word(words, List.of()))
                .orElse(Arrivals.POISSON);
        List<Service> services = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        block.require("services", SERVICES_ADVICE)
                .ifPresent(
                        list -> list.filledList(SERVICES_ADVICE).forEach(item -> services.add(service(item, names))));
        Optional<Value> split = block.get("injectors");
        Injectors injectors = split.map(InjectorsReader::read).orElse(Injectors.ONE);
        split.ifPresent(given -> InjectorsReader.check(given, injectors, services));
        return new Workload(arrivals, injectors, services);
    }

    private Service service(Value value, Set<String> names) {
        Block block = value.block(SERVICE_KEYS, SERVICES_ADVICE);
        String name = name(block, names, "service", "name the service");
        Rate rate = block.require("rate", "write arrivals per second, e.g. rate: 200/s")
                .map(given -> RateReader.read(given, folder))
                .orElse(new Rate.Steady(1));
        Pool pool = block.get("pool").map(WorkloadReader::pool).orElse(DEFAULT_POOL);
        Optional<Retry> retry = block.get("retry").flatMap(RetryReader::read);
        Optional<Duration> statementTimeout = block.duration("statementTimeout", Duration.ofMillis(1));
        if (sharedSessions) {
            block.get("statementTimeout")
                    .ifPresent(
                            given -> given.problem(
                                    "is state of a session, which a pooler in transaction mode does not keep for a client; remove it, or write mode: session"));
        }
        if (block.has("simulation")) {
            Optional<Simulation> simulation =
                    new SimulationReader(folder).read(block.get("simulation").orElseThrow(), block);
            return new Service(name, rate, pool, statementTimeout, retry, List.of(), Map.of(), simulation);
        }
        SimulationReader.refuseParts(block);
        List<Operation> operations = new ArrayList<>();
        Set<String> operationNames = new LinkedHashSet<>();
        block.require("operations", OPERATION_ADVICE)
                .ifPresent(list -> list.filledList(OPERATION_ADVICE)
                        .forEach(item -> operations.add(operation(item, operationNames))));
        return new Service(
                name,
                rate,
                pool,
                statementTimeout,
                retry,
                operations,
                block.get("versions").map(this::versions).orElse(Map.of()));
    }

    private Map<String, List<Operation>> versions(Value value) {
        if (!usesVersions) {
            value.problem(
                    "nothing uses them; add a step deploy: { service: …, version: … } or drills: [ compatibility ], or remove them");
        }
        Map<String, List<Operation>> versions = new LinkedHashMap<>();
        for (Value.Named version : value.named(VERSION_ADVICE)) {
            if (version.name().equals(Service.OLD)) {
                value.problems()
                        .add(
                                version.location(),
                                version.value().path(),
                                "is what the service's own operations are called; give this version another name");
            }
            List<Operation> operations = new ArrayList<>();
            Set<String> names = new LinkedHashSet<>();
            version.value()
                    .block(Keys.of("operations"), VERSION_ADVICE)
                    .require("operations", OPERATION_ADVICE)
                    .ifPresent(list ->
                            list.filledList(OPERATION_ADVICE).forEach(item -> operations.add(operation(item, names))));
            versions.put(version.name(), operations);
        }
        return versions;
    }

    private static String name(Block block, Set<String> taken, String kind, String advice) {
        return block.require("name", advice)
                .map(value -> {
                    String name = value.text(advice);
                    if (!name.isEmpty() && !taken.add(name)) {
                        value.problem("another " + kind + " is called " + Value.shorten(name)
                                + "; give each a name of its own");
                    }
                    return name;
                })
                .orElse("");
    }

    private static Pool pool(Value value) {
        Block block = value.block(POOL_KEYS, "write e.g. { size: 20, connectionTimeout: 2s }");
        return new Pool(
                block.whole("size", 1, 1000, DEFAULT_POOL.size()),
                block.duration("connectionTimeout", SHORTEST_CONNECTION_TIMEOUT, DEFAULT_POOL.connectionTimeout()),
                block.has("prepareThreshold")
                        ? OptionalInt.of(block.whole("prepareThreshold", 0, MOST_EXECUTIONS, 0))
                        : OptionalInt.empty());
    }

    private Operation operation(Value value, Set<String> names) {
        Block block = value.block(OPERATION_KEYS, OPERATION_ADVICE);
        String name = name(block, names, "operation of this service", "name the operation");
        double weight = block.get("weight")
                .map(number -> number.number(0, false, 1_000_000, 1))
                .orElse(1.0);
        Map<String, Parameter> defined = new LinkedHashMap<>();
        List<Value.Named> written = block.get("parameters")
                .map(map -> map.named("write { id: { references: orders.id } }"))
                .orElse(List.of());
        for (Value.Named parameter : written) {
            parameters.read(parameter.value()).ifPresent(read -> defined.put(parameter.name(), read));
        }
        Set<String> used = new LinkedHashSet<>();
        List<String> known = written.stream().map(Value.Named::name).toList();
        List<OperationStatement> statements = block.require("transaction", "write its SQL")
                .map(sql -> transaction(sql, known, used))
                .orElse(List.of());
        boolean allRead = block.has("transaction") && !statements.isEmpty();
        for (Value.Named parameter : written) {
            boolean misspelt = used.stream()
                    .anyMatch(use -> !known.contains(use)
                            && Nearest.to(use, known)
                                    .filter(parameter.name()::equals)
                                    .isPresent());
            if (allRead && !used.contains(parameter.name()) && !misspelt) {
                value.problems()
                        .add(
                                parameter.location(),
                                parameter.value().path(),
                                "no statement uses :" + parameter.name() + "; remove it, or use it");
            }
        }
        Reads reads = block.get("reads").map(word -> reads(word, statements)).orElse(Reads.PRIMARY);
        boolean writes = statements.stream().anyMatch(OperationStatement::writes)
                && statements.stream()
                        .allMatch(each -> StatementKind.of(each.sql()).allowedInTransaction());
        return new Operation(
                name,
                weight,
                defined,
                statements,
                reads,
                block.get("ledger")
                        .flatMap(word -> ledger(word, writes || !allRead))
                        .orElse(ledger && writes));
    }

    private Reads reads(Value value, List<OperationStatement> statements) {
        Map<String, Reads> words = new LinkedHashMap<>();
        words.put("primary", Reads.PRIMARY);
        words.put("replica", Reads.REPLICA);
        Reads reads = value.word(words, List.of()).orElse(Reads.PRIMARY);
        if (reads == Reads.REPLICA && replicas == 0) {
            value.problem("the environment has no replica; write environment.replicas: 1, or reads: primary");
        }
        if (reads == Reads.REPLICA && statements.stream().anyMatch(OperationStatement::writes)) {
            value.problem("this operation writes, and a replica refuses that; write reads: primary");
        }
        return reads;
    }

    private static Optional<Boolean> ledger(Value value, boolean writes) {
        Optional<Boolean> given = value.truth();
        if (given.orElse(false) && !writes) {
            value.problem("the operation writes nothing, or nothing that a transaction could write together with its"
                    + " entry; remove it");
        }
        return given;
    }

    private List<OperationStatement> transaction(Value value, List<String> known, Set<String> used) {
        List<Placed> placed = new ArrayList<>();
        if (value.node() instanceof YamlNode.Sequence) {
            for (Value item : value.filledList("write SQL")) {
                List<SqlTexts.Piece> pieces = texts.inScalar(item);
                if (pieces.size() > 1) {
                    item.problem("holds " + pieces.size() + " statements; make each an item of the list");
                }
                pieces.stream().limit(1).forEach(piece -> placed.add(new Placed(item.path(), item, piece)));
            }
        } else {
            for (SqlTexts.Piece piece : texts.inScalar(value)) {
                placed.add(new Placed(value.path() + "[" + placed.size() + "]", value, piece));
            }
        }
        return placed.stream()
                .map(statement -> statement(statement, placed.size() > 1, known, used))
                .toList();
    }

    private record Placed(String path, Value value, SqlTexts.Piece piece) {}

    private OperationStatement statement(Placed placed, boolean several, List<String> known, Set<String> used) {
        SqlTexts.Piece piece = placed.piece();
        texts.remember(placed.path(), piece);
        Problems problems = placed.value().problems();
        StatementKind kind = StatementKind.of(piece.text());
        if (kind.controlsTransaction()) {
            problems.add(
                    piece.location(),
                    placed.path(),
                    "an operation is a transaction already; remove the statements that begin and end one");
        } else if (several && !kind.allowedInTransaction()) {
            problems.add(
                    piece.location(), placed.path(), "cannot be in a transaction; make it an operation of its own");
        }
        NamedParameters named = NamedParameters.of(piece.text());
        for (NamedParameters.Use use : named.uses()) {
            if (!known.contains(use.name()) && used.add(use.name())) {
                problems.add(
                        piece.excerpt().at(use.offset()),
                        placed.path(),
                        ":" + use.name() + " is not among the parameters; "
                                + (known.isEmpty()
                                        ? "add parameters: { " + use.name() + ": … }"
                                        : Nearest.advice(use.name(), known)));
            }
            used.add(use.name());
        }
        return new OperationStatement(piece.text(), named.jdbcSql(), named.names(), kind.writes());
    }
}
