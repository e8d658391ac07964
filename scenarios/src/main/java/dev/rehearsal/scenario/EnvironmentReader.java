package dev.rehearsal.scenario;

import dev.rehearsal.scenario.EnvironmentSpec.ContainerSpec;
import dev.rehearsal.scenario.EnvironmentSpec.Engine;
import dev.rehearsal.scenario.EnvironmentSpec.ExternalSpec;
import dev.rehearsal.scenario.EnvironmentSpec.Replication;
import dev.rehearsal.scenario.EnvironmentSpec.RuntimeChoice;
import dev.rehearsal.scenario.EnvironmentSpec.Synchrony;
import dev.rehearsal.scenario.yaml.YamlNode;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/** Reads {@code environment}. */
final class EnvironmentReader {
    static final String DEFAULT_VERSION = "18";

    private static final int OLDEST_VERSION = 13;
    private static final long LEAST_MEMORY = 128L << 20;
    private static final Keys KEYS = Keys.of(
                    "engine",
                    "version",
                    "runtime",
                    "replicas",
                    "synchronous",
                    "disk",
                    "settings",
                    "binaries",
                    "image",
                    "proxyImage",
                    "resources",
                    "pooler",
                    "url",
                    "allow",
                    "patroni")
            .later("host");
    private static final Keys RESOURCE_KEYS = Keys.of("cpus", "memory");
    private static final List<String> OF_OWN_SERVERS =
            List.of("synchronous", "disk", "settings", "binaries", "image", "proxyImage", "resources");
    private static final Map<String, RuntimeChoice> RUNTIMES = new LinkedHashMap<>();
    private static final Map<String, Synchrony> SYNCHRONIES = new LinkedHashMap<>();
    private static final Set<String> SETTINGS_OF_REPLICATION = Set.of(
            "synchronous_standby_names",
            "primary_conninfo",
            "primary_slot_name",
            "wal_level",
            "max_wal_senders",
            "max_replication_slots",
            "hot_standby");

    static {
        SYNCHRONIES.put("false", Synchrony.ASYNCHRONOUS);
        SYNCHRONIES.put("true", Synchrony.SYNCHRONOUS);
        SYNCHRONIES.put("remote_apply", Synchrony.REMOTE_APPLY);
        RUNTIMES.put("auto", RuntimeChoice.AUTO);
        RUNTIMES.put("local", RuntimeChoice.LOCAL);
        RUNTIMES.put("containers", RuntimeChoice.CONTAINERS);
        RUNTIMES.put("external", RuntimeChoice.EXTERNAL);
    }

    private EnvironmentReader() {}

    static EnvironmentSpec absent() {
        return new EnvironmentSpec(
                Engine.POSTGRESQL,
                DEFAULT_VERSION,
                RuntimeChoice.AUTO,
                Map.of(),
                Optional.empty(),
                ContainerSpec.ANY,
                Replication.NONE,
                Optional.empty());
    }

    static EnvironmentSpec read(Value value, Path folder) {
        Block block = value.block(KEYS, "write e.g. { version: \"18\" }");
        Engine engine = block.get("engine")
                .flatMap(word -> word.word(Map.of("postgresql", Engine.POSTGRESQL), List.of("mariadb", "mysql")))
                .orElse(Engine.POSTGRESQL);
        Optional<Path> binaries = block.get("binaries")
                .flatMap(path -> Paths.resolve(folder, path.text("name the folder that holds initdb"), path));
        RuntimeChoice written = block.get("runtime")
                .flatMap(word -> word.word(RUNTIMES, List.of()))
                .orElse(RuntimeChoice.AUTO);
        RuntimeChoice runtime = written == RuntimeChoice.AUTO && block.has("url") ? RuntimeChoice.EXTERNAL : written;
        refuseMixtures(block, runtime);
        boolean ownBinaries = block.has("binaries");
        String version = block.get("version")
                .map(word -> version(word, ownBinaries, runtime))
                .orElse(runtime == RuntimeChoice.EXTERNAL ? "" : DEFAULT_VERSION);
        Map<String, String> settings = new LinkedHashMap<>();
        String advice = "write e.g. { work_mem: 64MB }";
        block.get("settings").ifPresent(map -> {
            for (Value.Named setting : map.named(advice)) {
                settings.put(setting.name(), setting.value().text("write the setting's value"));
            }
        });
        Optional<ExternalSpec> external = ExternalReader.read(block, folder);
        Replication replication = runtime == RuntimeChoice.EXTERNAL
                ? external.map(EnvironmentReader::replication).orElse(Replication.NONE)
                : replication(block);
        refuseSettingsOfReplication(block, replication);
        return new EnvironmentSpec(
                engine,
                version,
                runtime,
                settings,
                binaries,
                containers(block),
                replication,
                disk(block, replication, folder),
                external,
                PoolerReader.read(block, runtime));
    }

    /** Of its commits nobody here says what they wait for. */
    private static Replication replication(ExternalSpec external) {
        return external.replicas().isEmpty()
                ? Replication.NONE
                : new Replication(external.replicas().size(), Synchrony.ASYNCHRONOUS);
    }

    static boolean isList(Value value) {
        return value.node() instanceof YamlNode.Sequence;
    }

    private static Optional<Path> disk(Block block, Replication replication, Path folder) {
        Optional<Value> disk = block.get("disk");
        if (replication.replicas() > 0) {
            disk.ifPresent(
                    value -> value.problem(
                            "is for a primary that is alone, because what fills it would fill up its replicas, too; remove it, or the replicas"));
        }
        return disk.flatMap(
                path -> Paths.resolve(folder, path.text("name a directory on a file system of its own"), path));
    }

    private static Replication replication(Block block) {
        int replicas = block.whole("replicas", 0, Replication.MOST, 0);
        Synchrony synchrony = block.get("synchronous")
                .flatMap(word -> word.word(SYNCHRONIES, List.of()))
                .orElse(Synchrony.ASYNCHRONOUS);
        if (synchrony != Synchrony.ASYNCHRONOUS
                && replicas == 0
                && !block.value().problems().anyWithin(block.value().child("replicas"))) {
            block.get("synchronous")
                    .orElseThrow()
                    .problem(
                            "there is no replica that a commit could wait for; write replicas: 1, or synchronous: false");
        }
        return new Replication(replicas, synchrony);
    }

    /** What this says with words of its own is not to be said twice, nor to be made impossible. */
    private static void refuseSettingsOfReplication(Block block, Replication replication) {
        if (replication.replicas() == 0) {
            return;
        }
        List<Value.Named> settings = block.get("settings")
                .filter(value -> value.node() instanceof YamlNode.Mapping)
                .map(value -> value.named(""))
                .orElse(List.of());
        for (Value.Named setting : settings) {
            String name = setting.name().toLowerCase(Locale.ROOT);
            if (name.equals("synchronous_commit") && replication.synchrony() != Synchrony.ASYNCHRONOUS) {
                setting.value().problem("is what environment.synchronous says; remove one of them");
            } else if (SETTINGS_OF_REPLICATION.contains(name)) {
                setting.value().problem("is for the harness to set where there are replicas; remove it");
            }
        }
    }

    /** Keys of one runtime beside keys of another: whichever was meant, the other would be ignored in silence. */
    private static void refuseMixtures(Block block, RuntimeChoice runtime) {
        if (runtime == RuntimeChoice.EXTERNAL) {
            block.require("url", "write e.g. url: jdbc:postgresql://staging.example/shop");
            for (String key : OF_OWN_SERVERS) {
                block.get(key)
                        .ifPresent(value ->
                                value.problem("is for servers of the harness's own, not for one at a url; remove it"));
            }
            block.get("replicas")
                    .filter(value -> !isList(value))
                    .ifPresent(
                            value -> value.problem("a number is for servers of the harness's own; name the replicas of"
                                    + " the server at the url, e.g. replicas: [ jdbc:postgresql://replica.example/shop ], or remove"
                                    + " it"));
            return;
        }
        block.get("url")
                .ifPresent(value -> value.problem("is for runtime: external; remove it, or write runtime: external"));
        for (String key : List.of("image", "proxyImage", "resources")) {
            block.get(key).ifPresent(value -> {
                if (runtime == RuntimeChoice.LOCAL) {
                    value.problem("is for containers; remove it, or write runtime: containers");
                } else if (block.has("binaries")) {
                    value.problem("is for containers, and binaries are for the local runtime; remove one of them");
                }
            });
        }
        if (runtime == RuntimeChoice.CONTAINERS) {
            block.get("binaries")
                    .ifPresent(value -> value.problem(
                            "is for the local runtime; remove it, name an image instead, or write runtime: local"));
        }
    }

    private static String version(Value value, boolean ownBinaries, RuntimeChoice runtime) {
        String version = value.text(text -> text.matches("[1-9][0-9](\\.[0-9]{1,2})?"), "a version such as \"18\"");
        if (!version.matches("[1-9][0-9](\\.[0-9]{1,2})?")) {
            return version;
        }
        if (runtime == RuntimeChoice.LOCAL && !ownBinaries) {
            if (!version.equals(DEFAULT_VERSION)) {
                value.problem("must be " + DEFAULT_VERSION + ", the version that comes with the harness, got "
                        + value.shown()
                        + "; for another, name its folder in environment.binaries, or write runtime: containers");
            }
            return version;
        }
        int major = Integer.parseInt(version.substring(0, 2));
        if (major < OLDEST_VERSION) {
            value.problem("must be at least " + OLDEST_VERSION + ", got " + value.shown()
                    + "; the log and the catalogs of older servers are not what the instruments read");
        }
        return version;
    }

    private static ContainerSpec containers(Block block) {
        Optional<Block> resources =
                block.get("resources").map(value -> value.block(RESOURCE_KEYS, "write e.g. { cpus: 2, memory: 2g }"));
        return new ContainerSpec(
                image(block, "image", "postgres:18"),
                image(block, "proxyImage", "ghcr.io/shopify/toxiproxy:2.12.0"),
                resources
                        .flatMap(found -> found.get("cpus"))
                        .map(value -> OptionalDouble.of(value.number(0.01, true, 1024, 1)))
                        .orElse(OptionalDouble.empty()),
                resources
                        .flatMap(found -> found.get("memory"))
                        .map(EnvironmentReader::memory)
                        .orElse(OptionalLong.empty()));
    }

    private static Optional<String> image(Block block, String key, String example) {
        return block.get(key).map(value -> value.text(EnvironmentReader::isImage, "an image such as " + example));
    }

    static boolean isImage(String text) {
        return text.matches("[A-Za-z0-9][A-Za-z0-9._:/@-]*");
    }

    private static OptionalLong memory(Value value) {
        Optional<BigDecimal> bytes = value.scalar().flatMap(Quantity::parse).flatMap(Quantity::bytes);
        if (bytes.isEmpty()) {
            value.problem("must be an amount of memory, got " + value.shown() + "; write e.g. 2g or 512m");
            return OptionalLong.empty();
        }
        if (bytes.get().compareTo(BigDecimal.valueOf(LEAST_MEMORY)) < 0
                || bytes.get().compareTo(BigDecimal.valueOf(1L << 50)) > 0) {
            value.problem("must be from " + Quantity.writeBytes(LEAST_MEMORY) + " to " + (1 << 20) + "g, got "
                    + value.shown());
            return OptionalLong.empty();
        }
        return OptionalLong.of(bytes.get().longValue());
    }
}
