package dev.rehearsal.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Injectors;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may be an injector. */
@Timeout(60)
class InjectorGateTest {
    private static final String VERSION = "1 (abc)";
    private static final Map<String, String> TOKEN = Map.of(InjectorToken.VARIABLE, "0123456789abcdef");

    private static final String TUNNEL = "&socketFactory=dev.rehearsal.load.TunnelSockets&socketFactoryArg=";

    private final InjectorGate gate;

    InjectorGateTest() throws EnvironmentException {
        gate = gate(Duration.ofMinutes(1));
    }

    private static InjectorGate gate(Duration within) throws EnvironmentException {
        return InjectorGate.opened(new Injectors(3, Optional.of("127.0.0.1:0"), within), TOKEN, VERSION);
    }

    @AfterEach
    void closeGate() {
        gate.close();
    }

    private static Handshake.Agreed call(InjectorGate gate, Map<String, String> token, String version, int slice)
            throws Exception {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), gate.port());
        return new Handshake(
                        InjectorToken.of(token),
                        new DataInputStream(socket.getInputStream()),
                        new DataOutputStream(socket.getOutputStream()))
                .asInjector(new Handshake.Caller(Handshake.Purpose.LOAD, version, slice, "host-" + slice));
    }

    private static String refusal(InjectorGate gate, Map<String, String> token, String version, int slice) {
        try {
            call(gate, token, version, slice);
            throw new AssertionError("was welcome");
        } catch (Handshake.RefusedException e) {
            return e.getMessage();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void thoseWhoHaveTheTokenAreThereByTheirSlices() throws Exception {
        for (int slice : List.of(2, 0, 1)) {
            assertThat(call(gate, TOKEN, VERSION, slice).of()).isEqualTo(3);
        }

        assertThat(gate.all()).extracting(InjectorLink::slice).isEqualTo(Slice.all(3));
        assertThat(gate.all()).extracting(InjectorLink::place).first().isEqualTo("host-0 at 127.0.0.1");
    }

    /** Past the harness where that goes, and through its gate otherwise; what is of this machine is another on every other. */
    @Test
    void aServerIsReachedDirectlyOrThroughTheGate() throws Exception {
        String here = "jdbc:postgresql://127.0.0.1:5432/x?user=u";
        String elsewhere = "jdbc:postgresql://db.example:5433/x?user=u";
        InjectorLink near = called(InetAddress.getLoopbackAddress());
        InjectorLink far = called(InetAddress.getByName("192.0.2.7"));

        assertThat(near.ways(here)).containsExactly(here);
        assertThat(near.ways(elsewhere)).containsExactly(elsewhere);
        assertThat(far.ways(here)).containsExactly(here + TUNNEL + "0");
        assertThat(far.ways("jdbc:postgresql://[::1]:5432/x?user=u"))
                .containsExactly("jdbc:postgresql://[::1]:5432/x?user=u" + TUNNEL + "1");
        assertThat(far.ways(elsewhere))
                .containsExactly(elsewhere + "&connectTimeout=5&loginTimeout=5", elsewhere + TUNNEL + "2");
        assertThat(far.ways(elsewhere)).last().isEqualTo(elsewhere + TUNNEL + "2");
        assertThat(List.of(near.way(here), far.way(here), far.way(elsewhere)))
                .containsExactly(here, here + TUNNEL + "0", elsewhere);
    }

    private final Tunnels tunnels = new Tunnels();

    /** One that calls from an address that no socket of this test can have. */
    private InjectorLink called(InetAddress from) {
        Socket socket = new Socket() {
            @Override
            public InetAddress getInetAddress() {
                return from;
            }
        };
        return new ConnectedInjector(
                Slice.WHOLE,
                "host",
                socket,
                new DataInputStream(java.io.InputStream.nullInputStream()),
                new DataOutputStream(java.io.OutputStream.nullOutputStream()),
                new SealedLines(new byte[32]),
                tunnels);
    }

    @Test
    void refusesAnotherToken() {
        assertThat(refusal(gate, Map.of(InjectorToken.VARIABLE, "0123456789abcdeX"), VERSION, 0))
                .isEqualTo("its HARNESS_INJECTOR_TOKEN is not this harness's");
    }

    @Test
    void refusesAnotherVersion() {
        assertThat(refusal(gate, TOKEN, "2 (abc)", 0))
                .isEqualTo("it is of version 2 (abc), and the harness of 1 (abc)");
    }

    @Test
    void refusesANumberThatIsNoSlice() {
        assertThat(refusal(gate, TOKEN, VERSION, 3))
                .isEqualTo("slice 3 is not among the 3 of this run, which are 0 to 2");
    }

    @Test
    void refusesASecondOneOfASlice() throws Exception {
        call(gate, TOKEN, VERSION, 1);
        // It was let in after it heard that it is welcome.
        org.awaitility.Awaitility.await()
                .until(() -> refusalOrWelcome(1).equals("slice 1 has an injector already, host-1 at 127.0.0.1"));
    }

    private String refusalOrWelcome(int slice) throws Exception {
        try {
            call(gate, TOKEN, VERSION, slice);
            return "";
        } catch (Handshake.RefusedException e) {
            return e.getMessage();
        }
    }

    @Test
    void saysWhoIsMissingAndWhoWasRefused() throws Exception {
        try (InjectorGate impatient = gate(Duration.ofSeconds(1))) {
            call(impatient, TOKEN, VERSION, 1);
            refusal(impatient, TOKEN, VERSION, 7);

            assertThatThrownBy(impatient::all)
                    .isInstanceOf(EnvironmentException.class)
                    .hasMessage(
                            "1 of 3 injectors have reported at 127.0.0.1:0 within 1 s; missing: slice 0, 2; refused was"
                                    + " 127.0.0.1: slice 7 is not among the 3 of this run, which are 0 to 2")
                    .extracting(thrown -> ((EnvironmentException) thrown).remedy())
                    .isEqualTo("Start what is missing, e.g. harness injector --harness 127.0.0.1:0 --slice 0, or wait"
                            + " longer: workload.injectors.within.");
        }
    }

    @Test
    void somebodyWhoIsNoInjectorIsHungUpOn() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gate.port())) {
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            socket.shutdownOutput();

            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void needsATokenThatCannotBeGuessed() {
        Injectors injectors = new Injectors(3, Optional.of("127.0.0.1:0"), Duration.ofSeconds(1));

        assertThatThrownBy(() -> InjectorGate.opened(injectors, Map.of()))
                .hasMessage("HARNESS_INJECTOR_TOKEN is not set, without which anybody could be an injector");
        assertThatThrownBy(() -> InjectorGate.opened(injectors, Map.of(InjectorToken.VARIABLE, "secret")))
                .hasMessage("HARNESS_INJECTOR_TOKEN has 6 characters");
    }

    @Test
    void linesCanBeReadByTheOtherSideAloneAndInTheirOrder() throws Exception {
        byte[] key = new byte[32];
        java.io.ByteArrayOutputStream sent = new java.io.ByteArrayOutputStream();
        SealedLines writer = new SealedLines(key);
        writer.write("the password is öäü", new DataOutputStream(sent));
        int first = sent.size();
        writer.write("stop 5", new DataOutputStream(sent));
        byte[] bytes = sent.toByteArray();

        SealedLines reader = new SealedLines(key);
        DataInputStream in = new DataInputStream(new java.io.ByteArrayInputStream(bytes));
        assertThat(reader.read(in)).contains("the password is öäü");
        assertThat(reader.read(in)).contains("stop 5");
        assertThat(reader.read(in)).isEmpty();
        assertThat(new String(bytes, java.nio.charset.StandardCharsets.UTF_8)).doesNotContain("password");
        assertThatThrownBy(() -> new SealedLines(key)
                        .read(new DataInputStream(
                                new java.io.ByteArrayInputStream(bytes, first, bytes.length - first))))
                .isInstanceOf(IOException.class)
                .hasMessage("a line that the other side has not written");
    }
}
