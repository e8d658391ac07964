package dev.rehearsal.run;

import dev.rehearsal.run.RunEvent.DatabaseMigrated;
import dev.rehearsal.run.RunEvent.DatabaseSchema;
import dev.rehearsal.run.RunEvent.DatabasesPlanned;
import dev.rehearsal.run.RunEvent.OfDatabase;
import dev.rehearsal.run.RunEvent.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Folds what was seen of several databases, where there are several. */
final class DatabaseFold {
    private Optional<DatabasesPlanned> planned = Optional.empty();
    private final List<OfDatabase> events = new ArrayList<>();

    void add(DatabasesPlanned event) {
        planned = Optional.of(event);
    }

    /** @throws IllegalArgumentException if there is no such database */
    void add(OfDatabase event) {
        if (planned.stream().noneMatch(all -> event.database() >= 1 && event.database() <= all.count())) {
            throw new IllegalArgumentException("database " + event.database() + " is spoken of and was never planned");
        }
        events.add(event);
    }

    /** Beside the first. */
    int further() {
        return planned.map(all -> all.count() - 1).orElse(0);
    }

    /** @param runs of the further ones, by number */
    List<DatabaseRun> runs(Map<Integer, RunRecord> runs) {
        return planned.map(all -> IntStream.rangeClosed(1, all.count())
                        .mapToObj(number -> new DatabaseRun(
                                number,
                                1 + (number - 1) / all.wave(),
                                all.location(),
                                passage(number, Phase.MIGRATION),
                                passage(number, Phase.ROLLBACK),
                                of(number, DatabaseSchema.class).reduce((first, last) -> last),
                                Optional.ofNullable(runs.get(number))))
                        .toList())
                .orElse(List.of());
    }

    private Optional<DatabaseMigrated> passage(int number, Phase phase) {
        return of(number, DatabaseMigrated.class)
                .filter(passage -> passage.phase() == phase)
                .findFirst();
    }

    private <T extends OfDatabase> Stream<T> of(int number, Class<T> kind) {
        return events.stream()
                .filter(event -> event.database() == number)
                .filter(kind::isInstance)
                .map(kind::cast);
    }
}
