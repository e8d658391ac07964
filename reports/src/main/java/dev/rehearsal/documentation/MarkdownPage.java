package dev.rehearsal.documentation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TableHead;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.IdGenerator;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.AttributeProvider;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * One page as its author wrote it.
 *
 * @param path in the repository, with slashes
 */
public record MarkdownPage(String path, String text) {
    private static final List<Extension> EXTENSIONS = List.of(TablesExtension.create());
    private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();

    /**
     * @param level 1 to 6
     * @param anchor as GitHub makes it of the title
     */
    public record Section(int level, String title, String anchor) {}

    /**
     * A piece of code between fences.
     *
     * @param language the first word after the fence; empty without one
     * @param file the second: the file that the piece is the content of; empty for a piece without one
     * @param section the anchor of the heading that it stands under; empty before the first
     */
    public record Fence(String language, String file, String text, String section) {}

    /**
     * Where a link leads in the place that the page is rendered for.
     *
     * @param known whether it can be followed there
     * @param destination what to follow, else what to print
     */
    record Target(boolean known, String destination) {}

    /** The first heading; the path of a page without one. */
    public String title() {
        return sections().stream().findFirst().map(Section::title).orElse(path);
    }

    public List<Section> sections() {
        return List.copyOf(anchors(parsed()).values());
    }

    /** Destinations of links and pictures, as they are written. */
    public List<String> links() {
        List<String> links = new ArrayList<>();
        parsed().accept(new AbstractVisitor() {
            @Override
            public void visit(Link link) {
                links.add(link.getDestination());
                visitChildren(link);
            }

            @Override
            public void visit(Image image) {
                links.add(image.getDestination());
            }
        });
        return links;
    }

    public List<Fence> fences() {
        List<Fence> fences = new ArrayList<>();
        Node document = parsed();
        Map<Heading, Section> anchors = anchors(document);
        document.accept(new AbstractVisitor() {
            private String section = "";

            @Override
            public void visit(Heading heading) {
                section = anchor(anchors, heading);
            }

            @Override
            public void visit(FencedCodeBlock block) {
                String[] words = block.getInfo().strip().split("\\s+", 2);
                fences.add(new Fence(words[0], words.length > 1 ? words[1] : "", block.getLiteral(), section));
            }
        });
        return fences;
    }

    /** Code within sentences and cells, without its marks. */
    public List<String> codes() {
        List<String> codes = new ArrayList<>();
        parsed().accept(new AbstractVisitor() {
            @Override
            public void visit(Code code) {
                codes.add(code.getLiteral());
            }
        });
        return codes;
    }

    /**
     * As part of a page of all: headings a level lower, each with an id.
     *
     * @param prefix of the ids
     * @param targets for each link's destination, where it leads
     * @param pictures for each picture's destination, the picture itself as a {@code data:} URL
     */
    String html(String prefix, Function<String, Target> targets, UnaryOperator<String> pictures) {
        Node document = parsed();
        Map<Heading, Section> anchors = anchors(document);
        anchors.keySet().forEach(heading -> heading.setLevel(Math.min(6, heading.getLevel() + 1)));
        document.accept(new AbstractVisitor() {
            @Override
            public void visit(Link link) {
                Target target = targets.apply(link.getDestination());
                if (target.known()) {
                    link.setDestination(target.destination());
                } else {
                    named(link, target.destination());
                }
            }

            @Override
            public void visit(Image image) {
                image.setDestination(pictures.apply(image.getDestination()));
            }
        });
        HtmlRenderer renderer = HtmlRenderer.builder()
                .extensions(EXTENSIONS)
                .escapeHtml(true)
                .attributeProviderFactory(context -> new Attributes(prefix, anchors))
                .build();
        // A wide table or a long line scrolls for itself, also by keyboard; the page never does.
        return renderer.render(document)
                .replace("<table>", "<div class=\"wide\" role=\"region\" aria-label=\"table\" tabindex=\"0\"><table>")
                .replace("</table>", "</table></div>");
    }

    /** Instead of a link that leads nowhere: its words and, unless they say it, the name of what it led to. */
    private static void named(Link link, String name) {
        String words = words(link);
        Node last = link;
        for (Node child = link.getFirstChild(); child != null; child = link.getFirstChild()) {
            last.insertAfter(child);
            last = child;
        }
        if (!name.endsWith(words)) {
            last.insertAfter(new Text(" (" + name + ")"));
        }
        link.unlink();
    }

    private Node parsed() {
        return PARSER.parse(text);
    }

    /** In their order. A node is equal to itself alone. */
    private static Map<Heading, Section> anchors(Node document) {
        IdGenerator generator = IdGenerator.builder().build();
        Map<Heading, Section> anchors = new LinkedHashMap<>();
        document.accept(new AbstractVisitor() {
            @Override
            public void visit(Heading heading) {
                String title = words(heading);
                anchors.put(heading, new Section(heading.getLevel(), title, generator.generateId(title)));
            }
        });
        return anchors;
    }

    private static String anchor(Map<Heading, Section> anchors, Heading heading) {
        return Optional.ofNullable(anchors.get(heading)).map(Section::anchor).orElseThrow();
    }

    private static String words(Node node) {
        StringBuilder words = new StringBuilder();
        node.accept(new AbstractVisitor() {
            @Override
            public void visit(Text text) {
                words.append(text.getLiteral());
            }

            @Override
            public void visit(Code code) {
                words.append(code.getLiteral());
            }
        });
        return words.toString();
    }

    /** Ids of headings, and for each cell of a table the words above it, which a narrow screen shows beside it. */
    private record Attributes(String prefix, Map<Heading, Section> anchors) implements AttributeProvider {
        @Override
        public void setAttributes(Node node, String tag, Map<String, String> attributes) {
            switch (node) {
                case Heading heading -> {
                    attributes.put("id", prefix + "/" + anchor(anchors, heading));
                }
                case TableCell cell -> {
                    if (cell.isHeader()) {
                        attributes.put("scope", "col");
                    } else {
                        attributes.put("data-label", column(cell));
                    }
                }
                case FencedCodeBlock block -> {
                    if (tag.equals("pre")) {
                        attributes.put("tabindex", "0");
                        String[] words = block.getInfo().strip().split("\\s+", 2);
                        if (words.length > 1) {
                            attributes.put("data-file", words[1]);
                        }
                    }
                }
                default -> {}
            }
        }

        private static String column(TableCell cell) {
            int index = 0;
            for (Node before = cell.getPrevious(); before != null; before = before.getPrevious()) {
                index++;
            }
            Node table = cell;
            while (!(table instanceof TableBlock)) {
                table = table.getParent();
            }
            Node head = table.getFirstChild() instanceof TableHead found ? found.getFirstChild() : null;
            Node above = head == null ? null : head.getFirstChild();
            for (int i = 0; i < index && above != null; i++) {
                above = above.getNext();
            }
            return above == null ? "" : words(above);
        }
    }

    @Override
    public String toString() {
        return sections().stream().map(Section::title).collect(Collectors.joining(", ", path + ": ", ""));
    }
}
