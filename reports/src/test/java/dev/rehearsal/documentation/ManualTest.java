package dev.rehearsal.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.documentation.MarkdownPage.Section;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever follows a link of the documentation arrives. */
class ManualTest {
    private static final Path ROOT = Path.of(System.getProperty("rehearsal.home"));

    @TempDir
    private Path folder;

    @Test
    void everyLinkOfEveryPageLeadsSomewhere() throws IOException {
        List<String> dead = new ArrayList<>();

        for (MarkdownPage page : everyPage()) {
            for (String link : page.links()) {
                trouble(page, link).ifPresent(reason -> dead.add(page.path() + ": " + link + ": " + reason));
            }
        }

        assertThat(dead).isEmpty();
    }

    @Test
    void deadLinksAreSeen() {
        MarkdownPage page = new MarkdownPage("README.md", "# A page\n");

        assertThat(trouble(page, "#a-page")).isEmpty();
        assertThat(trouble(page, "scenarios/README.md#hazards")).isEmpty();
        assertThat(trouble(page, "scenarios/examples")).isEmpty();
        assertThat(trouble(page, "#nowhere")).contains("no such heading in README.md");
        assertThat(trouble(page, "scenarios/README.md#nowhere")).contains("no such heading in scenarios/README.md");
        assertThat(trouble(page, "nothing.md")).contains("there is no nothing.md");
        assertThat(trouble(page, "../elsewhere.md")).contains("leads out of the repository");
    }

    private static Optional<String> trouble(MarkdownPage page, String link) {
        if (link.matches("(https?|mailto):.*")) {
            return Optional.empty();
        }
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty()
                ? ROOT.resolve(page.path())
                : ROOT.resolve(page.path()).resolveSibling(parts[0]).normalize();
        if (!target.startsWith(ROOT.normalize())) {
            return Optional.of("leads out of the repository");
        }
        String name = ROOT.normalize().relativize(target.normalize()).toString();
        if (!Files.exists(target)) {
            return Optional.of("there is no " + name);
        }
        if (parts.length == 1) {
            return Optional.empty();
        }
        MarkdownPage read =
                parts[0].isEmpty() ? page : page(Files.isDirectory(target) ? target.resolve("README.md") : target);
        return read.sections().stream().map(Section::anchor).anyMatch(parts[1]::equals)
                ? Optional.empty()
                : Optional.of("no such heading in " + name);
    }

    @Test
    void everyPageOfTheRepositoryIsInTheManual() throws IOException {
        Set<String> inTheManual = Manual.read(ROOT).pages().stream()
                .map(MarkdownPage::path)
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(inTheManual)
                .as(
                        "a new page belongs into the list of dev.rehearsal.documentation.Manual, at its place in the order of reading")
                .containsAll(everyPage().stream().map(MarkdownPage::path).toList());
    }

    @Test
    void everyLinkOfTheOneFileLeadsToAPlaceInIt() throws IOException {
        String html = Manual.read(ROOT).html();

        List<String> ids = found(html, " id=\"([^\"]+)\"");
        List<String> links = found(html, "<a (?:class=\"skip\" )?href=\"([^\"]+)\"");
        assertThat(ids).doesNotHaveDuplicates();
        assertThat(links).hasSizeGreaterThan(150);
        assertThat(links)
                .filteredOn(link -> !link.matches("https?:.*"))
                .allSatisfy(link -> assertThat(link).startsWith("#"))
                .map(link -> link.substring(1))
                .isSubsetOf(ids);
        assertThat(found(html, "<(?:img|link|script|iframe)[^>]*(?:src|href)=\"([^\"]+)\""))
                .as("what it shows is in it")
                .extracting(source -> source.substring(0, Math.min(source.length(), 15)))
                .containsOnly("data:,", "data:image/png;");
    }

    @Test
    void theBuildWritesTheFileAndTheReference() throws IOException {
        DocumentationBuild.main(
                new String[] {ROOT.toString(), folder.resolve("made").toString()});

        assertThat(Files.readString(folder.resolve("made/documentation.html")))
                .isEqualTo(Manual.read(ROOT).html());
        assertThat(Files.readString(folder.resolve("made/scenario-reference.md")))
                .isEqualTo(DocumentationBuild.reference());
    }

    private static List<String> found(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }

    /** Without what builds have left. */
    private static List<MarkdownPage> everyPage() throws IOException {
        List<MarkdownPage> pages = new ArrayList<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = folder.getFileName().toString();
                boolean skipped = !folder.equals(ROOT)
                        && (name.startsWith(".")
                                || Set.of("target", "rehearsals", "node_modules")
                                        .contains(name));
                return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".md")) {
                    pages.add(page(file));
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return pages;
    }

    private static MarkdownPage page(Path file) {
        try {
            return new MarkdownPage(ROOT.relativize(file).toString().replace('\\', '/'), Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
