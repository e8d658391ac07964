package dev.rehearsal.scenario;

import dev.rehearsal.scenario.yaml.YamlWriter;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes a scenario as it was understood: every default filled in, every override applied. Loading the text from the place of the original
 * file gives an equal scenario, apart from locations.
 */
public final class ScenarioWriter {
    private ScenarioWriter() {}

    /** The text of a scenario file. Paths in it are relative to the folder of {@link Scenario#file()}. */
    public static String write(Scenario scenario) {
        Path folder = scenario.file().getParent();
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("name", scenario.name());
        if (!scenario.description().isEmpty()) {
            root.put("description", scenario.description());
        }
        root.put("seed", number(scenario.seed()));
        root.put("environment", environment(scenario.environment(), folder));
        root.put("dataset", dataset(scenario.dataset(), folder));
        root.put("workload", workload(scenario.workload(), folder));
        root.put("migration", migration(scenario.migration(), folder));
        root.put("timeline", timeline(scenario.timeline()));
        if (!scenario.faults().isEmpty()) {
            root.put(
                    "faults",
                    scenario.faults().stream().map(ScenarioWriter::fault).toList());
        }
        scenario.databases().ifPresent(databases -> root.put("databases", databases(databases)));
        if (scenario.drillsListed()) {
            root.put("drills", scenario.drills().stream().map(Drill::word).toList());
        }
        root.put(
                "objectives",
                scenario.objectives().stream().map(ScenarioWriter::objective).toList());
        return YamlWriter.write(root);
    }

    /** The text of {@code workload} alone, with its key; files that it names are relative to the working directory. */
    public static String writeWorkload(Workload workload) {
        return YamlWriter.write(
                Map.of("workload", workload(workload, Path.of("").toAbsolutePath())));
    }

    private static YamlWriter.Plain number(long number) {
        return new YamlWriter.Plain(Long.toString(number));
    }

    private static YamlWriter.Plain number(double number) {
        return new YamlWriter.Plain(Quantity.plain(number));
    }

    private static YamlWriter.Plain plain(BigDecimal number) {
        return new YamlWriter.Plain(number.toPlainString());
    }

    private static String relative(Path folder, Path path) {
        if (!folder.getRoot().equals(path.getRoot())) {
            return path.toString();
        }
        String relative = folder.relativize(path).toString();
        return relative.isEmpty() ? "." : relative;
    }

    private static Map<String, Object> environment(EnvironmentSpec environment, Path folder) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("engine", environment.engine().name().toLowerCase(Locale.ROOT));
        if (!environment.version().isEmpty()) {
            map.put("version", environment.version());
        }
        map.put("runtime", environment.runtime().name().toLowerCase(Locale.ROOT));
        EnvironmentSpec.Replication replication = environment.replication();
        if (replication.replicas() > 0 && environment.external().isEmpty()) {
            map.put("replicas", number(replication.replicas()));
            map.put("synchronous", new YamlWriter.Plain(synchrony(replication.synchrony())));
        }
        if (!environment.settings().isEmpty()) {
            map.put("settings", new TreeMap<>(environment.settings()));
        }
        environment.disk().ifPresent(path -> map.put("disk", relative(folder, path)));
        environment.binaries().ifPresent(path -> map.put("binaries", relative(folder, path)));
        EnvironmentSpec.ContainerSpec containers = environment.containers();
        containers.image().ifPresent(image -> map.put("image", image));
        containers.proxyImage().ifPresent(image -> map.put("proxyImage", image));
        Map<String, Object> resources = new LinkedHashMap<>();
        containers.cpus().ifPresent(cpus -> resources.put("cpus", number(cpus)));
        containers.memoryBytes().ifPresent(bytes -> resources.put("memory", Quantity.writeBytes(bytes)));
        if (!resources.isEmpty()) {
            map.put("resources", resources);
        }
        environment.pooler().ifPresent(pooler -> map.put("pooler", pooler(pooler)));
        environment.external().ifPresent(external -> {
            map.put("url", "jdbc:postgresql://" + external.address() + "/" + external.database());
            map.put("allow", external.allow());
            if (!external.replicas().isEmpty()) {
                map.put(
                        "replicas",
                        external.replicas().stream()
                                .map(replica -> "jdbc:postgresql://" + replica.host() + ":" + replica.port() + "/"
                                        + external.database())
                                .toList());
            }
            external.patroni().ifPresent(patroni -> map.put("patroni", patroni(patroni)));
        });
        return map;
    }

    private static Map<String, Object> patroni(PatroniSpec patroni) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("api", patroni.api().stream().map(URI::toString).toList());
        if (!patroni.kill().isEmpty()) {
            map.put("kill", patroni.kill());
        }
        return map;
    }

    private static Map<String, Object> pooler(PoolerSpec pooler) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("kind", "pgbouncer");
        map.put("mode", pooler.mode().word());
        pooler.poolSize().ifPresent(size -> map.put("poolSize", number(size)));
        pooler.preparedStatements().ifPresent(count -> map.put("preparedStatements", number(count)));
        map.put("migration", pooler.migration().word());
        if (!pooler.settings().isEmpty()) {
            map.put("settings", new TreeMap<>(pooler.settings()));
        }
        pooler.image().ifPresent(image -> map.put("image", image));
        return map;
    }

    private static Map<String, Object> databases(Databases databases) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("count", number(databases.count()));
        map.put("wave", number(databases.wave()));
        map.put("onFailure", databases.onFailure().word());
        return map;
    }

    private static String synchrony(EnvironmentSpec.Synchrony synchrony) {
        return switch (synchrony) {
            case ASYNCHRONOUS -> "false";
            case SYNCHRONOUS -> "true";
            case REMOTE_APPLY -> "remote_apply";
        };
    }

    private static Object dataset(StartingData data, Path folder) {
        return switch (data) {
            case DatasetSpec dataset -> dataset(dataset, folder);
            case RestoreSpec restore -> {
                Map<String, Object> map = new LinkedHashMap<>();
                map.put("restore", relative(folder, restore.source()));
                restore.database().ifPresent(name -> map.put("database", name));
                yield map;
            }
            case ExistingSpec existing -> ExistingSpec.WORD;
        };
    }

    private static Map<String, Object> dataset(DatasetSpec dataset, Path folder) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("use", relative(folder, dataset.definition().used()));
        map.put("scale", number(dataset.scale()));
        if (!dataset.tableRows().isEmpty()) {
            Map<String, Object> tables = new TreeMap<>();
            dataset.tableRows().forEach((table, rows) -> tables.put(table, Map.of("rows", number(rows))));
            map.put("tables", tables);
        }
        return map;
    }

    private static Map<String, Object> workload(Workload workload, Path folder) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("arrivals", workload.arrivals().name().toLowerCase(Locale.ROOT));
        if (!workload.injectors().equals(Injectors.ONE)) {
            map.put("injectors", injectors(workload.injectors()));
        }
        map.put(
                "services",
                workload.services().stream()
                        .map(service -> service(service, folder))
                        .toList());
        return map;
    }

    private static Map<String, Object> injectors(Injectors injectors) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("count", number(injectors.count()));
        injectors.at().ifPresent(at -> {
            map.put("at", at);
            map.put("within", Quantity.write(injectors.within()));
        });
        return map;
    }

    private static Map<String, Object> service(Workload.Service service, Path folder) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", service.name());
        map.put("rate", rate(service.rate(), folder));
        Map<String, Object> pool = new LinkedHashMap<>();
        pool.put("size", number(service.pool().size()));
        if (service.http().isEmpty()) {
            pool.put("connectionTimeout", Quantity.write(service.pool().connectionTimeout()));
        }
        service.pool().prepareThreshold().ifPresent(executions -> pool.put("prepareThreshold", number(executions)));
        map.put("pool", pool);
        service.statementTimeout().ifPresent(timeout -> map.put("statementTimeout", Quantity.write(timeout)));
        service.retry().ifPresent(retry -> map.put("retry", retry(retry)));
        service.simulation()
                .ifPresentOrElse(
                        simulation -> simulation(simulation, folder, map),
                        () -> map.put(
                                "operations",
                                service.operations().stream()
                                        .map(ScenarioWriter::operation)
                                        .toList()));
        if (!service.versions().isEmpty()) {
            Map<String, Object> versions = new LinkedHashMap<>();
            service.versions()
                    .forEach((name, operations) -> versions.put(
                            name,
                            Map.of(
                                    "operations",
                                    operations.stream()
                                            .map(ScenarioWriter::operation)
                                            .toList())));
            map.put("versions", versions);
        }
        return map;
    }

    private static void simulation(Simulation simulation, Path folder, Map<String, Object> service) {
        service.put("simulation", simulation.className());
        service.put(simulation.form().word(), relative(folder, simulation.path()));
        service.put(
                "transactions",
                simulation.transactions().stream()
                        .map(ScenarioWriter::transaction)
                        .toList());
        simulation.http().ifPresent(http -> service.put("http", http(http, folder)));
    }

    private static Map<String, Object> http(HttpService http, Path folder) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("command", http.command());
        if (!http.directory().equals(folder)) {
            map.put("directory", relative(folder, http.directory()));
        }
        if (!http.environment().isEmpty()) {
            map.put("environment", http.environment());
        }
        map.put("ready", http.ready());
        map.put("readyWithin", Quantity.write(http.readyWithin()));
        if (!http.properties().isEmpty()) {
            map.put("properties", http.properties());
        }
        return map;
    }

    private static Map<String, Object> transaction(Simulation.Transaction transaction) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", transaction.name());
        map.put("perUser", number(transaction.perUser()));
        map.put("writes", new YamlWriter.Plain(Boolean.toString(transaction.writes())));
        return map;
    }

    private static Object rate(Rate rate, Path folder) {
        return switch (rate) {
            case Rate.Steady steady -> perSecond(steady.perSecond());
            case Rate.Curve curve ->
                Map.of(
                        "curve",
                        curve.points().stream().map(ScenarioWriter::point).toList());
            case Rate.Day day -> {
                Map<String, Object> map = new LinkedHashMap<>();
                map.put("day", relative(folder, day.file()));
                map.put("compress", number(day.compress()));
                map.put("from", LocalTime.MIDNIGHT.plus(day.from()).toString());
                yield map;
            }
        };
    }

    private static Map<String, Object> point(Rate.Point point) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("at", Quantity.write(point.at()));
        map.put("rate", perSecond(point.perSecond()));
        return map;
    }

    private static String perSecond(double rate) {
        return Quantity.plain(rate) + "/s";
    }

    private static Map<String, Object> retry(Workload.Retry retry) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("on", retry.on());
        map.put("attempts", number(retry.attempts()));
        map.put("backoff", Quantity.write(retry.backoff()));
        return map;
    }

    private static Map<String, Object> operation(Workload.Operation operation) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", operation.name());
        map.put("weight", number(operation.weight()));
        if (!operation.parameters().isEmpty()) {
            Map<String, Object> parameters = new LinkedHashMap<>();
            operation.parameters().forEach((name, parameter) -> parameters.put(name, parameter(parameter)));
            map.put("parameters", parameters);
        }
        map.put(
                "transaction",
                operation.transaction().stream()
                        .map(Workload.OperationStatement::sql)
                        .toList());
        if (operation.reads() == Workload.Reads.REPLICA) {
            map.put("reads", "replica");
        }
        if (operation.writes()) {
            map.put("ledger", new YamlWriter.Plain(Boolean.toString(operation.ledger())));
        }
        return map;
    }

    private static Map<String, Object> parameter(Parameter parameter) {
        Map<String, Object> map = new LinkedHashMap<>();
        switch (parameter) {
            case Parameter.UniformLong uniform ->
                map.put("uniform", List.of(number(uniform.min()), number(uniform.max())));
            case Parameter.UniformDecimal uniform ->
                map.put("uniform", List.of(plain(uniform.min()), plain(uniform.max())));
            case Parameter.Zipf zipf -> {
                map.put("zipf", number(zipf.exponent()));
                map.put("range", List.of(number(zipf.min()), number(zipf.max())));
            }
            case Parameter.References references -> {
                map.put("references", references.table() + "." + references.column());
                map.put("zipf", number(references.zipf()));
            }
            case Parameter.Choice choice -> {
                Map<String, Object> weights = new LinkedHashMap<>();
                for (int i = 0; i < choice.values().size(); i++) {
                    weights.put(choice.values().get(i), number(choice.weights().get(i)));
                }
                map.put("choice", weights);
            }
            case Parameter.Sequence sequence -> map.put("sequence", number(sequence.start()));
            case Parameter.Literal literal -> map.put("literal", literal.value());
        }
        return map;
    }

    private static Map<String, Object> migration(MigrationPlan migration, Path folder) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("timeLimit", Quantity.write(migration.timeLimit()));
        // One backoff for all steps, because the file has no other place for it.
        Stream.concat(migration.steps().stream(), migration.rollback().stream())
                .flatMap(step -> lockPolicy(step).stream())
                .findFirst()
                .ifPresent(policy -> map.put("backoff", Quantity.write(policy.backoff())));
        List<Step> apart = apart(migration);
        if (!apart.isEmpty()) {
            map.put("baseline", Map.of("steps", steps(apart, folder)));
        }
        map.put("steps", steps(migration.steps(), folder));
        boolean fromSource =
                migration.steps().stream().anyMatch(step -> step.comesFrom().isPresent());
        if (migration.rollback().isEmpty() && fromSource) {
            map.put("rollback", "none");
        } else if (!migration.rollback().isEmpty() && !migration.rollbackDerived()) {
            map.put("rollback", Map.of("steps", steps(migration.rollback(), folder)));
        }
        return map;
    }

    /** Steps of the baseline that do not come with the migrations that are rehearsed. */
    private static List<Step> apart(MigrationPlan migration) {
        Set<MigrationSource> rehearsed = migration.steps().stream()
                .flatMap(step -> step.comesFrom().stream())
                .collect(Collectors.toSet());
        return migration.baseline().stream()
                .filter(step -> step.comesFrom().filter(rehearsed::contains).isEmpty())
                .toList();
    }

    /**
     * The baseline as a part of the migration that can stand without the migrations that it comes with.
     *
     * @param folder of the file that it is for
     * @return the key and its value; empty if nothing is done to the dataset
     */
    public static String writeBaseline(MigrationPlan migration, Path folder) {
        List<Object> written = new ArrayList<>(steps(apart(migration), folder));
        Set<MigrationSource> met = new LinkedHashSet<>();
        migration.steps().stream()
                .flatMap(step -> step.comesFrom().stream())
                .filter(source -> !source.selection().inDataset()
                        && source.selection().baseline().isPresent())
                .filter(met::add)
                .map(source -> source.selecting(new MigrationSource.Selection(
                        Optional.empty(), false, source.selection().baseline(), List.of())))
                .forEach(source -> written.add(Map.of(source.kind(), source(source, folder))));
        return written.isEmpty() ? "" : YamlWriter.write(Map.of("baseline", Map.of("steps", written)));
    }

    private static Map<String, Object> source(MigrationSource source, Path folder) {
        Map<String, Object> map = new LinkedHashMap<>();
        switch (source) {
            case MigrationSource.Folder plain -> {
                map.put("path", relative(folder, plain.path()));
                if (plain.gapsAllowed()) {
                    map.put("gaps", "allowed");
                }
            }
            case MigrationSource.Flyway flyway -> {
                map.put(
                        "locations",
                        flyway.locations().stream()
                                .map(path -> relative(folder, path))
                                .toList());
                if (!flyway.configuration().isEmpty()) {
                    map.put("configuration", flyway.configuration());
                }
            }
            case MigrationSource.Liquibase liquibase -> {
                map.put("changelog", liquibase.changelog());
                map.put("root", relative(folder, liquibase.root()));
                liquibase.contexts().ifPresent(contexts -> map.put("contexts", contexts));
                liquibase.labels().ifPresent(labels -> map.put("labels", labels));
                if (!liquibase.parameters().isEmpty()) {
                    map.put("parameters", liquibase.parameters());
                }
            }
        }
        MigrationSource.Selection selection = source.selection();
        Map<String, Object> baseline = new LinkedHashMap<>();
        selection.baseline().ifPresent(to -> baseline.put("to", to));
        if (selection.inDataset()) {
            baseline.put("in", "dataset");
        }
        if (!baseline.isEmpty()) {
            map.put("baseline", baseline);
        }
        selection.target().ifPresent(target -> map.put("target", target));
        if (!selection.only().isEmpty()) {
            map.put("only", selection.only());
        }
        return map;
    }

    private static Map<String, Object> command(Step.CommandStep command, Path folder) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("run", command.words());
        map.put("directory", relative(folder, command.directory()));
        if (!command.environment().isEmpty()) {
            map.put("environment", command.environment());
        }
        command.timeout().ifPresent(timeout -> map.put("timeout", Quantity.write(timeout)));
        return map;
    }

    private static List<Object> steps(List<Step> steps, Path folder) {
        List<Object> written = new ArrayList<>();
        Optional<MigrationSource> last = Optional.empty();
        for (Step step : steps) {
            Optional<MigrationSource> source = step.comesFrom();
            if (source.isPresent() && source.equals(last)) {
                continue;
            }
            last = source;
            Map<String, Object> map = new LinkedHashMap<>();
            if (source.isEmpty()) {
                map.put("name", step.name());
            }
            switch (step) {
                case Step.ScriptStep script -> map.put(script.kind(), source(script.source(), folder));
                case Step.FlywayStep flyway -> map.put("flyway", source(flyway.source(), folder));
                case Step.LiquibaseStep liquibase -> map.put("liquibase", source(liquibase.source(), folder));
                case Step.CommandStep command -> map.put("command", command(command, folder));
                case Step.SqlStep sql -> map.put("sql", script(sql.statements()));
                case Step.FileStep file -> map.put("file", relative(folder, file.file()));
                case Step.BackfillStep backfill -> map.put("backfill", backfill(backfill.backfill()));
                case Step.DeployStep deploy -> map.put("deploy", deploy(deploy));
                case Step.PauseStep pause -> map.put("pause", Quantity.write(pause.length()));
                case Step.WaitStep wait -> map.put("wait", Map.of("replicaLag", Quantity.write(wait.replicaLag())));
            }
            if (source.isEmpty()
                    && step instanceof Step.SqlStatements sql
                    && sql.transaction() == Step.Transaction.NONE) {
                map.put("transaction", "none");
            }
            lockPolicy(step).ifPresent(policy -> {
                policy.lockTimeout().ifPresent(timeout -> map.put("lockTimeout", Quantity.write(timeout)));
                map.put("retries", number(policy.retries()));
            });
            written.add(map);
        }
        return written;
    }

    private static Map<String, Object> deploy(Step.DeployStep deploy) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("service", deploy.service());
        map.put("version", deploy.version());
        map.put("over", Quantity.write(deploy.over()));
        return map;
    }

    private static Map<String, Object> backfill(Backfill backfill) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("table", backfill.table());
        map.put("set", backfill.set());
        map.put("where", backfill.where());
        switch (backfill.batch()) {
            case Backfill.BatchSize.Fixed fixed -> map.put("batch", number(fixed.rows()));
            case Backfill.BatchSize.Adaptive adaptive -> {
                Map<String, Object> batch = new LinkedHashMap<>();
                batch.put("target", Quantity.write(adaptive.target()));
                batch.put("first", number(adaptive.first()));
                batch.put("most", number(adaptive.most()));
                map.put("batch", batch);
            }
        }
        map.put("pause", Quantity.write(backfill.pause()));
        Map<String, Object> throttle = new LinkedHashMap<>();
        backfill.throttle().replicaLag().ifPresent(lag -> throttle.put("replicaLag", Quantity.write(lag)));
        backfill.throttle().p99().ifPresent(p99 -> throttle.put("p99", Quantity.write(p99)));
        backfill.throttle().p99Factor().ifPresent(factor -> throttle.put("p99", Quantity.plain(factor) + "x"));
        backfill.throttle().lockQueue().ifPresent(waiting -> throttle.put("lockQueue", number(waiting)));
        if (!throttle.isEmpty()) {
            map.put("throttle", throttle);
        }
        return map;
    }

    private static Optional<Step.LockPolicy> lockPolicy(Step step) {
        return switch (step) {
            case Step.SqlStatements sql -> Optional.of(sql.lockPolicy());
            case Step.BackfillStep backfill -> Optional.of(backfill.lockPolicy());
            case Step.DeployStep deploy -> Optional.empty();
            case Step.ToolStep tool -> Optional.of(tool.lockPolicy());
            case Step.PauseStep pause -> Optional.empty();
            case Step.WaitStep wait -> Optional.empty();
        };
    }

    /** Statements end in no comment, so a semicolon behind one is always its end. */
    private static String script(List<Step.SqlStatement> statements) {
        return String.join(
                ";\n", statements.stream().map(Step.SqlStatement::text).toList());
    }

    private static Map<String, Object> timeline(Timeline timeline) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("warmup", Quantity.write(timeline.warmup()));
        map.put("baseline", Quantity.write(timeline.baseline()));
        map.put("migration", Quantity.write(timeline.migration()));
        map.put("settle", Quantity.write(timeline.settle()));
        map.put("rollback", Quantity.write(timeline.rollback()));
        return map;
    }

    private static Map<String, Object> fault(PlacedFault placed) {
        Fault fault = placed.fault();
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("at", cue(fault.cue()));
        if (placed.database() != PlacedFault.FIRST) {
            map.put("database", number(placed.database()));
        }
        Map<String, Object> inner = new LinkedHashMap<>();
        String of = fault instanceof Fault.Partition partition ? partition.replica() : fault.of();
        if (!(fault instanceof Fault.Blocker
                || fault instanceof Fault.Failover
                || fault instanceof Fault.Election
                || fault instanceof Fault.DiskFull)) {
            inner.put("of", of);
        }
        switch (fault) {
            case Fault.Latency latency -> {
                inner.put("delay", Quantity.write(latency.delay()));
                inner.put("jitter", Quantity.write(latency.jitter()));
            }
            case Fault.Bandwidth bandwidth ->
                inner.put(
                        "rate",
                        bandwidth.kilobytesPerSecond() == 0 ? number(0) : bandwidth.kilobytesPerSecond() + "KB/s");
            case Fault.Timeout timeout -> inner.put("timeout", Quantity.write(timeout.timeout()));
            case Fault.ResetPeer reset -> inner.put("timeout", Quantity.write(reset.timeout()));
            case Fault.SlowClose slowClose -> inner.put("delay", Quantity.write(slowClose.delay()));
            case Fault.Slicer slicer -> {
                inner.put("averageSize", number(slicer.averageSizeBytes()));
                inner.put("sizeVariation", number(slicer.sizeVariationBytes()));
                inner.put("delay", Quantity.write(slicer.delay()));
            }
            case Fault.LimitData limit -> inner.put("bytes", number(limit.bytes()));
            case Fault.Down down -> {}
            case Fault.ServerFault server -> {}
            case Fault.DiskFull full -> inner.put("leave", Quantity.writeBytes(full.leaveBytes()));
            case Fault.Partition partition -> {}
            case Fault.Failover failover -> {
                inner.put("promote", failover.promote());
                inner.put("planned", new YamlWriter.Plain(Boolean.toString(failover.planned())));
            }
            case Fault.Election election ->
                inner.put("planned", new YamlWriter.Plain(Boolean.toString(election.planned())));
            case Fault.Blocker blocker -> {
                inner.put("sql", blocker.sql());
                inner.put("hold", Quantity.write(blocker.hold()));
            }
        }
        if (fault instanceof Fault.NetworkFault network) {
            inner.put("stream", network.direction().name().toLowerCase(Locale.ROOT));
        }
        if (!(fault instanceof Fault.Blocker)) {
            fault.duration().ifPresent(duration -> inner.put("for", Quantity.write(duration)));
        }
        map.put(fault.kind(), inner);
        return map;
    }

    private static Map<String, Object> cue(Cue cue) {
        Map<String, Object> map = new LinkedHashMap<>();
        switch (cue) {
            case Cue.BeforeStep before -> {
                map.put("step", before.step());
                map.put("before", Quantity.write(before.lead()));
            }
            case Cue.AfterStepStart after -> {
                map.put("step", after.step());
                map.put("after", Quantity.write(after.delay()));
            }
            case Cue.AfterStageStart after -> {
                map.put("stage", after.stage().word());
                map.put("after", Quantity.write(after.delay()));
            }
            case Cue.Committing committing -> map.put("committing", committing.step());
            case Cue.InPhase inPhase -> {
                map.put("phase", inPhase.phase());
                inPhase.step().ifPresent(step -> map.put("step", step));
            }
            case Cue.LockQueued queued -> map.put("lockQueued", queued.table());
            case Cue.LockHeld held -> map.put("lockHeld", held.table());
        }
        return map;
    }

    private static Map<String, Object> objective(Objective objective) {
        Map<String, Object> inner = new LinkedHashMap<>();
        return switch (objective) {
            case Objective.Latency latency -> {
                subject(inner, latency.service(), latency.operation());
                inner.put("percentile", number(latency.percentile()));
                inner.put("during", latency.during().word());
                latency.max().ifPresent(max -> inner.put("max", Quantity.write(max)));
                latency.regression().ifPresent(factor -> inner.put("regression", Quantity.plain(factor) + "x"));
                yield Map.of("latency", inner);
            }
            case Objective.Errors errors -> {
                subject(inner, errors.service(), errors.operation());
                inner.put("during", errors.during().word());
                BigDecimal percent = BigDecimal.valueOf(errors.maxFraction()).movePointRight(2);
                inner.put("max", Quantity.plain(percent) + "%");
                yield Map.of("errors", inner);
            }
            case Objective.Outage outage -> {
                subject(inner, outage.service(), outage.operation());
                inner.put("max", Quantity.write(outage.max()));
                yield Map.of("outage", inner);
            }
            case Objective.LockHold hold -> {
                hold.mode().ifPresent(mode -> inner.put("mode", mode));
                hold.relation().ifPresent(relation -> inner.put("relation", relation));
                inner.put("max", Quantity.write(hold.max()));
                yield Map.of("lockHold", inner);
            }
            case Objective.LockWait wait -> {
                inner.put("victims", wait.victims().name().toLowerCase(Locale.ROOT));
                inner.put("max", Quantity.write(wait.max()));
                yield Map.of("lockWait", inner);
            }
            case Objective.MigrationTime time -> {
                inner.put("max", Quantity.write(time.max()));
                yield Map.of("migrationTime", inner);
            }
            case Objective.ReplicaLag lag -> {
                inner.put("max", Quantity.write(lag.max()));
                yield Map.of("replicaLag", inner);
            }
            case Objective.Rewrites rewrites -> Map.of("rewrites", "none");
            case Objective.LostWrites lost ->
                Map.of("lostWrites", lost.max() == 0 ? "none" : Map.of("max", number(lost.max())));
            case Objective.Rollback rollback -> {
                inner.put("succeeds", new YamlWriter.Plain("true"));
                rollback.max().ifPresent(max -> inner.put("max", Quantity.write(max)));
                yield Map.of("rollback", inner);
            }
            case Objective.Resumable resumable -> Map.of("resumable", Map.of("succeeds", new YamlWriter.Plain("true")));
            case Objective.Compatible compatible -> Map.of("compatible", Map.of("versions", compatible.versions()));
            case Objective.Rerun rerun -> Map.of("rerun", Map.of("converges", new YamlWriter.Plain("true")));
        };
    }

    private static void subject(Map<String, Object> inner, Optional<String> service, Optional<String> operation) {
        service.ifPresent(name -> inner.put("service", name));
        operation.ifPresent(name -> inner.put("operation", name));
    }
}
