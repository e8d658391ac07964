package dev.rehearsal.load;

import dev.rehearsal.dataset.RowLoader;
import dev.rehearsal.dataset.RowLoaders;
import dev.rehearsal.dataset.RowPlan;
import dev.rehearsal.dataset.RowRange;
import dev.rehearsal.dataset.RowsRefusedException;
import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The injectors of a load, before they make it: they build the dataset together. The list of ranges is here, and whoever is free gets the next one, so that a
 * slow machine holds nobody up and the rows lie nearly in their order.
 *
 * <p>One that is lost ends the build. Its ranges could be made by another, but there would be no load without it either, and a build of hours would be told so
 * at its end. For one build.
 */
public final class BuildingInjectors implements RowLoaders {
    private static final String AGAIN = "Start the rehearsal again, and its injectors: what was built is dropped.";

    private final List<InjectorLink> injectors;
    private final Map<Integer, Long> shares = new TreeMap<>();

    BuildingInjectors(List<InjectorLink> injectors) {
        this.injectors = List.copyOf(injectors);
    }

    @Override
    public int sessions() {
        return injectors.size() * RowLoader.SESSIONS;
    }

    @Override
    public void load(String jdbcUrl, RowPlan plan, List<RowRange> ranges, Loaded loaded)
            throws RowsRefusedException, EnvironmentException, InterruptedException {
        String line = plan.toLine();
        WorkList work = new WorkList(ranges, injectors.size(), loaded);
        ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofPlatform().name("slice-build-", 0).daemon().factory());
        CompletionService<@Nullable Void> builds = new ExecutorCompletionService<>(threads);
        try {
            for (InjectorLink injector : injectors) {
                builds.submit(() -> {
                    new Conversation(injector, plan, work).hold(injector.ways(jdbcUrl), line);
                    return null;
                });
            }
            for (int i = 0; i < injectors.size(); i++) {
                builds.take().get();
            }
        } catch (ExecutionException e) {
            throw thrown(e.getCause());
        } finally {
            // Threads that wait for frames end with their injectors, who end with the run.
            work.end();
            threads.shutdown();
        }
    }

    private static EnvironmentException thrown(@Nullable Throwable failure) throws RowsRefusedException {
        if (failure instanceof RowsRefusedException refused) {
            throw refused;
        }
        if (failure instanceof EnvironmentException lost) {
            return lost;
        }
        throw new IllegalStateException(failure);
    }

    /** Who has made how many rows, a sentence. */
    public synchronized String note() {
        List<String> parts = new ArrayList<>();
        for (InjectorLink injector : injectors) {
            parts.add(String.format(
                    Locale.ROOT,
                    "slice %d, %s, %,d",
                    injector.slice().number(),
                    injector.place(),
                    shares.getOrDefault(injector.slice().number(), 0L)));
        }
        return "The rows of the dataset were made by the injectors: " + String.join("; ", parts) + ".";
    }

    private synchronized void count(InjectorLink injector, long rows) {
        shares.merge(injector.slice().number(), rows, Long::sum);
    }

    /** What is left to do. Thread-safe. */
    private static final class WorkList {
        private final Deque<RowRange> left;
        private final Loaded loaded;
        private int awaited;
        private boolean ended;

        /** @param awaited how many injectors there are */
        WorkList(List<RowRange> ranges, int awaited, Loaded loaded) {
            this.left = new ArrayDeque<>(ranges);
            this.awaited = awaited;
            this.loaded = loaded;
        }

        /** One more can begin; waits until all can, so that what one of them lacks is known before the first row. */
        synchronized void awaitOthers() throws InterruptedException {
            awaited--;
            notifyAll();
            while (awaited > 0 && !ended) {
                wait();
            }
        }

        synchronized Optional<RowRange> next() {
            return ended ? Optional.empty() : Optional.ofNullable(left.poll());
        }

        synchronized void done(RowRange range, long taken) {
            if (!ended) {
                loaded.range(range, taken);
            }
        }

        /** Nothing more is handed out, and nothing more is told. */
        synchronized void end() {
            ended = true;
            notifyAll();
        }
    }

    /** With one injector, on a thread of its own. */
    private final class Conversation {
        private final InjectorLink injector;
        private final RowPlan plan;
        private final WorkList work;
        private final List<RowRange> underway = new ArrayList<>();

        Conversation(InjectorLink injector, RowPlan plan, WorkList work) {
            this.injector = injector;
            this.plan = plan;
            this.work = work;
        }

        void hold(List<String> ways, String line)
                throws RowsRefusedException, EnvironmentException, InterruptedException {
            byte[] scratch = new byte[64];
            Optional<String> trouble = Optional.empty();
            try {
                injector.command(SliceBuild.buildCommand(ways));
                injector.command(line);
                for (Optional<Frame> next = Frame.read(injector.frames(), scratch);
                        next.isPresent();
                        next = Frame.read(injector.frames(), scratch)) {
                    if (!goesOnAfter(next.get())) {
                        return;
                    }
                }
            } catch (IOException e) {
                trouble = Optional.of(String.valueOf(e.getMessage()));
            }
            throw new EnvironmentException(
                    "while it built its slice of the dataset" + underwayInWords() + ", " + injector.obituary(trouble),
                    AGAIN);
        }

        private String underwayInWords() {
            return underway.isEmpty()
                    ? ""
                    : underway.stream().map(plan::words).collect(Collectors.joining(", ", " (", ")"));
        }

        /** Does what a frame is an occasion for. */
        private boolean goesOnAfter(Frame frame)
                throws RowsRefusedException, EnvironmentException, IOException, InterruptedException {
            return switch (frame) {
                case Frame.Building building -> {
                    work.awaitOthers();
                    for (int i = 0; i < building.ranges(); i++) {
                        handOut();
                    }
                    endIfIdle();
                    yield true;
                }
                case Frame.Loaded done -> {
                    underway.remove(done.range());
                    count(injector, done.taken());
                    work.done(done.range(), done.taken());
                    handOut();
                    endIfIdle();
                    yield true;
                }
                case Frame.Alive alive -> true;
                case Frame.Built built -> false;
                case Frame.Refused refused ->
                    throw new RowsRefusedException(
                            refused.table(), refused.message(), refused.detail(), refused.constraint());
                case Frame.Failed failed ->
                    throw new EnvironmentException(
                            injector.slice().injector() + ", " + injector.place()
                                    + ", cannot build its slice of the dataset: " + failed.message(),
                            failed.remedy());
                case Frame.Request request -> throw unexpected(frame);
                case Frame.Paused paused -> throw unexpected(frame);
                case Frame.Started started -> throw unexpected(frame);
                case Frame.Deploying deploying -> throw unexpected(frame);
                case Frame.Ready ready -> throw unexpected(frame);
                case Frame.Offered offered -> throw unexpected(frame);
                case Frame.Clock clock -> throw unexpected(frame);
                case Frame.Drained drained -> throw unexpected(frame);
            };
        }

        private static IOException unexpected(Frame frame) {
            return new IOException("it told of a load that there is not yet: " + frame);
        }

        private void handOut() throws IOException {
            Optional<RowRange> next = work.next();
            if (next.isPresent()) {
                underway.add(next.get());
                injector.command(SliceBuild.rowsCommand(next.get()));
            }
        }

        private void endIfIdle() throws IOException {
            if (underway.isEmpty()) {
                injector.command(SliceBuild.BUILT);
            }
        }
    }
}
