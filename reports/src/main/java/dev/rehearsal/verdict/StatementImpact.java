package dev.rehearsal.verdict;

import dev.rehearsal.run.StatementRun;
import dev.rehearsal.run.StepRun;
import java.util.List;

/**
 * What one statement of the migration or of its rollback did to the traffic, all its tries together.
 *
 * @param victims those whose sessions waited in the server's lock queue because of it, by operation, most hurt first
 * @param poolVictims those who waited for a connection while their service's pool was full of such victims, by operation
 * @param sessionVictims sessions that waited in the lock queue because of it and of whose requests nothing is known, by service
 * @param inFront who stood in front of the statement when it waited itself, longest first
 */
public record StatementImpact(
        StepRun step,
        StatementRun statement,
        List<Victims> victims,
        List<Victims> poolVictims,
        List<SessionVictims> sessionVictims,
        List<InFront> inFront) {
    public StatementImpact {
        sessionVictims = List.copyOf(sessionVictims);
        victims = List.copyOf(victims);
        poolVictims = List.copyOf(poolVictims);
        inFront = List.copyOf(inFront);
    }

    /** How often sessions of whose requests nothing is known waited for it. */
    public long sessionWaits() {
        return sessionVictims.stream().mapToLong(SessionVictims::waits).sum();
    }

    /** Requests that felt it, in the lock queue or in front of a full pool. */
    public long requests() {
        return victims.stream().mapToLong(Victims::requests).sum()
                + poolVictims.stream().mapToLong(Victims::requests).sum();
    }

    /** The longest single wait in the lock queue; 0 if there was none. */
    public long maxWaitNanos() {
        return Math.max(
                victims.stream().mapToLong(Victims::maxWaitNanos).max().orElse(0),
                sessionVictims.stream()
                        .mapToLong(SessionVictims::maxWaitNanos)
                        .max()
                        .orElse(0));
    }

    /** The worst response time of any victim; 0 if there was none. */
    public long maxResponseNanos() {
        return Math.max(
                victims.stream().mapToLong(Victims::maxResponseNanos).max().orElse(0),
                poolVictims.stream().mapToLong(Victims::maxResponseNanos).max().orElse(0));
    }
}
