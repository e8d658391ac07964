package dev.rehearsal.rehearsal;

import dev.rehearsal.load.Load;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Injectors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The loads of a rehearsal's databases, one each, so that what one database does to its users is nobody else's. Closed in reverse order. */
final class Loads implements AutoCloseable {
    private final List<Load> loads = new ArrayList<>();

    private Loads() {}

    /**
     * Starts all of them, which get themselves ready meanwhile; does not wait.
     *
     * @param injectors of each
     */
    static Loads launched(int count, Injectors injectors, List<Path> simulations) throws EnvironmentException {
        Loads loads = new Loads();
        boolean complete = false;
        try {
            for (int i = 0; i < count; i++) {
                loads.loads.add(Load.launch(injectors, simulations));
            }
            complete = true;
            return loads;
        } finally {
            if (!complete) {
                loads.close();
            }
        }
    }

    List<Load> all() {
        return List.copyOf(loads);
    }

    @Override
    public void close() {
        loads.reversed().forEach(Load::close);
    }
}
