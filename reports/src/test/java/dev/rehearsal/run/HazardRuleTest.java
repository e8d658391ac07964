package dev.rehearsal.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HazardRuleTest {
    @Test
    void eachHasItsExplanationInTheDocumentation() throws IOException {
        String document = Files.readString(Path.of("..", "scenarios", "README.md"));
        int start = document.indexOf("\n## Hazards\n") + 1;
        String text = document.substring(start, document.indexOf("\n## ", start));
        List<String> anchors = text.lines()
                .filter(line -> line.startsWith("### "))
                .map(line -> line.substring(4))
                .toList();

        assertThat(anchors)
                .containsExactlyElementsOf(
                        Stream.of(HazardRule.values()).map(HazardRule::id).toList());
        for (HazardRule rule : HazardRule.values()) {
            String section = text.substring(text.indexOf("### " + rule.id() + "\n"));
            assertThat(section.toLowerCase(java.util.Locale.ROOT))
                    .startsWith("### " + rule.id() + "\n\n" + rule.explanation().toLowerCase(java.util.Locale.ROOT));
        }
    }
}
