package dev.rehearsal.scenario.yaml;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads one text. For one use. */
public final class YamlParser {
    /** Deeper nesting is refused. */
    public static final int MAXIMUM_DEPTH = 50;

    private final String source;
    private final List<String> lines;
    private final List<YamlFault> faults = new ArrayList<>();
    private final Deque<Open> open = new ArrayDeque<>();
    private Optional<YamlNode> root = Optional.empty();
    private int documents;

    private YamlParser(String source, String text) {
        this.source = source;
        this.lines = text.lines().toList();
    }

    /**
     * Reads {@code text}.
     *
     * @param source the name that positions carry
     */
    public static YamlDocument parse(String source, String text) {
        YamlParser parser = new YamlParser(source, text);
        parser.read(text);
        return new YamlDocument(parser.root, parser.faults);
    }

    private void read(String text) {
        Optional<Position> control = firstControlCharacter();
        if (control.isPresent()) {
            fail(control.get(), "a control character is not allowed here; is this a text file?");
            return;
        }
        LoadSettings settings = LoadSettings.builder()
                .setLabel(source)
                .setUseMarks(true)
                .setCodePointLimit(Integer.MAX_VALUE)
                .build();
        try {
            for (Event event : new Parse(settings).parseString(text)) {
                if (!accept(event)) {
                    root = Optional.empty();
                    return;
                }
            }
        } catch (MarkedYamlEngineException e) {
            root = Optional.empty();
            fail(e);
        } catch (YamlEngineException e) {
            root = Optional.empty();
            fail(new Position(source, 1, 1), "is not YAML: " + e.getMessage());
        }
    }

    private Optional<Position> firstControlCharacter() {
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            for (int j = 0; j < line.length(); j++) {
                char c = line.charAt(j);
                if ((c < ' ' && c != '\t') || (c >= 0x7f && c < 0xa0 && c != 0x85) || c >= 0xfffe) {
                    return Optional.of(new Position(source, i + 1, line.codePointCount(0, j) + 1));
                }
            }
        }
        return Optional.empty();
    }

    /** @return false: the rest is not to be read */
    private boolean accept(Event event) {
        if (event instanceof NodeEvent node && !isPlainNode(node)) {
            return false;
        }
        switch (event.getEventId()) {
            case DocumentStart -> {
                documents++;
                if (documents > 1) {
                    return fail(
                            position(event), "a second document begins here; a file holds one, remove what follows");
                }
            }
            case MappingStart, SequenceStart -> {
                if (open.size() == MAXIMUM_DEPTH) {
                    return fail(position(event), "is nested more than " + MAXIMUM_DEPTH + " levels deep");
                }
                open.push(
                        event instanceof MappingStartEvent mapping
                                ? new OpenMapping(mapping.isFlow(), position(event))
                                : new OpenSequence(position(event)));
            }
            case MappingEnd, SequenceEnd -> {
                YamlNode node = open.pop().closed();
                put(node);
            }
            case Scalar -> {
                ScalarEvent scalar = (ScalarEvent) event;
                put(new YamlNode.Scalar(scalar.getValue(), scalar.isPlain(), position(event)));
            }
            case Alias, Comment, DocumentEnd, StreamEnd, StreamStart -> {}
        }
        return true;
    }

    private boolean isPlainNode(NodeEvent node) {
        if (node instanceof AliasEvent || node.getAnchor().isPresent()) {
            return fail(position(node), "anchors and aliases (& and *) are not supported; write the value out");
        }
        Optional<String> tag = switch (node) {
            case ScalarEvent scalar -> scalar.getTag();
            case CollectionStartEvent collection -> collection.getTag();
            default -> Optional.empty();
        };
        if (tag.isPresent()) {
            return fail(position(node), "tags (!…) are not supported; remove it, and quote a text that begins with !");
        }
        return true;
    }

    private void put(YamlNode node) {
        if (open.isEmpty()) {
            root = Optional.of(node);
        } else {
            open.peek().put(node);
        }
    }

    private Position position(Event event) {
        return event.getStartMark().map(this::position).orElseGet(() -> new Position(source, 1, 1));
    }

    private Position position(Mark mark) {
        return new Position(source, mark.getLine() + 1, mark.getColumn() + 1);
    }

    private boolean fail(Position position, String message) {
        faults.add(new YamlFault(position, "", message));
        return false;
    }

    private void fail(MarkedYamlEngineException e) {
        Position position =
                e.getProblemMark().or(e::getContextMark).map(this::position).orElse(new Position(source, 1, 1));
        String line = position.line() <= lines.size() ? lines.get(position.line() - 1) : "";
        int tab = line.indexOf('\t');
        if (tab >= 0 && line.substring(0, tab).isBlank()) {
            fail(new Position(source, position.line(), tab + 1), "a tab cannot indent YAML; use spaces");
            return;
        }
        String context = e.getContext() == null || e.getContext().isBlank() ? "" : e.getContext() + ", ";
        String problem = e.getProblem() == null ? "" : e.getProblem();
        fail(position, "is not YAML: " + context + problem + hint(problem));
    }

    private static String hint(String problem) {
        if (problem.contains("mapping values are not allowed")) {
            return "; quote a text that holds ': '";
        }
        if (problem.contains("cannot start any token")) {
            return "; quote a text that begins with this character";
        }
        return "";
    }

    /** A collection whose end has not been read. */
    private abstract static sealed class Open {
        abstract void put(YamlNode node);

        abstract YamlNode closed();

        /** Of the child that is put next. */
        abstract String childPath();
    }

    private String path() {
        StringBuilder path = new StringBuilder();
        open.descendingIterator().forEachRemaining(part -> path.append(part.childPath()));
        return path.isEmpty() ? "" : path.substring(path.charAt(0) == '.' ? 1 : 0);
    }

    private static final class OpenSequence extends Open {
        private final List<YamlNode> items = new ArrayList<>();
        private final Position position;

        OpenSequence(Position position) {
            this.position = position;
        }

        @Override
        void put(YamlNode node) {
            items.add(node);
        }

        @Override
        YamlNode closed() {
            return new YamlNode.Sequence(items, position);
        }

        @Override
        String childPath() {
            return "[" + items.size() + "]";
        }
    }

    private final class OpenMapping extends Open {
        private final java.util.LinkedHashMap<String, YamlNode.Entry> entries = new java.util.LinkedHashMap<>();
        private final boolean flow;
        private final Position position;
        private Optional<YamlNode.Scalar> key = Optional.empty();
        private boolean valueNext;

        OpenMapping(boolean flow, Position position) {
            this.flow = flow;
            this.position = position;
        }

        @Override
        void put(YamlNode node) {
            if (valueNext) {
                YamlNode value = node;
                key.ifPresent(name -> entries.putIfAbsent(name.value(), new YamlNode.Entry(name, value)));
                key = Optional.empty();
                valueNext = false;
                return;
            }
            valueNext = true;
            if (node instanceof YamlNode.Scalar scalar) {
                acceptKey(scalar);
            } else {
                faults.add(new YamlFault(node.position(), path(), "a key must be a word, not a list or a mapping"));
            }
        }

        private void acceptKey(YamlNode.Scalar scalar) {
            YamlNode.Entry first = entries.get(scalar.value());
            key = Optional.of(scalar);
            if (first != null) {
                faults.add(new YamlFault(
                        scalar.position(),
                        path(),
                        "is given twice, first in line "
                                + first.key().position().line() + "; keep one"));
                key = Optional.empty();
            }
        }

        @Override
        YamlNode closed() {
            return new YamlNode.Mapping(List.copyOf(entries.values()), flow, position);
        }

        @Override
        String childPath() {
            return key.map(name -> "." + name.value()).orElse("");
        }
    }
}
