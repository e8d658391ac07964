package dev.rehearsal.report;

import dev.rehearsal.report.PageView.Fact;
import dev.rehearsal.run.RequestLog.OperationKey;
import dev.rehearsal.run.RunEvent.ContainerFacts;
import dev.rehearsal.run.RunEvent.DatasetReady;
import dev.rehearsal.run.RunEvent.EnvironmentReady;
import dev.rehearsal.run.RunEvent.HostFacts;
import dev.rehearsal.run.RunEvent.InstrumentLimited;
import dev.rehearsal.run.RunEvent.InstrumentTrouble;
import dev.rehearsal.run.RunEvent.Noted;
import dev.rehearsal.run.RunEvent.PoolerFacts;
import dev.rehearsal.run.RunEvent.RunStarted;
import dev.rehearsal.run.RunEvent.ServicePlan;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.verdict.CrossCheck;
import dev.rehearsal.verdict.Quantities;
import dev.rehearsal.verdict.StageStatistics;
import dev.rehearsal.verdict.Validity;
import dev.rehearsal.verdict.Verdict;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Under which conditions the figures hold, how far they can be trusted, and how to get them again. */
final class Circumstances {
    /** PostgreSQL's default. */
    private static final long ORDINARY_DEADLOCK_TIMEOUT_MILLIS = 1000;

    private static final DateTimeFormatter DAY_AND_TIME = DateTimeFormatter.ofPattern(
                    "d MMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final RunRecord run;
    private final Validity validity;
    private final List<StageStatistics> stages;

    Circumstances(RunRecord run, Verdict verdict) {
        this.run = run;
        this.validity = verdict.validity();
        this.stages = verdict.stages();
    }

    /** One line under the verdict: what was rehearsed on what. */
    String context() {
        List<String> parts = new ArrayList<>();
        run.environment().ifPresent(e -> parts.add("PostgreSQL " + e.version() + ", " + e.runtime()));
        run.dataset()
                .ifPresent(d -> parts.add(Quantities.count(d.rows().values().stream()
                                .mapToLong(Long::longValue)
                                .sum())
                        + " rows, " + Quantities.bytes(d.bytes())));
        parts.add(rate(run.started().lowestRate(), run.started().highestRate()) + " "
                + run.started().arrivals() + " arrivals, seed " + run.started().seed());
        parts.add(DAY_AND_TIME.format(run.started().wallClock()));
        return String.join(" · ", parts);
    }

    List<Fact> dataset() {
        return run.dataset().map(Circumstances::facts).orElse(List.of());
    }

    private static List<Fact> facts(DatasetReady dataset) {
        return List.of(
                new Fact("name", dataset.name()),
                new Fact(
                        "rows",
                        lines(new TreeMap<>(dataset.rows())
                                .entrySet().stream()
                                        .sorted(Map.Entry.<String, Long>comparingByValue()
                                                .reversed())
                                        .map(e -> e.getKey() + " " + Quantities.count(e.getValue())))),
                new Fact("size", Quantities.bytes(dataset.bytes())),
                new Fact(
                        "built",
                        dataset.buildSeconds() == 0
                                ? "before this run; taken from its snapshot"
                                : "in " + Quantities.duration((long) (dataset.buildSeconds() * 1e9))),
                new Fact(
                        "cloned",
                        "in " + Quantities.duration((long) (dataset.cloneSeconds() * 1e9)) + " by "
                                + dataset.cloneMethod()));
    }

    List<Fact> environment() {
        List<Fact> facts = new ArrayList<>();
        run.environment().ifPresent(e -> facts.addAll(facts(e)));
        for (ServicePlan service : run.started().services()) {
            facts.add(new Fact("service " + service.name(), plan(service) + tries(service)));
        }
        return facts;
    }

    private static List<Fact> facts(EnvironmentReady environment) {
        HostFacts host = environment.host();
        List<Fact> facts = new ArrayList<>(List.of(
                new Fact(
                        "server",
                        environment.engine() + " " + environment.version()
                                + switch (environment.replicas()) {
                                    case 0 -> ", no replica";
                                    case 1 -> ", one replica";
                                    default -> ", " + environment.replicas() + " replicas";
                                }),
                new Fact("runtime", environment.runtime() + ": " + environment.runtimeReason()),
                new Fact("fault proxy", environment.proxy()),
                new Fact(
                        "settings",
                        lines(new TreeMap<>(environment.settings())
                                .entrySet().stream().map(e -> e.getKey() + " = " + e.getValue()))),
                new Fact(
                        "machine",
                        host.cpus() + " CPUs, " + Quantities.bytes(host.memoryBytes()) + ", " + host.os() + ", Java "
                                + host.java())));
        environment
                .containers()
                .ifPresent(containers -> facts.add(2, new Fact("server's container", container(containers))));
        environment.pooler().ifPresent(pooler -> facts.add(2, new Fact("pooler", pooler(pooler))));
        return facts;
    }

    private static String pooler(PoolerFacts pooler) {
        return pooler.program() + ", " + pooler.mode() + " mode, at most " + pooler.poolSize()
                + " connections to the server of each user; the migration goes "
                + (pooler.migration().equals("pooled") ? "through it" : "around it")
                + new TreeMap<>(pooler.settings())
                        .entrySet().stream()
                                .map(setting -> "\n" + setting.getKey() + " = " + setting.getValue())
                                .collect(Collectors.joining());
    }

    private static String container(ContainerFacts containers) {
        String cpus = containers.cpus().isPresent() ? number(containers.cpus().getAsDouble()) + " CPUs" : "all CPUs";
        String memory = containers.memoryBytes().isPresent()
                ? Quantities.bytes(containers.memoryBytes().getAsLong())
                : "all memory";
        return containers.image() + " in " + containers.engine() + ", may use " + cpus + " and " + memory;
    }

    private static String rate(double lowest, double highest) {
        return (lowest < highest ? number(lowest) + "/s to " : "") + number(highest) + "/s";
    }

    private static String plan(ServicePlan service) {
        String timeout = service.statementTimeoutNanos().isPresent()
                ? "statement timeout "
                        + Quantities.duration(service.statementTimeoutNanos().getAsLong())
                : "no statement timeout";
        String connections = service.http()
                .map(http -> " users over HTTP, each request timed by Gatling from when it was sent, ± "
                        + Quantities.duration(http.errorNanos()))
                .orElseGet(() -> " on " + service.poolSize() + " connections, waits "
                        + Quantities.duration(service.connectionTimeoutNanos()) + " for one; " + timeout);
        return rate(service.lowestRate(), service.arrivalsPerSecond()) + connections + "\n"
                + lines(service.operations().stream()
                        .map(o -> o.name() + " " + number(o.arrivalsPerSecond()) + "/s"
                                + (o.writes() ? ", writes" : ", reads")));
    }

    /** Empty of a service that tries nothing again. */
    private String tries(ServicePlan service) {
        return service.retry()
                .map(retry -> "\ntries again after " + String.join(", ", retry.on()) + ": up to "
                        + Quantities.count(retry.attempts()) + " attempts, the second after "
                        + Quantities.duration(retry.backoffNanos())
                        + (retry.attempts() > 2 ? ", each later one after twice as long as the one before" : "")
                        + "; " + triedAgain(service.name()))
                .orElse("");
    }

    private String triedAgain(String service) {
        long again = stages.stream()
                .flatMap(stage -> stage.operations().stream())
                .filter(operation -> operation.service().equals(service))
                .mapToLong(operation -> operation.attempts() - operation.arrivals())
                .sum();
        return again == 0
                ? "no request needed it"
                : Quantities.count(again) + (again == 1 ? " attempt was" : " attempts were") + " a further one";
    }

    List<Fact> instruments() {
        List<Fact> facts = new ArrayList<>();
        validity.scheduleLagP99Millis()
                .ifPresent(lag -> facts.add(new Fact(
                        "generator lag",
                        "p99 " + millis(lag) + ": how late requests were picked up, part of every response time")));
        facts.add(new Fact(
                "longest pause",
                validity.generatorPauseMaxMillis() == 0
                        ? "none seen of the load generator’s own process"
                        : millis(validity.generatorPauseMaxMillis()) + " of the load generator’s own process"));
        validity.baselineDriftPercent()
                .ifPresent(drift -> facts.add(new Fact("baseline drift", number(drift) + " % between its halves")));
        validity.machineCpuBaselineFraction()
                .ifPresent(cpu -> facts.add(new Fact("machine busy", Quantities.percent(cpu) + " in the baseline")));
        facts.add(new Fact("lock log and requests", crossCheck(validity.crossCheck())));
        run.load()
                .ifPresent(load -> facts.add(new Fact(
                        "requests counted",
                        Quantities.count(load.recorded()) + " of " + Quantities.count(load.planned())
                                + " planned arrivals")));
        if (!run.injectors().isEmpty()) {
            facts.add(new Fact(
                    "injectors",
                    lines(run.injectors().stream()
                                    .map(injector -> "slice " + injector.slice() + ", " + Closing.injector(injector)))
                            + "\neach takes every arrival whose number, divided by "
                            + run.injectors().size()
                            + ", leaves its slice’s, and has its part of each pool’s connections: where one slice’s are all"
                            + " taken, a request of it waits though another slice has one free"));
        }
        List<String> lag = Closing.replicaLag(run);
        if (!lag.isEmpty()) {
            facts.add(new Fact("replica lag, at most", lines(lag.stream())));
        }
        facts.add(new Fact(
                "holds",
                "each with its error: between what the migration’s own connection knows at least and at most"));
        ledger().ifPresent(facts::add);
        run.environment()
                .filter(e -> run.limitation(InstrumentLimited.LOCK_WAITS).isEmpty())
                .ifPresent(e -> facts.add(new Fact("deadlock_timeout", deadlockTimeout(e.deadlockTimeoutMillis()))));
        for (InstrumentLimited limited : run.limitations()) {
            facts.add(new Fact("limited: " + limited.instrument(), Closing.limitation(limited)));
        }
        for (InstrumentTrouble trouble : run.troubles()) {
            facts.add(new Fact("trouble: " + trouble.instrument(), trouble.message()));
        }
        return facts;
    }

    private Optional<Fact> ledger() {
        List<String> operations = run.requests().operations().stream()
                .filter(OperationKey::ledger)
                .map(OperationKey::operation)
                .distinct()
                .toList();
        return operations.isEmpty()
                ? Optional.empty()
                : Optional.of(new Fact(
                        "ledger",
                        "each transaction of " + String.join(", ", operations)
                                + " also inserts one row into a table of the harness, sent together with its last"
                                + " statement. A statement alone is a transaction with it, and its COMMIT a round trip"
                                + " that it would not have in autocommit"));
    }

    private static String crossCheck(CrossCheck check) {
        if (check.longestWaitMillis().isEmpty()) {
            return "no wait of the application in the log";
        }
        String response = check.longestResponseMillis().isPresent()
                ? ", longest response of those requests "
                        + millis(check.longestResponseMillis().getAsDouble())
                : "";
        String unexplained = check.unexplainedMillis().isPresent()
                ? ", of which " + unexplained(check.unexplainedMillis().getAsDouble()) + " unexplained"
                : "";
        return "longest wait " + millis(check.longestWaitMillis().getAsDouble()) + response + unexplained + "; "
                + Quantities.count(check.unmatchedWaits()) + " of " + Quantities.count(check.victimWaits())
                + " waits without a known request";
    }

    private static String unexplained(double millis) {
        return millis == 0 ? "nothing" : millis(millis);
    }

    private static String deadlockTimeout(long millis) {
        String effect = millis < ORDINARY_DEADLOCK_TIMEOUT_MILLIS
                ? ": so that the server logs nearly every wait. Deadlocks resolve sooner, and may end the other side, and"
                        + " autovacuum yields to the migration sooner than in production with its usual 1 s; waits shorter"
                        + " than this are not logged."
                : ": lock waits shorter than this are not logged.";
        return millis + " ms" + effect;
    }

    List<String> notes() {
        return run.notes().stream().map(Noted::message).distinct().toList();
    }

    List<Fact> reproduction() {
        RunStarted started = run.started();
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact(
                "command", started.command().stream().map(Circumstances::quoted).collect(Collectors.joining(" "))));
        facts.add(new Fact("scenario", started.scenarioFile()));
        facts.add(new Fact("seed", String.valueOf(started.seed())));
        run.dataset().ifPresent(d -> facts.add(new Fact("dataset", d.fingerprint())));
        facts.add(new Fact("harness", started.harnessVersion()));
        facts.add(new Fact("started", started.wallClock().toString()));
        return facts;
    }

    private static String quoted(String argument) {
        return argument.matches("[\\w@%+=:,./-]+") ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }

    private static String lines(Stream<String> parts) {
        return parts.collect(Collectors.joining("\n"));
    }

    private static String millis(double millis) {
        return Quantities.duration(Math.round(millis * 1e6));
    }

    private static String number(double value) {
        return value == Math.rint(value)
                ? Quantities.count((long) value)
                : String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
    }
}
