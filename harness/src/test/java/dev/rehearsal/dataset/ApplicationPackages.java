package dev.rehearsal.dataset;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The packages that real applications are distributed in, downloaded when a test needs them and kept between builds. Nothing of theirs is kept in this project. */
public final class ApplicationPackages {
    private static final Path PACKAGES = Path.of("target", "applications").toAbsolutePath();

    private final Path folder;

    /** @param folder for what is unpacked */
    public ApplicationPackages(Path folder) {
        this.folder = folder;
    }

    /**
     * DSpace's scripts for Flyway, with what its migrations in Java do to the schema between those in SQL; the workflow that one of them sets up is left
     * out.
     */
    public Path dspaceScripts() throws Exception {
        Path scripts = maven("org.dspace:dspace-api:9.2", "org/dspace/storage/rdbms/sqlmigration/postgres/")
                .resolve("org/dspace/storage/rdbms/sqlmigration/postgres");
        Files.delete(scripts.resolve("V7.0_2019.05.02__DS-4239-workflow-xml-migration.sql"));
        StringBuilder drops = new StringBuilder();
        for (String table :
                List.of("eperson", "epersongroup", "community", "collection", "item", "bundle", "bitstream")) {
            drops.append("alter table %1$s drop constraint %1$s_pkey cascade;\n".formatted(table));
        }
        Files.writeString(scripts.resolve("V6.0_2015.03.06__Primary_keys.sql"), drops);
        return scripts;
    }

    /** What Keycloak's change logs are relative to; without the changes that move data by its own classes, which are not here. */
    public Path keycloakChangeLogs() throws Exception {
        Path unpacked = maven("org.keycloak:keycloak-model-jpa:26.7.3", "META-INF/");
        try (Stream<Path> logs = Files.list(unpacked.resolve("META-INF"))) {
            for (Path log :
                    logs.filter(file -> file.toString().endsWith(".xml")).toList()) {
                Files.writeString(
                        log,
                        Files.readString(log).replaceAll("(?s)<customChange\\b[^>]*?(/>|>.*?</customChange>)", ""));
            }
        }
        return unpacked;
    }

    /** The entries of a package of Maven's that begin with a prefix. */
    public Path maven(String artifact, String prefix) throws Exception {
        String name = artifact.split(":", -1)[1];
        Path to = Files.createDirectories(folder.resolve(name));
        try (ZipFile zip = new ZipFile(jar(artifact, name + ".jar").toFile())) {
            for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                if (!entry.isDirectory() && entry.getName().startsWith(prefix)) {
                    Path file = to.resolve(entry.getName()).normalize();
                    Files.createDirectories(file.getParent());
                    try (InputStream in = zip.getInputStream(entry)) {
                        Files.copy(in, file);
                    }
                }
            }
        }
        return to;
    }

    /**
     * A jar alone, kept between builds. By the plugin's old version, because newer ones want the parents of its description too, which not every registry
     * has; and not by the build, which needs none of them.
     */
    private static Path jar(String artifact, String file) throws Exception {
        Path jar = Files.createDirectories(PACKAGES).resolve(file);
        if (!Files.exists(jar)) {
            assumeTrue(isOnPath("mvn"), "no mvn, which " + artifact + " is downloaded with");
            run(
                    PACKAGES,
                    "mvn",
                    "-B",
                    "org.apache.maven.plugins:maven-dependency-plugin:2.8:get",
                    "-Dtransitive=false",
                    "-Dartifact=" + artifact,
                    "-Ddest=" + jar);
        }
        return jar;
    }

    /** A package of Debian's, unpacked and not installed. */
    public Path debian(String name) throws Exception {
        assumeTrue(isOnPath("apt-get") && isOnPath("dpkg-deb"), "no apt-get, which " + name + " is downloaded with");
        Path packages = Files.createDirectories(PACKAGES.resolve("debian"));
        if (found(packages, name).isEmpty()) {
            run(packages, "apt-get", "download", name);
        }
        Path to = folder.resolve(name);
        run(folder, "dpkg-deb", "-x", found(packages, name).getFirst().toString(), to.toString());
        return to;
    }

    private static List<Path> found(Path packages, String name) throws IOException {
        try (Stream<Path> files = Files.list(packages)) {
            return files.filter(file -> file.getFileName().toString().startsWith(name + "_")
                            && file.toString().endsWith(".deb"))
                    .toList();
        }
    }

    public static boolean isOnPath(String program) {
        return Stream.of(System.getenv("PATH").split(java.io.File.pathSeparator, -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** Runs a program to its end; one that fails fails the test, with its output. */
    static void run(Path folder, String... command) throws Exception {
        Path log = Files.createTempFile("application", ".log");
        try {
            Process process = new ProcessBuilder(new ArrayList<>(List.of(command)))
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new AssertionError(String.join(" ", command) + " failed:\n" + Files.readString(log));
            }
        } finally {
            Files.delete(log);
        }
    }
}
