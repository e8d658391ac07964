package dev.rehearsal.load;

import dev.rehearsal.scenario.EnvironmentException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Processes that the harness itself has started, on its own machine. */
record StartedInjectors(List<InjectorLink> all) implements InjectorSource {
    StartedInjectors {
        all = List.copyOf(all);
    }

    /** @param simulations behind the harness's own class path */
    static StartedInjectors of(int count, List<Path> simulations) throws EnvironmentException {
        List<InjectorLink> started = new ArrayList<>();
        try {
            for (Slice slice : Slice.all(count)) {
                started.add(InjectorProcess.start(slice, simulations));
            }
        } catch (EnvironmentException e) {
            started.reversed().forEach(InjectorLink::close);
            throw e;
        }
        return new StartedInjectors(started);
    }

    @Override
    public List<Long> processIds() {
        return all.stream()
                .flatMapToLong(injector -> injector.processId().stream())
                .boxed()
                .toList();
    }

    @Override
    public void close() {
        all.reversed().forEach(InjectorLink::close);
    }
}
