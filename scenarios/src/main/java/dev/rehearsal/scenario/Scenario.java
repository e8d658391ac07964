package dev.rehearsal.scenario;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One rehearsal, complete and checked.
 *
 * @param databases of a service that has several alike; absent where nothing has to do with them
 * @param drills in the order in which they are done
 * @param drillsListed whether the file lists them; else they are those that apply, and tell without deciding
 * @param file the scenario file it was read from, absolute
 * @param sources where each part of the file stands, so that a finding can point at it
 */
public record Scenario(
        String name,
        String description,
        long seed,
        EnvironmentSpec environment,
        StartingData dataset,
        Workload workload,
        MigrationPlan migration,
        Timeline timeline,
        List<PlacedFault> faults,
        Optional<Databases> databases,
        List<Drill> drills,
        boolean drillsListed,
        List<Objective> objectives,
        Path file,
        Sources sources) {
    public Scenario {
        faults = List.copyOf(faults);
        drills = List.copyOf(drills);
        objectives = List.copyOf(objectives);
    }

    /** What befalls one database, by the place in the file, from 0. */
    public SortedMap<Integer, Fault> faultsOf(int database) {
        SortedMap<Integer, Fault> there = new TreeMap<>();
        for (int i = 0; i < faults.size(); i++) {
            if (faults.get(i).database() == database) {
                there.put(i, faults.get(i).fault());
            }
        }
        return Collections.unmodifiableSortedMap(there);
    }

    /**
     * Whether the file describes no traffic for a database that is yet to be restored: then there is none in {@link #workload}, until the file is loaded
     * again with the {@link RestoredTables}.
     */
    public boolean awaitsTables() {
        return workload.services().isEmpty();
    }

    /** The same, with neither drills nor objectives about them. */
    public Scenario withoutDrills() {
        return new Scenario(
                name,
                description,
                seed,
                environment,
                dataset,
                workload,
                migration,
                timeline,
                faults,
                databases,
                List.of(),
                true,
                objectives.stream()
                        .filter(objective -> !(objective instanceof Objective.OfDrill))
                        .toList(),
                file,
                sources);
    }

    /** The same as if there were no other database than the one: for questions of size, to which the others would give the same answer. */
    public Scenario withOneDatabase() {
        return new Scenario(
                name,
                description,
                seed,
                environment,
                dataset,
                workload,
                migration,
                timeline,
                faults.stream()
                        .filter(placed -> placed.database() == PlacedFault.FIRST)
                        .toList(),
                Optional.empty(),
                drills.stream().filter(drill -> drill != Drill.DRIFT).toList(),
                drillsListed,
                objectives,
                file,
                sources);
    }

    /**
     * The same with other traffic and other data, as for a sweep.
     *
     * @param rates times the arrival rate of every service
     * @param rows times the rows of every table; restored data are what they are
     */
    public Scenario times(double rates, double rows) {
        return with(workload.times(rates), rows);
    }

    /** The same, but that services which follow a day arrive steadily, at so many times the day's highest rate. */
    public Scenario timesOfPeak(double rates, double rows) {
        return with(workload.timesOfPeak(rates), rows);
    }

    private Scenario with(Workload changed, double rows) {
        return new Scenario(
                name,
                description,
                seed,
                environment,
                switch (dataset) {
                    case DatasetSpec made -> made.times(rows);
                    case RestoreSpec restored -> restored;
                    case ExistingSpec existing -> existing;
                },
                changed,
                migration,
                timeline,
                faults,
                databases,
                drills,
                drillsListed,
                objectives,
                file,
                sources);
    }
}
