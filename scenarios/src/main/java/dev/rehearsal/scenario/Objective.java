package dev.rehearsal.scenario;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What makes a run fail. Each becomes one finding and one JUnit test case. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Objective.Latency.class, name = "latency"),
    @JsonSubTypes.Type(value = Objective.Errors.class, name = "errors"),
    @JsonSubTypes.Type(value = Objective.Outage.class, name = "outage"),
    @JsonSubTypes.Type(value = Objective.LockHold.class, name = "lockHold"),
    @JsonSubTypes.Type(value = Objective.LockWait.class, name = "lockWait"),
    @JsonSubTypes.Type(value = Objective.MigrationTime.class, name = "migrationTime"),
    @JsonSubTypes.Type(value = Objective.ReplicaLag.class, name = "replicaLag"),
    @JsonSubTypes.Type(value = Objective.Rewrites.class, name = "rewrites"),
    @JsonSubTypes.Type(value = Objective.LostWrites.class, name = "lostWrites"),
    @JsonSubTypes.Type(value = Objective.Rollback.class, name = "rollback"),
    @JsonSubTypes.Type(value = Objective.Rerun.class, name = "rerun"),
    @JsonSubTypes.Type(value = Objective.Resumable.class, name = "resumable"),
    @JsonSubTypes.Type(value = Objective.Compatible.class, name = "compatible")
})
public sealed interface Objective {
    /** Where the scenario file says it; of defaults, the scenario's first line. */
    SourceLocation location();

    /**
     * Response time at a percentile, in a stage; {@code max} or {@code regression} or both are present.
     *
     * @param service empty: every service that has the operation
     * @param operation empty: every operation, each judged by itself when {@code service} is empty too; else those of the service together
     * @param percentile above 0, at most 100
     * @param regression a factor of the baseline's, above 1 in all sense: 3.0 allows three times the baseline's
     */
    record Latency(
            SourceLocation location,
            Optional<String> service,
            Optional<String> operation,
            double percentile,
            Stage during,
            Optional<Duration> max,
            Optional<Double> regression)
            implements Objective {
        private static final double FINE_FACTOR = 1.5;
        private static final Duration FOR_FINE_FACTORS = Duration.ofSeconds(10);
        private static final Duration FOR_COARSE_FACTORS = Duration.ofSeconds(5);

        /**
         * How long a baseline has to be for {@code regression}: from less of it nobody can tell how much it fluctuates by itself, and the less is
         * allowed, the better that has to be known.
         */
        public Duration baselineNeeded() {
            return regression.orElse(FINE_FACTOR) < FINE_FACTOR ? FOR_FINE_FACTORS : FOR_COARSE_FACTORS;
        }
    }

    /** @param maxFraction of the arrivals, 0 to 1, failures and timeouts together */
    record Errors(
            SourceLocation location,
            Optional<String> service,
            Optional<String> operation,
            Stage during,
            double maxFraction)
            implements Objective {}

    /**
     * The longest time without a success, of each operation by itself, from the baseline on.
     *
     * @param service empty: every service that has the operation
     * @param operation empty: every operation
     */
    record Outage(SourceLocation location, Optional<String> service, Optional<String> operation, Duration max)
            implements Objective {}

    /**
     * @param mode such as {@code AccessExclusive}; empty: each of the four that stop writes
     * @param relation empty: any relation that the migration did not create itself
     */
    record LockHold(SourceLocation location, Optional<String> mode, Optional<String> relation, Duration max)
            implements Objective {}

    /** The longest that a request, or the migration itself, waited for a lock during migration and rollback. */
    record LockWait(SourceLocation location, Victims victims, Duration max) implements Objective {}

    /** Whose waits. */
    enum Victims {
        APPLICATION,
        MIGRATION
    }

    record MigrationTime(SourceLocation location, Duration max) implements Objective {}

    /** How far the replica that is furthest behind may be, from the baseline on. */
    record ReplicaLag(SourceLocation location, Duration max) implements Objective {}

    /** No table may be rewritten. */
    record Rewrites(SourceLocation location) implements Objective {}

    /**
     * Of the writes that the server acknowledged, those that are not there any more.
     *
     * @param max 0: none
     */
    record LostWrites(SourceLocation location, long max) implements Objective {}

    /** @param succeeds the rollback steps succeed and the schema is as it was before the migration */
    record Rollback(SourceLocation location, boolean succeeds, Optional<Duration> max) implements Objective {}

    /** What a drill finds. It is listed among the scenario's drills, which has findings of its own even with no objective. */
    sealed interface OfDrill extends Objective {
        /** Any of them answers it. */
        Set<Drill> drills();
    }

    /** Everything succeeds a second time, and changes nothing. */
    record Rerun(SourceLocation location) implements OfDrill {
        @Override
        public Set<Drill> drills() {
            return Set.of(Drill.RERUN);
        }
    }

    /** After a crash or a failover at any point, running it again comes to where it would have come. */
    record Resumable(SourceLocation location) implements OfDrill {
        @Override
        public Set<Drill> drills() {
            return EnumSet.of(Drill.CRASH, Drill.FAILOVER);
        }
    }

    /** @param versions of the application, {@code old} among them: those that work before, between and after all steps */
    record Compatible(SourceLocation location, List<String> versions) implements OfDrill {
        public Compatible {
            versions = List.copyOf(versions);
        }

        @Override
        public Set<Drill> drills() {
            return Set.of(Drill.COMPATIBILITY);
        }
    }
}
