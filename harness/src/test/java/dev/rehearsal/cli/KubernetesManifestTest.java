package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import io.kubernetes.client.openapi.models.V1Job;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code harness/kubernetes/injectors.yaml} against Kubernetes' published API, by the client that is generated from it: no field too many, none missing. */
class KubernetesManifestTest {
    private static final Path MANIFEST = HarnessRun.ROOT.resolve("harness/kubernetes/injectors.yaml");

    private static JsonNode manifest() throws Exception {
        return new JsonMapper()
                .valueToTree(new Load(LoadSettings.builder().build()).loadFromString(Files.readString(MANIFEST)));
    }

    private static void validate(JsonNode job) throws Exception {
        V1Job.validateJsonElement(JsonParser.parseString(job.toString()));
    }

    @Test
    void theManifestIsAJobOfThePublishedApi() throws Exception {
        validate(manifest());

        // And what checks it, checks.
        JsonNode misspelt = JsonMapper.shared()
                .readTree(manifest().toString().replace("\"completionMode\"", "\"completionsMode\""));
        assertThatThrownBy(() -> validate(misspelt)).hasMessageContaining("completionsMode");
    }

    @Test
    void theIndexOfEachPodIsASliceAndNoneIsStartedAgain() throws Exception {
        JsonNode spec = manifest().get("spec");

        assertThat(spec.get("completionMode").asString()).isEqualTo("Indexed");
        assertThat(spec.get("parallelism").asInt())
                .isEqualTo(spec.get("completions").asInt());
        assertThat(spec.get("backoffLimit").asInt()).isZero();
        assertThat(spec.at("/template/spec/restartPolicy").asString()).isEqualTo("Never");
    }

    /** Swarm and Kubernetes run the same image with the same arguments, and the pages say so. */
    @Test
    void namesTheImageThatRunsUnderSwarmToo() throws Exception {
        JsonNode container = manifest().at("/spec/template/spec/containers/0");
        String image = container.get("image").asString();
        String page = Files.readString(HarnessRun.ROOT.resolve("harness/README.md"));

        assertThat(page).contains("\n  " + image + " injector --harness ");
        assertThat(HarnessRun.stream(container.get("args"))
                        .map(JsonNode::asString)
                        .limit(2))
                .containsExactly("injector", "--harness");
        assertThat(Files.readString(HarnessRun.ROOT.resolve("harness/docker/README.md")))
                .contains("harness/dist/smoke-test-image " + image);
    }
}
