package dev.rehearsal.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;

/** Another process: holds the lock, or the use, named on its command line until its input ends. */
final class LockHolder {
    private LockHolder() {}

    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[1]);
        try (AutoCloseable held =
                arguments[0].equals("use") ? SnapshotUse.begin(file).orElseThrow() : SnapshotLock.take(file)) {
            System.out.write('L');
            System.out.flush();
            System.in.readAllBytes();
        }
    }

    /** The process, once it has the lock. */
    static Process start(Path file) throws IOException {
        return start("lock", file);
    }

    /** The process, once it uses the snapshot. */
    static Process startShared(Path file) throws IOException {
        return start("use", file);
    }

    private static Process start(String kind, Path file) throws IOException {
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LockHolder.class.getName(),
                        kind,
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(other.getInputStream().read()).as("the other process has it").isEqualTo('L');
        return other;
    }
}
