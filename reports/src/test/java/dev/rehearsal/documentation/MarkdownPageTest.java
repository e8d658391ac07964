package dev.rehearsal.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.documentation.MarkdownPage.Fence;
import dev.rehearsal.documentation.MarkdownPage.Section;
import dev.rehearsal.documentation.MarkdownPage.Target;
import org.junit.jupiter.api.Test;

class MarkdownPageTest {
    private static final MarkdownPage PAGE = new MarkdownPage("a/README.md", """
            # The page

            Says [this](other.md#x) and [that `file`](../b.json) with `harness doctor`.

            ## What it is: `harness plan`

            ```yaml app/scenario.yaml
            name: x
            ```

            ## Twice, <b>really</b>

            | key | meaning |
            |---|---|
            | `a` | An A. |

            ## What it is: `harness plan`
            """);

    @Test
    void knowsItsSectionsByTheAnchorsThatGitHubGivesThem() {
        assertThat(PAGE.title()).isEqualTo("The page");
        assertThat(PAGE.sections())
                .containsExactly(
                        new Section(1, "The page", "the-page"),
                        new Section(2, "What it is: harness plan", "what-it-is-harness-plan"),
                        new Section(2, "Twice, really", "twice-really"),
                        new Section(2, "What it is: harness plan", "what-it-is-harness-plan-1"));
    }

    @Test
    void knowsItsLinksAndItsCode() {
        assertThat(PAGE.links()).containsExactly("other.md#x", "../b.json");
        assertThat(PAGE.codes()).contains("harness doctor", "a");
        assertThat(PAGE.fences())
                .containsExactly(new Fence("yaml", "app/scenario.yaml", "name: x\n", "what-it-is-harness-plan"));
    }

    @Test
    void becomesPartOfAPageOfAll() {
        String html = PAGE.html(
                "a",
                link -> link.startsWith("other") ? new Target(true, "#other/x") : new Target(false, "b.json"),
                picture -> picture);

        assertThat(html)
                .contains("<h2 id=\"a/the-page\">The page</h2>")
                .contains("<h3 id=\"a/what-it-is-harness-plan-1\">")
                .contains("<a href=\"#other/x\">this</a> and that <code>file</code> (b.json) with")
                .contains("<pre tabindex=\"0\" data-file=\"app/scenario.yaml\"><code class=\"language-yaml\">name: x")
                .contains("<td data-label=\"meaning\">An A.</td>")
                .contains("&lt;b&gt;really&lt;/b&gt;")
                .doesNotContain("<b>");
    }

    @Test
    void carriesItsPictures() {
        String html = new MarkdownPage("a.md", "# A\n\n![what it shows](shown.png)\n")
                .html("a", link -> new Target(false, link), picture -> "data:image/png;base64," + picture.length());

        assertThat(html).contains("<img src=\"data:image/png;base64,9\" alt=\"what it shows\" />");
    }
}
