package dev.rehearsal.documentation;

import dev.rehearsal.documentation.MarkdownPage.Section;
import dev.rehearsal.documentation.MarkdownPage.Target;
import dev.rehearsal.report.DocumentationHtml;
import dev.rehearsal.report.DocumentationHtml.Chapter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** All pages of the documentation in the order of who comes to know the harness, then those of who works on it. */
public final class Manual {
    private static final List<String> PAGES = List.of(
            "reports/docs/index.md",
            "reports/docs/getting-started.md",
            "README.md",
            "reports/docs/recipes.md",
            "scenarios/README.md",
            "reports/docs/scenario-reference.md",
            "datasets/README.md",
            "reports/README.md",
            "reports/docs/measuring.md",
            "reports/docs/limits.md",
            "harness/README.md",
            "harness/docker/README.md",
            "harness/benchmarks/README.md",
            "ARCHITECTURE.md",
            "CONTRIBUTING.md",
            "CHANGELOG.md");

    /** Of what lies beside the pages, what one wants to read or copy: pipelines, examples. */
    private static final List<String> SOURCES = List.of("reports/ci", "scenarios/examples", "scenarios/simulations");

    private final Path root;
    private final Map<String, MarkdownPage> pages;

    private Manual(Path root, Map<String, MarkdownPage> pages) {
        this.root = root;
        this.pages = pages;
    }

    /**
     * @param root of the repository
     * @throws IOException also if a page is missing
     */
    public static Manual read(Path root) throws IOException {
        Map<String, MarkdownPage> pages = new LinkedHashMap<>();
        for (String path : PAGES) {
            pages.put(path, new MarkdownPage(path, Files.readString(root.resolve(path))));
        }
        for (String folder : SOURCES) {
            try (Stream<Path> files = Files.walk(root.resolve(folder))) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    String path = slashes(root.relativize(file));
                    pages.put(path, source(path, Files.readString(file)));
                }
            }
        }
        return new Manual(root, pages);
    }

    private static MarkdownPage source(String path, String text) {
        return new MarkdownPage(path, "# `" + path + "`\n\n````\n" + text.stripTrailing() + "\n````\n");
    }

    public List<MarkdownPage> pages() {
        return List.copyOf(pages.values());
    }

    /** Everything in one file. */
    public String html() {
        return DocumentationHtml.render(
                "The harness", pages.values().stream().map(this::chapter).toList());
    }

    private Chapter chapter(MarkdownPage page) {
        List<Section> sections = page.sections();
        String id = id(page.path());
        return new Chapter(
                id + "/" + sections.getFirst().anchor(),
                page.title(),
                sections.stream()
                        .filter(section -> section.level() == 2)
                        .map(section -> new DocumentationHtml.Section(id + "/" + section.anchor(), section.title()))
                        .toList(),
                page.html(id, link -> target(page, link), link -> picture(page, link)));
    }

    private String picture(MarkdownPage from, String link) {
        try {
            byte[] png = Files.readAllBytes(root.resolve(resolve(from.path(), link)));
            return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Target target(MarkdownPage from, String link) {
        if (link.matches("[a-z]+:.*")) {
            return new Target(true, link);
        }
        int hash = link.indexOf('#');
        String path = resolve(from.path(), hash < 0 ? link : link.substring(0, hash));
        String anchor = hash < 0 ? "" : link.substring(hash + 1);
        return page(path)
                .map(page -> new Target(
                        true,
                        "#" + id(page.path()) + "/"
                                + (anchor.isEmpty() ? page.sections().getFirst().anchor() : anchor)))
                .orElseGet(() -> new Target(false, path));
    }

    private Optional<MarkdownPage> page(String path) {
        return Optional.ofNullable(pages.get(path))
                .or(() -> Optional.ofNullable(pages.get(path.isEmpty() ? "README.md" : path + "/README.md")))
                .or(() -> Optional.ofNullable(pages.get(path + "/scenario.yaml")));
    }

    /** A link's path within the repository; empty for its root. */
    private String resolve(String from, String link) {
        if (link.isEmpty()) {
            return from;
        }
        Path folder = root.resolve(from).getParent();
        Path found = (folder == null ? root : folder).resolve(link).normalize();
        return slashes(root.normalize().relativize(found));
    }

    private static String slashes(Path path) {
        List<String> names = new ArrayList<>();
        path.forEach(name -> names.add(name.toString()));
        return String.join("/", names);
    }

    /** Such as {@code reports/docs/recipes.md}: {@code recipes}; {@code scenarios/README.md}: {@code scenarios}. */
    private static String id(String path) {
        String name = path.replaceAll("^reports/docs/|\\.md$", "").replaceAll("/README$", "");
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
    }
}
