package dev.rehearsal.drill;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec.Synchrony;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The primary killed for good and its replica promoted, while sessions of the drill's own write. Before the kill the link to the replica is cut for a
 * moment, as a network is that fails before the machine does: what an asynchronous primary goes on acknowledging then is lost, every time and not only when
 * the replica happens to be behind.
 *
 * <p>Adds up over all servers it befalls. Not for several threads at once.
 */
final class Failover implements Disruption {
    static final Duration LINK_CUT_BEFORE = Duration.ofMillis(300);

    private final Synchrony synchrony;
    private final boolean lossesAllowed;
    private long acknowledged;
    private long lost;
    private Duration slowest = Duration.ZERO;

    /** @param lossesAllowed whether losing what was acknowledged is within what the scenario asks, where the replica is asynchronous */
    Failover(Synchrony synchrony, boolean lossesAllowed) {
        this.synchrony = synchrony;
        this.lossesAllowed = lossesAllowed && synchrony == Synchrony.ASYNCHRONOUS;
    }

    @Override
    public String noun() {
        return "failover";
    }

    @Override
    public String done() {
        return "Failed over";
    }

    @Override
    public int replicas() {
        return 1;
    }

    @Override
    public Duration lead() {
        return LINK_CUT_BEFORE;
    }

    @Override
    public Ready readied(DrillServer server) throws SQLException, InterruptedException {
        AcknowledgedWrites writes = AcknowledgedWrites.begun(server);
        return new Ready() {
            @Override
            public void strike() throws EnvironmentException {
                server.cutLink();
                try {
                    TimeUnit.NANOSECONDS.sleep(LINK_CUT_BEFORE.toNanos());
                } catch (InterruptedException e) {
                    // Whoever waits for the migration will see it; it happens all the same.
                    Thread.currentThread().interrupt();
                }
                writes.serverGoes();
                server.failOver();
            }

            @Override
            public String aftermath() throws SQLException, InterruptedException {
                return counted(writes.account(server));
            }

            @Override
            public void close() {
                writes.close();
            }
        };
    }

    private String counted(AcknowledgedWrites.Account account) {
        acknowledged += account.acknowledged();
        lost += account.lost();
        slowest = slowest.compareTo(account.untilWritten()) > 0 ? slowest : account.untilWritten();
        return account.lost() == 0
                ? ""
                : "; of %,d acknowledged writes beside it, %,d were lost"
                        .formatted(account.acknowledged(), account.lost());
    }

    @Override
    public void conclude(DrillLog log) {
        if (acknowledged == 0) {
            return;
        }
        String subject = "acknowledged writes";
        String first = " From the kill to the first write on the promoted replica it took %,d ms at the most."
                .formatted(slowest.toMillis());
        if (lost == 0) {
            log.held(subject, "Of %,d acknowledged writes beside it none was lost.".formatted(acknowledged) + first);
            return;
        }
        String losses =
                "Of %,d acknowledged writes beside it %,d were lost: each time the link to the replica had been cut %d ms before the kill, and "
                        .formatted(acknowledged, lost, LINK_CUT_BEFORE.toMillis());
        if (synchrony == Synchrony.ASYNCHRONOUS) {
            losses +=
                    "an asynchronous primary goes on acknowledging what nobody else has; synchronous: true prevents it.";
        } else {
            losses += "the primary did not wait for it.";
        }
        if (lossesAllowed) {
            log.held(subject, losses + first);
        } else {
            log.broken(subject, losses + first);
        }
    }
}
