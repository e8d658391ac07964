package dev.rehearsal.compare;

import dev.rehearsal.run.RunDirectory;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;

/**
 * One of the runs that are compared.
 *
 * @param label what it is called beside the others
 * @param directory as the user gave it
 */
public record Side(String label, String directory, RunRecord run, Verdict verdict) {
    /** A run and where it is, before it has a name among the others. */
    public record Found(RunDirectory directory, RunRecord run, Verdict verdict) {}

    /** Named by their scenarios where these tell them apart, else by scenario and time, else also by their number. */
    public static List<Side> named(List<Found> runs) {
        List<String> labels =
                runs.stream().map(found -> found.run().started().scenario()).toList();
        if (labels.stream().distinct().count() < labels.size()) {
            labels = runs.stream()
                    .map(found -> found.run().started().scenario() + " of "
                            + found.run().started().wallClock().toString().replaceAll("\\.\\d+", ""))
                    .toList();
        }
        boolean numbered = labels.stream().distinct().count() < labels.size();
        List<Side> sides = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            Found found = runs.get(i);
            sides.add(new Side(
                    labels.get(i) + (numbered ? " (" + (i + 1) + ")" : ""),
                    found.directory().path().toString(),
                    found.run(),
                    found.verdict()));
        }
        return sides;
    }
}
