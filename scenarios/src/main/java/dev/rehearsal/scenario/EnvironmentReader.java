package dev.rehearsal.scenario;

import dev.rehearsal.scenario.EnvironmentSpec.Engine;
import dev.rehearsal.scenario.EnvironmentSpec.RuntimeChoice;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code environment}. */
final class EnvironmentReader {
    static final String DEFAULT_VERSION = "18";

    private static final Keys KEYS = Keys.of("engine", "version", "runtime", "settings", "binaries")
            .later("replicas", "synchronous", "image", "url", "resources", "host");
    private static final Map<String, RuntimeChoice> RUNTIMES = new LinkedHashMap<>();

    static {
        RUNTIMES.put("auto", RuntimeChoice.AUTO);
        RUNTIMES.put("local", RuntimeChoice.LOCAL);
    }

    private EnvironmentReader() {}

    static EnvironmentSpec absent() {
        return new EnvironmentSpec(Engine.POSTGRESQL, DEFAULT_VERSION, RuntimeChoice.AUTO, Map.of(), Optional.empty());
    }

    static EnvironmentSpec read(Value value, Path folder) {
        Block block = value.block(KEYS, "write e.g. { version: \"18\" }");
        Engine engine = block.get("engine")
                .flatMap(word -> word.word(Map.of("postgresql", Engine.POSTGRESQL), List.of("mariadb", "mysql")))
                .orElse(Engine.POSTGRESQL);
        Optional<Path> binaries = block.get("binaries")
                .flatMap(path -> Paths.resolve(folder, path.text("name the folder that holds initdb"), path));
        String version = block.get("version")
                .map(word -> version(word, binaries.isPresent()))
                .orElse(DEFAULT_VERSION);
        RuntimeChoice runtime = block.get("runtime")
                .flatMap(word -> word.word(RUNTIMES, List.of("containers", "external")))
                .orElse(RuntimeChoice.AUTO);
        Map<String, String> settings = new LinkedHashMap<>();
        String advice = "write e.g. { work_mem: 64MB }";
        block.get("settings").ifPresent(map -> {
            for (Value.Named setting : map.named(advice)) {
                settings.put(setting.name(), setting.value().text("write the setting's value"));
            }
        });
        return new EnvironmentSpec(engine, version, runtime, settings, binaries);
    }

    private static String version(Value value, boolean ownBinaries) {
        String version = value.text(text -> text.matches("[1-9][0-9](\\.[0-9]{1,2})?"), "a version such as \"18\"");
        if (!ownBinaries && version.matches("[0-9.]+") && !version.equals(DEFAULT_VERSION)) {
            value.problem("must be " + DEFAULT_VERSION + ", the version that comes with the harness, got "
                    + value.shown() + "; for another, name its folder in environment.binaries");
        }
        return version;
    }
}
