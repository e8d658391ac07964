package dev.rehearsal.verdict;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The whole run in a few sentences.
 *
 * @param subject what it is about: the statement that did it, on one line; empty if no single statement did
 * @param sentences at least one, in plain text, the most telling first
 * @param saferWay what to do instead, one sentence
 * @param fault what the application felt of the scenario's own fault that it is about; empty if it is about the migration
 */
public record Story(
        Optional<String> subject, List<String> sentences, Optional<String> saferWay, Optional<FaultEffect> fault) {
    public Story {
        sentences = List.copyOf(sentences);
        if (sentences.isEmpty()) {
            throw new IllegalArgumentException("a story has a sentence");
        }
    }

    Story(Optional<String> subject, List<String> sentences, Optional<String> saferWay) {
        this(subject, sentences, saferWay, Optional.empty());
    }

    /** The same with sentences at its end. */
    Story and(List<String> more) {
        List<String> all = new ArrayList<>(sentences);
        all.addAll(more);
        return new Story(subject, all, saferWay, fault);
    }

    /** The same, of one of several databases, as its first sentence says. */
    Story on(int database) {
        List<String> all = new ArrayList<>(sentences);
        all.set(
                0,
                (subject.isPresent() ? "on database " + database + " " : "On database " + database + ": ")
                        + all.getFirst());
        return new Story(subject, all, saferWay, fault);
    }

    /** Subject and first sentence: the headline of every report. */
    public String headline() {
        return subject.map(s -> s + " " + sentences.getFirst()).orElse(sentences.getFirst());
    }
}
