package dev.rehearsal.load;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** An injector, seen from the harness: lines go to it, frames come from it. Safe for use by several threads. */
sealed interface InjectorLink extends AutoCloseable permits InjectorProcess, ConnectedInjector {
    Slice slice();

    /** Such as {@code process 4711 of this machine}. */
    String place();

    /** Of this machine; empty if it is somewhere else. */
    OptionalLong processId();

    /** Whether its clock is the harness's: {@code System.nanoTime()} reads the machine's since its start, in every process. */
    boolean sharesClock();

    /** Of the harness's URL of a database, the one by which the injector reaches it. */
    String way(String jdbcUrl);

    /** Of the harness's URL of a server that others run, those by which the injector may reach it: to be tried in this order. */
    List<String> ways(String jdbcUrl);

    DataInputStream frames();

    /** Sends one line. */
    void command(String line) throws IOException;

    /**
     * How it ended, a sentence; waits for that. Only after its frames have ended.
     *
     * @param trouble why they could not be read any more; empty if they just ended
     */
    String obituary(Optional<String> trouble) throws InterruptedException;

    /** Ends it, whatever it is doing, as far as that can be done from here. */
    @Override
    void close();
}
