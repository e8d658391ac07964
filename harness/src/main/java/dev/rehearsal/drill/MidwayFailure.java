package dev.rehearsal.drill;

import dev.rehearsal.migration.StepListener;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.scenario.Step;
import dev.rehearsal.scenario.Step.SqlStatement;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends the migration's session in one step of it, as an administrator, a proxy or a lost link does. The server and everybody else's sessions stay.
 *
 * <p>Of a step whose statements are known it is one of them that finds the session gone; of a tool's, what finds it gone is whatever it is at when it is first seen to have changed something.
 */
final class MidwayFailure implements StepListener {
    private static final String END = """
            select count(pg_terminate_backend(pid)) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()""";

    private static final String OWN = END + " and application_name = '" + ApplicationNames.MIGRATION + "'";

    /**
     * A tool looks around before it changes anything, and may well come back over another session. Its sessions have a role of their own, or begin with the
     * migration's name, or give themselves another; all others in the database have names of ours.
     */
    private static final String OF_TOOLS = END
            + " and backend_type = 'client backend' and backend_xid is not null and (usename = '"
            + ApplicationNames.TOOL_ROLE + "' or application_name = '" + ApplicationNames.MIGRATION
            + "' or application_name not like 'harness-%')";

    private static final long LOOK_AGAIN_MILLIS = 2;

    private final Point point;
    private final DrillServer server;
    private final CountDownLatch stepOver = new CountDownLatch(1);
    private final CompletableFuture<Boolean> struck = new CompletableFuture<>();
    /** Of the step. Only the migration's thread uses it. */
    private int statement;

    MidwayFailure(Point point, DrillServer server) {
        this.point = point;
        this.server = server;
    }

    /**
     * Where.
     *
     * @param statement of the step that finds its session gone, from 0; of a backfill its first batch, of a tool's step unused
     */
    record Point(Step step, int statement) {
        /**
         * After the first step, if there are several that do something: then what it did is done and the rest is not. Likewise for the statements of a
         * step. Absent if no step does anything to the database.
         */
        static Optional<Point> drawn(List<Step> steps, Random random) {
            List<Step> working = steps.stream().filter(Point::works).toList();
            if (working.isEmpty()) {
                return Optional.empty();
            }
            Step step = working.get(notTheFirst(working.size(), random));
            int statement = step instanceof Step.SqlStatements sql
                    ? notTheFirst(sql.statements().size(), random)
                    : 0;
            return Optional.of(new Point(step, statement));
        }

        private static int notTheFirst(int count, Random random) {
            return count < 2 ? 0 : 1 + random.nextInt(count - 1);
        }

        private static boolean works(Step step) {
            return switch (step) {
                case Step.SqlStatements sql -> !sql.statements().isEmpty();
                case Step.BackfillStep backfill -> true;
                case Step.ToolStep tool -> true;
                case Step.DeployStep deploy -> false;
                case Step.PauseStep pause -> false;
                case Step.WaitStep wait -> false;
            };
        }
    }

    @Override
    public void stepStarted(Step step) {
        if (step.equals(point.step()) && step instanceof Step.ToolStep) {
            Thread.ofPlatform().name("drill-midway-failure").daemon().start(this::endWhatWorks);
        }
    }

    @Override
    public void statementStarted(Step step, SqlStatement started) {
        if (step.equals(point.step()) && !(step instanceof Step.ToolStep) && statement++ == point.statement()) {
            try (Connection connection = server.connect()) {
                boolean any = false;
                // Until none is left: the next statement shall not find it still there.
                while (ended(connection, OWN) > 0) {
                    any = true;
                }
                struck.complete(any);
            } catch (SQLException e) {
                struck.completeExceptionally(e);
            }
        }
    }

    @Override
    public void stepEnded(Step step, Status status) {
        if (step.equals(point.step())) {
            stepOver.countDown();
        }
    }

    private void endWhatWorks() {
        try (Connection connection = server.connect()) {
            while (!stepOver.await(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
                if (ended(connection, OF_TOOLS) > 0) {
                    struck.complete(true);
                    return;
                }
            }
            struck.complete(false);
        } catch (SQLException e) {
            struck.completeExceptionally(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            struck.complete(false);
        }
    }

    private static int ended(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getInt(1);
        }
    }

    /** To be asked when the migration is over. False if there was nothing to end when its moment came, or the moment never came. */
    boolean hasStruck() throws SQLException {
        if (stepOver.getCount() > 0 || !(point.step() instanceof Step.ToolStep)) {
            struck.complete(false);
        }
        try {
            return struck.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof SQLException trouble) {
                throw trouble;
            }
            throw e;
        }
    }
}
