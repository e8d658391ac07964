package dev.rehearsal.load;

import dev.rehearsal.dataset.RowLoader;
import dev.rehearsal.dataset.RowPlan;
import dev.rehearsal.dataset.RowRange;
import dev.rehearsal.dataset.RowsRefusedException;
import dev.rehearsal.load.Injector.Commands;
import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The injector's part of building a dataset: it makes the rows that it is asked for, before there is any load. Which those are is the harness's to say, range
 * by range, to whoever is free.
 *
 * <pre>
 * build URL…             the ways to the database, the first that leads there is taken; the next line is the plan of the rows; answered by how many ranges it takes
 * rows TABLE FROM TO     one of them; answered by how many rows the server took
 * built                  nothing more
 * </pre>
 *
 * Who cannot go on says why, and waits to be hung up on.
 */
final class SliceBuild {
    private static final String BUILD = "build ";

    /** One waits here while each session has one, so that no session waits for the network. */
    private static final int RANGES = RowLoader.SESSIONS + 1;

    /** The command after which nothing is asked for any more. */
    static final String BUILT = "built";

    private final Commands commands;
    private final FrameWriter frames;

    SliceBuild(Commands commands, FrameWriter frames) {
        this.commands = commands;
        this.frames = frames;
    }

    /** The command that begins it; the plan's line follows. */
    static String buildCommand(List<String> jdbcUrls) {
        return BUILD + String.join(" ", jdbcUrls);
    }

    static String rowsCommand(RowRange range) {
        return "rows " + range.table() + " " + range.from() + " " + range.to();
    }

    static boolean isOrder(String line) {
        return line.startsWith(BUILD);
    }

    /** Returns when everything asked for is done, or the harness has hung up. */
    void run(String order) throws IOException, EnvironmentException {
        Optional<String> plan = commands.next();
        if (plan.isEmpty()) {
            return;
        }
        List<String> ways = List.of(order.substring(BUILD.length()).split(" ", -1));
        // The sessions end first: a thread that waits for the server would not.
        try (ExecutorService workers = Executors.newFixedThreadPool(
                        RowLoader.SESSIONS,
                        Thread.ofPlatform().name("rows-", 0).daemon().factory());
                RowLoader loader = RowLoader.opened(ways, RowPlan.fromLine(plan.get()))) {
            frames.send(new Frame.Building(RANGES));
            for (Optional<String> line = commands.next();
                    line.filter(BUILT::equals).isEmpty();
                    line = commands.next()) {
                if (line.isEmpty()) {
                    workers.shutdownNow();
                    return;
                }
                RowRange range = range(line.get());
                workers.execute(() -> load(range, loader));
            }
        }
        frames.send(new Frame.Built());
    }

    private static RowRange range(String line) throws IOException {
        String[] words = line.split(" ", -1);
        if (words.length != 4 || !words[0].equals("rows")) {
            throw new IOException("the harness sent an unknown command: " + words[0]);
        }
        return new RowRange(Integer.parseInt(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]));
    }

    private void load(RowRange range, RowLoader loader) {
        try {
            frames.send(new Frame.Loaded(range, loader.load(range)));
        } catch (RowsRefusedException e) {
            frames.send(new Frame.Refused(e.table(), e.message(), e.detail(), e.constraint()));
        } catch (EnvironmentException e) {
            frames.send(new Frame.Failed(String.valueOf(e.getMessage()), e.remedy()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            frames.send(new Frame.Failed("cannot make rows: " + e, "This is a defect; please report it."));
            throw e;
        }
    }
}
