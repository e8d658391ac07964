package dev.rehearsal.report;

import java.util.List;
import java.util.OptionalDouble;

/** The words and figures of {@code index.html}. */
public record IndexPage(List<Scenario> scenarios, List<String> unread) {
    public IndexPage {
        scenarios = List.copyOf(scenarios);
        unread = List.copyOf(unread);
    }

    /**
     * @param charts ids of its charts, in order
     * @param figures their names, which are the columns of its runs
     * @param runs the newest first
     */
    public record Scenario(
            String name,
            Conclusion conclusion,
            List<String> sentences,
            List<String> charts,
            List<String> figures,
            List<Run> runs) {
        public Scenario {
            sentences = List.copyOf(sentences);
            charts = List.copyOf(charts);
            figures = List.copyOf(figures);
            runs = List.copyOf(runs);
        }
    }

    public record Run(String at, String link, String verdict, List<String> values) {
        public Run {
            values = List.copyOf(values);
        }
    }

    /** What {@code index.js} draws. */
    record Data(List<Chart> charts) {}

    /**
     * @param changes indexes of the first run on a new level
     * @param conditionsChanged indexes of the first run under new conditions
     */
    record Chart(String id, String figure, List<Dot> dots, List<Integer> changes, List<Integer> conditionsChanged) {}

    record Dot(String at, String verdict, OptionalDouble millis) {}
}
