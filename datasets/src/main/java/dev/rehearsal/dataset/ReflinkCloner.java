package dev.rehearsal.dataset;

import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Shares the blocks until one side writes (XFS, Btrfs, bcachefs): about 0.1 s at any size. */
public record ReflinkCloner() implements Cloner {
    @Override
    public Clone copyWithLinks(Path source, Path target) throws EnvironmentException, InterruptedException {
        CopyCloner.requireAbsent(target);
        long start = System.nanoTime();
        try {
            String trouble = reflink(source, target);
            if (!trouble.isEmpty()) {
                throw new IOException(trouble);
            }
            return new Clone(target, "reflink", (System.nanoTime() - start) / 1e9);
        } catch (IOException failure) {
            DirectoryTree.discard(target);
            throw CopyCloner.failed(source, target, failure);
        } catch (InterruptedException interrupted) {
            DirectoryTree.discard(target);
            throw interrupted;
        }
    }

    /** Whether a file of {@code source}'s file system can be shared with one in {@code targetParent}. */
    static boolean works(Path source, Path targetParent) throws IOException, InterruptedException {
        if (!Files.isExecutable(Path.of("/bin/cp"))) {
            return false;
        }
        Path sample = source.resolve("PG_VERSION");
        if (!Files.isRegularFile(sample)) {
            return false;
        }
        Path directory = Files.createTempDirectory(targetParent, ".reflink-probe-");
        try {
            return reflink(sample, directory.resolve("probe")).isEmpty();
        } finally {
            DirectoryTree.discard(directory);
        }
    }

    /** The last thing {@code cp} complained about; empty when it worked. */
    private static String reflink(Path source, Path target) throws IOException, InterruptedException {
        Process copying = new ProcessBuilder(
                        "/bin/cp", "--reflink=always", "-a", "--", source.toString(), target.toString())
                .redirectErrorStream(true)
                .start();
        try {
            copying.getOutputStream().close();
            String output = new String(copying.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            int exit = copying.waitFor();
            if (exit == 0) {
                return "";
            }
            return output.isEmpty()
                    ? "cp ended with exit code " + exit
                    : output.substring(output.lastIndexOf('\n') + 1);
        } finally {
            copying.destroyForcibly();
        }
    }
}
