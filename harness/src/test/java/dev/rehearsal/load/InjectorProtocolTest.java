package dev.rehearsal.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.dataset.RowRange;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Parameter;
import dev.rehearsal.scenario.Rate;
import dev.rehearsal.scenario.Workload.Arrivals;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InjectorProtocolTest {
    private static final List<Frame> FRAMES = List.of(
            new Frame.Started(5),
            new Frame.Request(new RequestRecord(3, Outcome.FAILED, 1, 77, 1, 2, RequestRecord.NEVER, 4, "42P01")),
            new Frame.Paused(10, 20),
            new Frame.Ready(),
            new Frame.Offered(true),
            new Frame.Alive(),
            new Frame.Building(3),
            new Frame.Loaded(new RowRange(2, 25_000, 5_000_000_000L), 7),
            new Frame.Refused("tä", "no", "", "t_check"),
            new Frame.Built(),
            new Frame.Failed("nö", "do this"),
            new Frame.Drained(9, 8, 7));

    private static byte[] written() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] scratch = new byte[64];
        Arrays.fill(scratch, (byte) 9);
        for (Frame frame : FRAMES) {
            Frame.write(frame, new DataOutputStream(bytes), scratch);
        }
        return bytes.toByteArray();
    }

    private static List<Frame> read(byte[] bytes) throws Exception {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        List<Frame> frames = new ArrayList<>();
        byte[] scratch = new byte[64];
        for (Optional<Frame> frame = Frame.read(in, scratch); frame.isPresent(); frame = Frame.read(in, scratch)) {
            frames.add(frame.get());
        }
        return frames;
    }

    /** Whoever started it has no other way to know that the run did not come to its end. */
    @Test
    void anInjectorWhoseHarnessHangsUpSaysSo() throws Exception {
        FrameWriter frames = new FrameWriter(new ByteArrayOutputStream(), () -> {});
        frames.start();

        Optional<EnvironmentException> end = new Injector(Optional::empty, frames).run();

        frames.close();
        assertThat(end)
                .hasValueSatisfying(
                        told -> assertThat(told).hasMessage("the harness hung up before it had told the plan"));
    }

    @Test
    void framesArriveAsSent() throws Exception {
        assertThat(read(written())).isEqualTo(FRAMES);
    }

    @Test
    void streamThatWasCutOffEndsAtItsLastWholeFrame() throws Exception {
        byte[] bytes = written();

        assertThat(read(Arrays.copyOf(bytes, bytes.length - 3))).isEqualTo(FRAMES.subList(0, FRAMES.size() - 1));
    }

    @Test
    void planArrivesAsSent() {
        Map<String, Parameter> parameters = Map.of(
                "a", new Parameter.UniformLong(1, 2),
                "b", new Parameter.UniformDecimal(BigDecimal.ONE, new BigDecimal("2.50"), 2),
                "c", new Parameter.Zipf(1, 9, 1.1),
                "d", new Parameter.References("t", "id", 0.5),
                "e", new Parameter.Choice(List.of("x", "y"), List.of(1.0, 2.0)),
                "f", new Parameter.Sequence(1),
                "g", new Parameter.Literal("z'\n"));
        InjectorPlan plan = new InjectorPlan(
                -5,
                new Slice(1, 3),
                42,
                "jdbc:postgresql://127.0.0.1:1/x?user=u&password=p",
                List.of("jdbc:postgresql://127.0.0.1:2/x?user=u&password=p"),
                true,
                Workloads.of(
                        Arrivals.CONSTANT,
                        Workloads.service(
                                "shop",
                                2.5,
                                Workloads.pool(3, Duration.ofMillis(1500)),
                                Duration.ofSeconds(5),
                                Workloads.operation("all", 1, parameters, "select :a, :b, :c, :d, :e, :f, :g")),
                        Workloads.service(
                                "other",
                                new Rate.Curve(List.of(
                                        new Rate.Point(Duration.ZERO, 1), new Rate.Point(Duration.ofMillis(1), 2.5))),
                                Workloads.pool(1, Duration.ofSeconds(1)),
                                Workloads.operation("one", 1, Map.of(), "select 1")),
                        Workloads.service(
                                "daily",
                                new Rate.Day(
                                        Path.of("/data/a day.csv"),
                                        List.of(
                                                new Rate.Point(Duration.ofHours(1), 1),
                                                new Rate.Point(Duration.ofHours(2), 2)),
                                        96,
                                        Duration.ofHours(20)),
                                Workloads.pool(1, Duration.ofSeconds(1)),
                                Workloads.operation("one", 1, Map.of(), "select 1"))),
                Map.of(
                        "t.id", new KeyDomain.Dense(1, 9),
                        "u.id", new KeyDomain.Numbers(List.of(1L, 5L)),
                        "v.id", new KeyDomain.Texts(List.of("ö", "p"))));

        String line = plan.toLine();

        assertThat(line).doesNotContain("\n");
        assertThat(InjectorPlan.fromLine(line)).isEqualTo(plan);
    }
}
