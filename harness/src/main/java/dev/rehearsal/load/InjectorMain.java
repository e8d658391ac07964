package dev.rehearsal.load;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * The injector process's entry. Standard output carries frames, so whatever libraries print goes to standard error, of which the harness keeps the
 * end.
 */
public final class InjectorMain {
    /** To load and run what can be without a plan, and to end as a JVM ends that writes a start-up cache. */
    static final String TRAIN = "--train";

    /** To write a start-up cache to the path that follows. */
    private static final String MAKE_CACHE = "--make-cache";

    private InjectorMain() {}

    /** @param arguments none, {@value #TRAIN}, or {@value #MAKE_CACHE} and a path */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        System.setOut(System.err);
        if (List.of(arguments).contains(TRAIN)) {
            GatlingEngine.warmUp();
            System.exit(0);
        }
        if (arguments.length == 2 && arguments[0].equals(MAKE_CACHE)) {
            System.exit(StartUpCache.make(Path.of(arguments[1])));
        }
        inject();
    }

    private static void inject() {
        FrameWriter frames = new FrameWriter(
                new FileOutputStream(FileDescriptor.out),
                () -> Runtime.getRuntime().halt(0));
        frames.start();
        int status = 0;
        try {
            new Injector(
                            new BufferedReader(new InputStreamReader(
                                    new FileInputStream(FileDescriptor.in), StandardCharsets.UTF_8)),
                            frames)
                    .run();
            frames.close();
        } catch (Exception e) {
            e.printStackTrace();
            status = 70;
        }
        // Requests that are parked or abandoned, Gatling's threads and the pools' end here.
        System.err.flush();
        Runtime.getRuntime().halt(status);
    }
}
