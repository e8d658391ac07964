package dev.rehearsal.scenario;

import dev.rehearsal.scenario.Fault.Direction;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads {@code faults}. */
final class FaultReader {
    private static final List<String> KINDS = List.of(
            "latency",
            "bandwidth",
            "timeout",
            "resetPeer",
            "slowClose",
            "slicer",
            "limitData",
            "down",
            "pause",
            "crash",
            "diskFull",
            "partition",
            "failover",
            "blocker");
    private static final List<String> OF_PROCESSES = List.of("pause", "crash", "diskFull", "partition", "failover");
    private static final Keys KEYS =
            Keys.of(Stream.concat(Stream.of("at", "database"), KINDS.stream()).toArray(String[]::new));
    private static final String FAULT_ADVICE =
            "write e.g. { at: { stage: baseline, after: 5s }, latency: { delay: 50ms, for: 10s } }";
    private static final Duration ZERO = Duration.ZERO;
    private static final Duration MILLISECOND = Duration.ofMillis(1);
    private static final Duration MICROSECOND = Duration.ofNanos(1000);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(45);
    private static final Duration LONGEST_CRASH = Duration.ofMinutes(5);
    private static final long LARGEST_SLICE = 1_000_000_000;
    private static final Map<String, Direction> STREAMS = new LinkedHashMap<>();

    static {
        STREAMS.put("downstream", Direction.DOWNSTREAM);
        STREAMS.put("upstream", Direction.UPSTREAM);
    }

    private final SqlTexts texts;
    private final CueReader cues;
    private final ServerReferences servers;
    private final boolean ownDisk;
    private final boolean external;
    private final Optional<PatroniSpec> patroni;
    private final int databases;

    /** @param databases how many there are */
    FaultReader(SqlTexts texts, CueReader cues, EnvironmentSpec environment, int databases) {
        this.servers = new ServerReferences(
                environment.replication().replicas(),
                environment.external().isPresent(),
                environment.pooler().isPresent());
        this.ownDisk = environment.disk().isPresent();
        this.external = environment.runtime() == EnvironmentSpec.RuntimeChoice.EXTERNAL;
        this.patroni = environment.external().flatMap(EnvironmentSpec.ExternalSpec::patroni);
        this.texts = texts;
        this.cues = cues;
        this.databases = databases;
    }

    List<PlacedFault> read(Value value) {
        List<PlacedFault> faults = new ArrayList<>();
        Map<Integer, FaultOverlaps> overlaps = new HashMap<>();
        for (Value item : value.list(FAULT_ADVICE)) {
            Block block = item.block(KEYS, FAULT_ADVICE);
            int database = database(block);
            Optional<Fault> fault = fault(item, block);
            fault.ifPresent(found -> {
                faults.add(new PlacedFault(found, database));
                overlaps.computeIfAbsent(database, number -> new FaultOverlaps())
                        .check(found, item);
            });
        }
        return faults;
    }

    /** The first, where the file does not say which. */
    private int database(Block block) {
        Optional<Value> named = block.get("database");
        int number = block.whole("database", PlacedFault.FIRST, Databases.MOST, PlacedFault.FIRST);
        if (databases == 1) {
            named.ifPresent(
                    value -> value.problem(
                            "there is one database, which all faults befall; remove it, or say with databases how many there are"));
        } else if (number > databases) {
            named.ifPresent(value ->
                    value.problem("there is no database " + number + "; databases.count says there are " + databases));
        } else if (number != PlacedFault.FIRST && block.has("diskFull")) {
            named.ifPresent(value ->
                    value.problem("the disk that may be filled, environment.disk, is database 1's; remove it"));
        }
        return number;
    }

    private Optional<Fault> fault(Value value, Block block) {
        Optional<Cue> cue = block.require("at", CueReader.ADVICE).flatMap(cues::read);
        List<String> given = KINDS.stream().filter(block::has).toList();
        if (given.size() > 1) {
            value.problem("has two kinds, " + String.join(" and ", given) + "; make each a fault of its own");
            return Optional.empty();
        }
        if (given.isEmpty()) {
            if (block.isMapping() && !block.hasUnknown()) {
                value.problem("says no kind of fault; write one of " + String.join(", ", KINDS));
            }
            return Optional.empty();
        }
        String kind = given.get(0);
        if (external && kind.equals("failover") && patroni.isPresent()) {
            Optional<Fault> election = election(
                    patroni.get(),
                    block.get(kind).orElseThrow(),
                    cue.orElse(new Cue.AfterStageStart(Stage.BASELINE, ZERO)));
            return cue.isPresent() ? election : Optional.empty();
        }
        if (external && OF_PROCESSES.contains(kind)) {
            block.get(kind).orElseThrow().problem(OwnServersOnly.REASON);
            return Optional.empty();
        }
        Optional<Fault> fault =
                read(kind, block.get(kind).orElseThrow(), cue.orElse(new Cue.AfterStageStart(Stage.BASELINE, ZERO)));
        return cue.isPresent() ? fault : Optional.empty();
    }

    private Optional<Fault> read(String kind, Value value, Cue cue) {
        return switch (kind) {
            case "latency" -> latency(value, cue);
            case "bandwidth" -> bandwidth(value, cue);
            case "timeout" -> {
                Block block = value.block(Keys.of("of", "timeout", "stream", "for"), "write { timeout: 1s, for: 5s }");
                yield Optional.of(new Fault.Timeout(
                        servers.endpoint(block),
                        cue,
                        lasting(block),
                        stream(block),
                        whole(block, "timeout", MILLISECOND)));
            }
            case "resetPeer" -> {
                Block block = value.block(Keys.of("of", "timeout", "stream", "for"), "write { for: 5s }");
                yield Optional.of(new Fault.ResetPeer(
                        servers.endpoint(block),
                        cue,
                        lasting(block),
                        stream(block),
                        whole(block, "timeout", MILLISECOND)));
            }
            case "slowClose" -> slowClose(value, cue);
            case "slicer" -> slicer(value, cue);
            case "limitData" -> limitData(value, cue);
            case "down" -> {
                Block block = value.block(Keys.of("of", "for"), "write { of: primary, for: 5s }");
                yield Optional.of(new Fault.Down(servers.endpoint(block), cue, lasting(block)));
            }
            case "pause" -> paused(value, cue);
            case "crash" -> crashed(value, cue);
            case "diskFull" -> diskFull(value, cue);
            case "partition" -> partition(value, cue);
            case "failover" -> failover(value, cue);
            case "blocker" -> blocker(value, cue);
            default -> throw new IllegalStateException(kind);
        };
    }

    private Optional<Fault> latency(Value value, Cue cue) {
        String advice = "write e.g. { delay: 50ms, jitter: 10ms, for: 10s }";
        Block block = value.block(Keys.of("of", "delay", "jitter", "stream", "for"), advice);
        Optional<Duration> delay = block.require("delay", advice).map(time -> whole(time, ZERO, MILLISECOND));
        String of = servers.endpoint(block);
        Optional<Duration> lasting = lasting(block);
        Direction stream = stream(block);
        Duration jitter = whole(block, "jitter", MILLISECOND);
        if (delay.isPresent() && jitter.compareTo(delay.get()) > 0) {
            block.get("jitter")
                    .ifPresent(far -> far.problem(
                            "must be at most the delay, " + Quantity.write(delay.get()) + ", got " + far.shown()));
        }
        return delay.map(time -> new Fault.Latency(of, cue, lasting, stream, time, jitter));
    }

    private Optional<Fault> bandwidth(Value value, Cue cue) {
        String advice = "write e.g. { rate: 100KB/s, for: 10s }";
        Block block = value.block(Keys.of("of", "rate", "stream", "for"), advice);
        Optional<Long> rate = block.require("rate", advice).flatMap(FaultReader::kilobytes);
        String of = servers.endpoint(block);
        Optional<Duration> lasting = lasting(block);
        Direction stream = stream(block);
        return rate.map(kilobytes -> new Fault.Bandwidth(of, cue, lasting, stream, kilobytes));
    }

    private Optional<Fault> slowClose(Value value, Cue cue) {
        String advice = "write e.g. { delay: 2s, for: 10s }";
        Block block = value.block(Keys.of("of", "delay", "stream", "for"), advice);
        Optional<Duration> delay = block.require("delay", advice).map(time -> whole(time, MILLISECOND, MILLISECOND));
        String of = servers.endpoint(block);
        Optional<Duration> lasting = lasting(block);
        Direction stream = stream(block);
        return delay.map(time -> new Fault.SlowClose(of, cue, lasting, stream, time));
    }

    private Optional<Fault> slicer(Value value, Cue cue) {
        String advice = "write e.g. { averageSize: 64, sizeVariation: 32, delay: 1ms, for: 10s }";
        Block block = value.block(Keys.of("of", "averageSize", "sizeVariation", "delay", "stream", "for"), advice);
        Optional<Long> size =
                block.require("averageSize", advice).map(bytes -> bytes.whole(1, LARGEST_SLICE, LARGEST_SLICE));
        long variation = block.get("sizeVariation")
                .map(bytes -> bytes.whole(0, LARGEST_SLICE, 0))
                .orElse(0L);
        if (size.isPresent() && variation >= size.get()) {
            block.get("sizeVariation")
                    .ifPresent(far -> far.problem(
                            "must be less than averageSize, which is " + size.get() + ", got " + far.shown()));
        }
        Duration delay = whole(block, "delay", MICROSECOND);
        String of = servers.endpoint(block);
        Optional<Duration> lasting = lasting(block);
        Direction stream = stream(block);
        return size.map(bytes -> new Fault.Slicer(of, cue, lasting, stream, bytes, variation, delay));
    }

    private Optional<Fault> limitData(Value value, Cue cue) {
        String advice = "write e.g. { bytes: 10_000, for: 10s }";
        Block block = value.block(Keys.of("of", "bytes", "stream", "for"), advice);
        Optional<Long> limit = block.require("bytes", advice).map(bytes -> bytes.whole(0, Long.MAX_VALUE, 0));
        String of = servers.endpoint(block);
        Optional<Duration> lasting = lasting(block);
        Direction stream = stream(block);
        return limit.map(bytes -> new Fault.LimitData(of, cue, lasting, stream, bytes));
    }

    private Optional<Fault> paused(Value value, Cue cue) {
        String advice = "write e.g. { of: primary, for: 2s }";
        Block block = value.block(Keys.of("of", "for"), advice);
        String of = servers.server(block);
        return block.require("for", advice)
                .map(time -> outage(
                        time, LONGEST_PAUSE, "the instruments, which wait for the server, give up after a minute"))
                .map(time -> new Fault.Pause(of, cue, Optional.of(time)));
    }

    private Optional<Fault> crashed(Value value, Cue cue) {
        String advice = "write e.g. { of: primary, for: 2s }";
        Block block = value.block(Keys.of("of", "for"), advice);
        String of = servers.server(block);
        return block.require("for", advice)
                .map(time -> outage(time, LONGEST_CRASH, "nothing of the migration can be seen meanwhile"))
                .map(time -> new Fault.Crash(of, cue, Optional.of(time)));
    }

    private Optional<Fault> diskFull(Value value, Cue cue) {
        if (!ownDisk) {
            value.problem(
                    "there is no disk that may be filled; name a directory on a file system of its own in environment.disk");
        }
        String advice = "write e.g. { for: 10s }";
        Block block = value.block(Keys.of("leave", "for"), advice);
        long leave = block.get("leave").map(FaultReader::bytes).orElse(0L);
        return block.require("for", advice)
                .map(time -> outage(time, LONGEST_CRASH, "nothing of the migration may be seen meanwhile"))
                .map(time -> new Fault.DiskFull(cue, Optional.of(time), leave));
    }

    private static long bytes(Value value) {
        Optional<BigDecimal> bytes = value.scalar()
                .flatMap(Quantity::parse)
                .flatMap(amount -> amount.amount().signum() == 0 ? Optional.of(BigDecimal.ZERO) : amount.bytes())
                .filter(amount -> amount.signum() >= 0 && amount.compareTo(BigDecimal.valueOf(1L << 50)) <= 0);
        if (bytes.isEmpty()) {
            value.problem("must be an amount of space, got " + value.shown() + "; write e.g. 16m");
        }
        return bytes.map(BigDecimal::longValue).orElse(0L);
    }

    private Optional<Fault> partition(Value value, Cue cue) {
        String advice = "write e.g. { of: replica-1, for: 5s }";
        Block block = value.block(Keys.of("of", "for"), advice);
        Optional<String> replica = block.require("of", advice).flatMap(servers::replica);
        Optional<Duration> lasting = lasting(block);
        return replica.map(name -> new Fault.Partition(name, cue, lasting));
    }

    private Optional<Fault> failover(Value value, Cue cue) {
        String advice = "write e.g. { promote: replica-1 }";
        Block block = value.block(Keys.of("promote", "planned"), advice);
        boolean planned = block.get("planned").flatMap(Value::truth).orElse(false);
        return block.require("promote", advice)
                .flatMap(servers::replica)
                .map(name -> new Fault.Failover(cue, name, planned));
    }

    /** Of a cluster that decides by itself who is promoted. */
    private static Optional<Fault> election(PatroniSpec patroni, Value value, Cue cue) {
        Block block = value.block(Keys.of("promote", "planned"), "write e.g. { planned: true }");
        block.get("promote").ifPresent(promoted -> promoted.problem("is for Patroni to decide; remove it"));
        boolean planned = block.get("planned").flatMap(Value::truth).orElse(false);
        if (!planned && patroni.kill().isEmpty()) {
            value.problem(
                    "needs a command that kills the leader; name it in environment.patroni.kill, or write planned: true");
        }
        return Optional.of(new Fault.Election(cue, planned));
    }

    /** How long the server is away. */
    private static Duration outage(Value value, Duration longest, String why) {
        Duration duration = value.duration(MILLISECOND, Duration.ofSeconds(2));
        if (duration.compareTo(longest) > 0) {
            value.problem("must be at most " + Quantity.write(longest) + ", got " + value.shown() + ": " + why);
        }
        return duration;
    }

    /** None, if the key is not there. */
    private static Duration whole(Block block, String key, Duration unit) {
        return block.get(key).map(time -> whole(time, ZERO, unit)).orElse(ZERO);
    }

    /** A duration that a toxic can have: it counts in whole units, and less would silently be nothing. */
    private static Duration whole(Value value, Duration minimum, Duration unit) {
        Duration duration = value.duration(minimum, unit);
        if (duration.toNanos() % unit.toNanos() != 0) {
            value.problem("must be whole " + (unit.equals(MILLISECOND) ? "milliseconds" : "microseconds") + ", got "
                    + value.shown());
        }
        return duration;
    }

    private static Optional<Long> kilobytes(Value value) {
        Optional<Quantity> quantity = value.scalar().flatMap(Quantity::parse);
        if (quantity.isPresent() && quantity.get().amount().signum() == 0) {
            return Optional.of(0L);
        }
        Optional<BigDecimal> kilobytes = quantity.flatMap(Quantity::kilobytesPerSecond)
                .filter(amount -> amount.signum() > 0 && amount.compareTo(BigDecimal.valueOf(1_000_000_000)) <= 0)
                .filter(Value::isWhole);
        if (kilobytes.isEmpty()) {
            value.problem("must be whole kilobytes per second, got " + value.shown()
                    + "; write e.g. 100KB/s, or 0 to stop the bytes");
        }
        return kilobytes.map(BigDecimal::longValue);
    }

    private Optional<Fault> blocker(Value value, Cue cue) {
        String advice = "write e.g. { sql: select count(*) from orders, hold: 5s }";
        Block block = value.block(Keys.of("sql", "hold"), advice);
        Optional<String> sql = block.require("sql", advice)
                .flatMap(text -> texts.inScalar(text).isEmpty() ? Optional.empty() : text.scalar());
        Optional<Duration> hold =
                block.require("hold", advice).map(time -> time.duration(Duration.ofMillis(1), Duration.ofSeconds(5)));
        return sql.flatMap(text -> hold.map(time -> new Fault.Blocker(cue, text, time)));
    }

    private static Optional<Duration> lasting(Block block) {
        return block.duration("for", Duration.ofMillis(1));
    }

    private static Direction stream(Block block) {
        return block.get("stream")
                .flatMap(word -> word.word(STREAMS, List.of()))
                .orElse(Direction.DOWNSTREAM);
    }
}
