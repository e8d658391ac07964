package dev.rehearsal.documentation;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What Maven runs when it packages this module: writes the one file with all pages, and the reference as the schemas have it now. */
public final class DocumentationBuild {
    private DocumentationBuild() {}

    /**
     * @param arguments the repository's root, and the folder that gets {@code documentation.html} and {@code scenario-reference.md}
     */
    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments[0]).toAbsolutePath().normalize();
        Path folder = Files.createDirectories(Path.of(arguments[1]));
        Files.writeString(folder.resolve("scenario-reference.md"), reference());
        Files.writeString(
                folder.resolve("documentation.html"), Manual.read(root).html());
    }

    /** {@code reports/docs/scenario-reference.md}, as it has to be. */
    static String reference() {
        return SchemaReference.render(schema("scenario"), schema("dataset"));
    }

    /** @param name {@code scenario} or {@code dataset} */
    static JsonNode schema(String name) {
        String resource = "/dev/rehearsal/scenario/" + name + ".schema.json";
        try (InputStream in = DocumentationBuild.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("missing from the class path: " + resource);
            }
            return JsonMapper.shared().readTree(in);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
