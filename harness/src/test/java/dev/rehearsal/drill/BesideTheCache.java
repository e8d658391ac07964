package dev.rehearsal.drill;

import dev.rehearsal.dataset.CacheDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/** A folder on the file system of the cache, where that was chosen: drills make dozens of clones, which cost nothing on one that has reflink. */
final class BesideTheCache implements TempDirFactory {
    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws Exception {
        String cache = System.getenv().getOrDefault(CacheDirectory.VARIABLE, "");
        return cache.isBlank()
                ? Files.createTempDirectory("drills-")
                : Files.createTempDirectory(Files.createDirectories(Path.of(cache)), "drills-");
    }
}
