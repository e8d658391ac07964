package dev.rehearsal.dataset;

import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Copies every byte, largest files first, in a few threads; the kernel moves the bytes. */
public record CopyCloner() implements Cloner {
    /** More streams than this do not make a disk faster. */
    private static final int MOST_THREADS = 4;

    /**
     * Within one file system of Linux the JDK (21 and newer) has the kernel copy by {@code copy_file_range}, which some network file systems do on their
     * server; from one to another the bytes pass through memory.
     */
    private static String method(Path source, Path target) throws IOException {
        boolean linux = System.getProperty("os.name").equals("Linux");
        boolean same = Files.getAttribute(source, "unix:dev").equals(Files.getAttribute(target, "unix:dev"));
        return linux && same ? "copy_file_range" : "copy";
    }

    @Override
    public Clone copyWithLinks(Path source, Path target) throws EnvironmentException, InterruptedException {
        requireAbsent(target);
        long start = System.nanoTime();
        try {
            List<Path> directories = new ArrayList<>();
            Queue<Path> files = new ConcurrentLinkedQueue<>(makeDirectories(source, target, directories));
            copyFiles(files, source, target);
            // Last, because a file made in a directory would touch it again; inner ones first for the same reason.
            for (Path directory : directories.reversed()) {
                copyAttributes(directory, target.resolve(source.relativize(directory)));
            }
            return new Clone(target, method(source, target), (System.nanoTime() - start) / 1e9);
        } catch (IOException failure) {
            DirectoryTree.discard(target);
            throw failed(source, target, failure);
        } catch (InterruptedException interrupted) {
            DirectoryTree.discard(target);
            throw interrupted;
        }
    }

    /** What is there already is not ours: neither to mix with, nor to remove when cloning fails. */
    static void requireAbsent(Path target) throws EnvironmentException {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new EnvironmentException(
                    "cannot clone a data directory to " + target + ": it exists", "remove it, or choose another place");
        }
    }

    static EnvironmentException failed(Path source, Path target, IOException failure) {
        return new EnvironmentException(
                "cannot clone " + source + " to " + target + ": " + failure,
                "free some space there (harness clean lists what the cache holds), or run from a directory on another disk",
                failure);
    }

    /** Makes the tree without its files. Returns the files, largest first; {@code directories} gets the source's, outer ones first. */
    private static List<Path> makeDirectories(Path source, Path target, List<Path> directories) throws IOException {
        record Sized(Path file, long bytes) {}
        List<Sized> files = new ArrayList<>();
        Files.walkFileTree(source, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Files.createDirectory(target.resolve(source.relativize(directory)));
                directories.add(directory);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                files.add(new Sized(file, attributes.size()));
                return FileVisitResult.CONTINUE;
            }
        });
        return files.stream()
                .sorted(Comparator.comparingLong(Sized::bytes).reversed())
                .map(Sized::file)
                .toList();
    }

    private static void copyFiles(Queue<Path> files, Path source, Path target)
            throws IOException, InterruptedException {
        int threads = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MOST_THREADS);
        ExecutorService copiers = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().name("clone-", 0).factory());
        try {
            Callable<@Nullable Void> copying = () -> {
                for (Path file = files.poll(); file != null; file = files.poll()) {
                    Files.copy(
                            file,
                            target.resolve(source.relativize(file)),
                            StandardCopyOption.COPY_ATTRIBUTES,
                            LinkOption.NOFOLLOW_LINKS);
                }
                return null;
            };
            List<Future<@Nullable Void>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(copiers.submit(copying));
            }
            for (Future<@Nullable Void> one : running) {
                one.get();
            }
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof IOException cause ? cause : new IOException(failure.getCause());
        } finally {
            files.clear();
            copiers.shutdownNow();
            copiers.close();
        }
    }

    private static void copyAttributes(Path from, Path to) throws IOException {
        Object owner = Files.getAttribute(from, "unix:uid");
        if (!owner.equals(Files.getAttribute(to, "unix:uid"))) {
            Files.setAttribute(to, "unix:uid", owner);
            Files.setAttribute(to, "unix:gid", Files.getAttribute(from, "unix:gid"));
        }
        Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(from));
    }
}
