package dev.rehearsal.scenario;

import java.util.List;

/**
 * What a tool would send for one step, by its own word, asked on the schema that the step would find.
 *
 * @param scripts as if the harness ran them, in order, each with the transaction that the tool puts around it; without what it writes into its own books
 * @param doubts what is not known beforehand, each a clause that goes on from the step's name; what comes after is uncertain too
 * @param remarks what else is to be known, likewise; what comes after is as certain as before
 */
public record Foreseen(List<Step.ScriptStep> scripts, List<String> doubts, List<String> remarks) {
    private static final String AFTERWARDS = "and what comes after it is looked at as if it had not been there";

    public Foreseen {
        scripts = List.copyOf(scripts);
        doubts = List.copyOf(doubts);
        remarks = List.copyOf(remarks);
    }

    /** All of it is known. */
    public static Foreseen certain(Step.ScriptStep script) {
        return new Foreseen(List.of(script), List.of(), List.of());
    }

    /** None of it is known. */
    public static Foreseen nothing() {
        return new Foreseen(List.of(), List.of(notAnalysed("holds no SQL that is known beforehand")), List.of());
    }

    /**
     * A doubt.
     *
     * @param what is not known, a clause that goes on from the step's name
     */
    public static String notAnalysed(String what) {
        return what + ": it was not analysed, " + AFTERWARDS;
    }
}
