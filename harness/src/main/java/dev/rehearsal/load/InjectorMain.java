package dev.rehearsal.load;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * The injector process's entry. Standard output carries frames, so whatever libraries print goes to standard error, of which the harness keeps the
 * end.
 */
public final class InjectorMain {
    private InjectorMain() {}

    public static void main(String[] arguments) {
        System.setOut(System.err);
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
