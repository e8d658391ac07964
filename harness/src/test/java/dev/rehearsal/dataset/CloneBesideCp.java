package dev.rehearsal.dataset;

import dev.rehearsal.environment.TestCluster;
import dev.rehearsal.scenario.DatasetLoader;
import dev.rehearsal.scenario.DatasetSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * How long a clone of a snapshot takes beside {@code cp -a} of its stopped data directory, in turns. No test of the build: {@code
 * harness/benchmarks/clone-beside-cp} runs it.
 *
 * <pre>
 * method            snapshot      clone s     cp -a s     clone/cp
 * </pre>
 *
 * Properties: {@code directory} on the file system to measure, {@code scale} of the shop (4 has about 2 GB), {@code rounds} (5).
 */
class CloneBesideCp {
    private static final int ROUNDS = Integer.getInteger("rounds", 5);
    private static final double SCALE = Double.parseDouble(System.getProperty("scale", "4"));

    @Test
    void compare() throws Exception {
        Path parent = Path.of(System.getProperty("directory", System.getProperty("java.io.tmpdir")));
        Path directory = Files.createTempDirectory(parent, "clone-beside-cp-");
        Path shop = Path.of(System.getProperty("rehearsal.home"), "datasets", "catalog", "shop");
        DatasetSpec spec = new DatasetSpec(DatasetLoader.load(shop), SCALE, Map.of());
        try (SnapshotStore store = new SnapshotStore(directory.resolve("cache"), TestCluster.servers())) {
            Snapshot snapshot = store.obtain(spec, 42, BuildProgress.SILENT);
            Path source = snapshot.dataDirectory();
            System.out.println("method            snapshot      clone s     cp -a s     clone/cp");
            List<double[]> pairs = new ArrayList<>();
            String method = "";
            for (int round = 0; round < ROUNDS; round++) {
                Path clone = directory.resolve("clone");
                Path copy = directory.resolve("copy");
                boolean cloneFirst = round % 2 == 0;
                double copied = cloneFirst ? 0 : copy(source, copy);
                Cloner.Clone made = Cloner.between(source, directory).copy(source, clone);
                DirectoryTree.sync(clone);
                copied = cloneFirst ? copy(source, copy) : copied;
                DirectoryTree.delete(clone);
                DirectoryTree.delete(copy);
                method = made.method();
                pairs.add(new double[] {made.seconds(), copied});
                System.out.println(line(method, snapshot.bytes(), made.seconds(), copied));
            }
            System.out.println(line("median", snapshot.bytes(), median(pairs, 0), median(pairs, 1)));
        } finally {
            DirectoryTree.delete(directory);
        }
    }

    /** With nothing of what was written before still on its way to the disk. */
    private static double copy(Path source, Path target) throws Exception {
        long start = System.nanoTime();
        int exit = new ProcessBuilder("cp", "-a", "--reflink=never", source.toString(), target.toString())
                .inheritIO()
                .start()
                .waitFor();
        double seconds = (System.nanoTime() - start) / 1e9;
        if (exit != 0) {
            throw new IllegalStateException("cp ended with exit code " + exit);
        }
        DirectoryTree.sync(target);
        return seconds;
    }

    private static double median(List<double[]> pairs, int which) {
        double[] values = pairs.stream().mapToDouble(pair -> pair[which]).toArray();
        Arrays.sort(values);
        return values[values.length / 2];
    }

    private static String line(String what, long bytes, double clone, double copy) {
        return String.format(
                Locale.ROOT, "%-15s %,7d MB %12.2f %11.2f %12.2f", what, bytes >> 20, clone, copy, clone / copy);
    }
}
