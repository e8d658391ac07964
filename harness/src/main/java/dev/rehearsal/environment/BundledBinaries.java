package dev.rehearsal.environment;

import dev.rehearsal.dataset.DirectoryTree;
import dev.rehearsal.scenario.EnvironmentException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The PostgreSQL that comes with the harness: a {@code .txz} on the class path, unpacked once a user.
 *
 * <pre>
 * CACHE/postgres/18.6-linux-x86_64-5d0c1a3f/{bin,lib,share}       the last part is the archive's CRC
 * </pre>
 */
final class BundledBinaries {
    private final Path home;
    private final RunningRegistry registry;

    BundledBinaries(Path cache, RunningRegistry registry) {
        this.home = cache.resolve("postgres");
        this.registry = registry;
    }

    PostgresBinaries obtain() throws EnvironmentException {
        URL archive = BundledBinaries.class.getResource("/" + archiveName());
        if (archive == null) {
            throw new EnvironmentException(
                    "no PostgreSQL for " + platform() + " comes with this build of the harness",
                    "Install PostgreSQL 18 and name its programs' directory in the scenario: environment: { binaries:"
                            + " /path/to/bin }.");
        }
        return obtain(archive);
    }

    /** @param archive for this platform, in a jar */
    PostgresBinaries obtain(URL archive) throws EnvironmentException {
        try {
            String suffix = "-" + platform() + "-" + crcOf(archive);
            Files.createDirectories(home);
            Optional<PostgresBinaries> unpacked = find(suffix);
            return unpacked.isPresent() ? unpacked.get() : unpack(archive, suffix);
        } catch (IOException e) {
            throw new EnvironmentException(
                    "PostgreSQL could not be unpacked to " + home + ": " + reason(e),
                    "Make the directory writable, with 100 MB free, on a file system that allows programs to run.",
                    e);
        }
    }

    private Optional<PostgresBinaries> find(String suffix) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(home, "[0-9]*" + suffix)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                return Optional.of(new PostgresBinaries(
                        entry.resolve("bin").toAbsolutePath(), name.substring(0, name.length() - suffix.length())));
            }
        }
        return Optional.empty();
    }

    /** Into a directory of its own, then moved in one piece: what is found is always complete. */
    private PostgresBinaries unpack(URL archive, String suffix) throws IOException, EnvironmentException {
        Path fresh = home.resolve(".unpacking-" + UUID.randomUUID());
        try (RunningRegistry.Entry entry = registry.temporaryDirectory(fresh)) {
            extract(archive, fresh);
            String version = PostgresBinaries.versionOf(fresh.resolve("bin").resolve("postgres"));
            Path target = home.resolve(version + suffix);
            try {
                Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileSystemException e) {
                if (!Files.isDirectory(target)) {
                    throw e;
                }
                // Another run was faster: what it made is as good.
            }
            return new PostgresBinaries(target.resolve("bin").toAbsolutePath(), version);
        } finally {
            DirectoryTree.delete(fresh);
        }
    }

    private static void extract(URL archive, Path target) throws IOException {
        try (InputStream raw = archive.openStream();
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(raw, 1 << 16)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = target.resolve(entry.getName()).normalize();
                if (!path.startsWith(target)) {
                    throw new IOException("the archive names a path outside itself: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                    continue;
                }
                Files.createDirectories(path.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(tar, path);
                    boolean program = (entry.getMode() & 0100) != 0;
                    Files.setPosixFilePermissions(
                            path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
    }

    /** Tells one archive from another without reading it: the jar's directory knows. */
    private static String crcOf(URL archive) throws IOException {
        if (archive.openConnection() instanceof JarURLConnection jar) {
            jar.setUseCaches(false);
            try (java.util.jar.JarFile file = jar.getJarFile()) {
                return String.format(
                        Locale.ROOT,
                        "%08x",
                        file.getJarEntry(jar.getEntryName()).getCrc());
            }
        }
        throw new IOException(archive + " is not in a jar");
    }

    static String archiveName() {
        return "postgres-" + platform() + ".txz";
    }

    private static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac") ? "darwin" : "linux";
        String machine = switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm_64";
            case String other -> other;
        };
        return system + "-" + machine;
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName() + ": " + e.getMessage();
    }
}
