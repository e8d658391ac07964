package dev.rehearsal.dataset;

import java.nio.file.Path;

/** Another process: holds the lock named on its command line until its input ends. */
final class LockHolder {
    private LockHolder() {}

    public static void main(String[] arguments) throws Exception {
        try (SnapshotLock lock = SnapshotLock.take(Path.of(arguments[0]))) {
            System.out.write('L');
            System.out.flush();
            System.in.readAllBytes();
        }
    }
}
