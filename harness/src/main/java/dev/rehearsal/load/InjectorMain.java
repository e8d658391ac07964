package dev.rehearsal.load;

import dev.rehearsal.scenario.EnvironmentException;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The injector process's entry. Standard output carries frames, so whatever libraries print goes to standard error, of which the harness keeps the
 * end.
 */
public final class InjectorMain {
    /** To load and run what can be without a plan, and to end as a JVM ends that writes a start-up cache. */
    static final String TRAIN = "--train";

    /** To write a start-up cache to the path that follows. */
    private static final String MAKE_CACHE = "--make-cache";

    /** To call a harness at the address that follows, for a slice, for so many milliseconds. */
    static final String CALL = "--call";

    private static final int FAILED = 70;
    private static final int NO_ENVIRONMENT = 3;

    private InjectorMain() {}

    /** @param arguments none, {@value #TRAIN}, {@value #CALL} and what follows it, or {@value #MAKE_CACHE} and a path */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        System.setOut(System.err);
        if (List.of(arguments).contains(TRAIN)) {
            GatlingEngine.warmUp();
            System.exit(0);
        }
        if (arguments.length == 2 && arguments[0].equals(MAKE_CACHE)) {
            System.exit(StartUpCache.make(Path.of(arguments[1])));
        }
        if (arguments.length == 4 && arguments[0].equals(CALL)) {
            call(arguments[1], Integer.parseInt(arguments[2]), Duration.ofMillis(Long.parseLong(arguments[3])));
        }
        inject();
    }

    private static void call(String harness, int slice, Duration within) {
        Thread.ofPlatform().name("who started us").daemon().start(InjectorMain::endWithParent);
        int status = 0;
        try {
            CalledInjector.run(HarnessAddress.of(harness), slice, within, System.getenv(), () -> end(NO_ENVIRONMENT));
        } catch (EnvironmentException e) {
            System.err.println("harness: " + e.getMessage());
            System.err.println("         " + e.remedy());
            status = NO_ENVIRONMENT;
        } catch (Exception e) {
            e.printStackTrace();
            status = FAILED;
        }
        end(status);
    }

    /** Whoever started this process holds the other end of its standard input. */
    private static void endWithParent() {
        try (InputStream in = new FileInputStream(FileDescriptor.in)) {
            while (in.read() >= 0) {
                // Nothing is expected but its end.
            }
        } catch (IOException e) {
            // The end too.
        }
        end(NO_ENVIRONMENT);
    }

    /** Requests that are parked or abandoned, Gatling's threads and the pools' end here. */
    private static void end(int status) {
        System.err.flush();
        Runtime.getRuntime().halt(status);
    }

    private static void inject() {
        FrameWriter frames = new FrameWriter(
                new FileOutputStream(FileDescriptor.out),
                () -> Runtime.getRuntime().halt(0));
        frames.start();
        int status = 0;
        BufferedReader lines = new BufferedReader(
                new InputStreamReader(new FileInputStream(FileDescriptor.in), StandardCharsets.UTF_8));
        try {
            // Who started this process knows why it hung up.
            Optional<EnvironmentException> end =
                    new Injector(() -> Optional.ofNullable(lines.readLine()), frames).run();
            status = end.isPresent() ? NO_ENVIRONMENT : 0;
            frames.close();
        } catch (Exception e) {
            e.printStackTrace();
            status = FAILED;
        }
        end(status);
    }
}
