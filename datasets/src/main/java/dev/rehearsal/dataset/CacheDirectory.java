package dev.rehearsal.dataset;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where this user's snapshots live, on any number of runs.
 *
 * <p>{@code HARNESS_CACHE} if set, else {@code $XDG_CACHE_HOME/rehearsal-harness}, else {@code ~/.cache/rehearsal-harness}.
 */
public final class CacheDirectory {
    /** The variable to set when the usual place is too small or not writable. */
    public static final String VARIABLE = "HARNESS_CACHE";

    private CacheDirectory() {}

    public static Path resolve() {
        return resolve(System.getenv(), Path.of(System.getProperty("user.home")));
    }

    static Path resolve(Map<String, String> environment, Path home) {
        String own = environment.getOrDefault(VARIABLE, "");
        if (!own.isBlank()) {
            return Path.of(own).toAbsolutePath().normalize();
        }
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        // The XDG specification wants relative paths ignored.
        Path caches = !xdg.isBlank() && Path.of(xdg).isAbsolute() ? Path.of(xdg) : home.resolve(".cache");
        return caches.resolve("rehearsal-harness").toAbsolutePath().normalize();
    }
}
