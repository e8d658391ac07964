package dev.rehearsal.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cues that depend on what a step's statements are. */
class CueLoadingTest {
    private static final String SCENARIO = """
            name: cues
            dataset: { use: tiny }
            migration:
              steps:
                - { name: one, sql: alter table orders add column region text }
                - { name: own, sql: begin; update orders set region = 'eu'; commit; select 1; begin; select 2; end }
                - { name: index, sql: create index concurrently orders_region on orders (region) }
                - { name: apart, sql: select 1, transaction: none }
                - { name: rest, pause: 1s }
                - { name: rebuild, sql: "reindex (concurrently) table orders" }
            faults:
              - at: { CUE }
                crash: { for: 1s }
            """;

    @TempDir
    private Path folder;

    private Written written;

    @BeforeEach
    void writeDataset() {
        written = Written.in(folder);
    }

    @Test
    void readsTheCommitOfAStepAndAPhaseOfAnIndex() throws Exception {
        assertThat(cue("committing: one")).isEqualTo(new Cue.Committing("one"));
        assertThat(cue("committing: own")).isEqualTo(new Cue.Committing("own"));
        assertThat(cue("phase: building index")).isEqualTo(new Cue.InPhase("building index", Optional.empty()));
        assertThat(cue("phase: waiting for old snapshots, step: index"))
                .isEqualTo(new Cue.InPhase("waiting for old snapshots", Optional.of("index")));
        assertThat(cue("phase: waiting for readers before dropping, step: rebuild"))
                .isEqualTo(new Cue.InPhase("waiting for readers before dropping", Optional.of("rebuild")));
    }

    @Test
    void theLastCommitOfATextIsItsCommit() throws Exception {
        List<Step> steps = written.load(SCENARIO.replace("CUE", "committing: own"))
                .migration()
                .steps();

        assertThat(steps)
                .element(1, type(Step.SqlStatements.class))
                .satisfies(step -> assertThat(step.lastCommit()).hasValue(6));
        assertThat(steps)
                .element(0, type(Step.SqlStatements.class))
                .satisfies(step -> assertThat(step.lastCommit()).isEmpty());
    }

    @Test
    void wordsThatAnAccessMethodAddsAreOfThePhase() {
        assertThat(IndexPhase.matches("building index", "building index: scanning table"))
                .isTrue();
        assertThat(IndexPhase.matches("waiting for old snapshots", "waiting for old snapshots"))
                .isTrue();
        assertThat(IndexPhase.matches("waiting for writers before build", "waiting for writers before validation"))
                .isFalse();
    }

    private Cue cue(String text) throws InvalidScenarioException {
        return written.load(SCENARIO.replace("CUE", text)).faultsOf(1).get(0).cue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            committing: apart                                    | 12:23: faults[0].at.committing: step apart sends no commit, because each of its statements commits itself; write begin and commit around them, or { step: apart, after: 100ms }
            committing: index                                    | 12:23: faults[0].at.committing: step index sends no commit, because each of its statements commits itself; write begin and commit around them, or { step: index, after: 100ms }
            committing: rest                                     | 12:23: faults[0].at.committing: step rest sends no commit, because it has no statements; write the name of a step of SQL, or { step: rest, after: 100ms }
            'committing: one, step: one'                         | 12:9: faults[0].at: committing does not go with step; write { committing: add column }
            phase: waiting for writers before validatoin         | 12:18: faults[0].at.phase: no phase is called waiting for writers before validatoin; did you mean 'waiting for writers before validation'?
            'phase: waiting for old snapshots, step: one'        | 12:18: faults[0].at.phase: step one builds no index concurrently, which alone has phases; name a step that does
            'phase: waiting for old snapshots, step: indx'       | 12:51: faults[0].at.step: no step is called indx; did you mean 'index'?
            'phase: waiting for readers before dropping, step: index' | 12:18: faults[0].at.phase: is a phase of reindex concurrently, which step index does not do; name another phase, e.g. waiting for writers before validation
            'phase: waiting for old snapshots, after: 1s'        | 12:9: faults[0].at: phase does not go with after; write { phase: waiting for writers before validation, step: build index }
            """)
    void refusesCuesThatCannotCome(String cue, String problem) {
        assertThat(written.problems(SCENARIO.replace("CUE", cue))).containsExactly("scenario.yaml:" + problem);
    }
}
