package dev.rehearsal.load;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * How an injector that somebody else has started and its harness come to trust each other, for each connection between them.
 *
 * <pre>
 *   injector → harness    UTF "harness injector 1" or "harness database 1" · 32 bytes at random
 *   harness → injector    32 bytes at random · 32 bytes: the code of both, as a harness makes it
 *   injector → harness    u8 whether it is · 32 bytes: the code of both, as an injector makes it · UTF version · i32 slice, or which database · UTF host
 *   harness → injector    UTF why not; empty: welcome · i32 how many slices there are
 *   from then on          sealed lines to the injector, frames from it; or the database
 * </pre>
 *
 * Whatever comes that is none of this is answered by hanging up.
 */
final class Handshake {
    private static final int BYTES = 32;

    /** What the other side is told when its token is another. */
    static final String OTHER_TOKEN = "its " + InjectorToken.VARIABLE + " is not this harness's";

    private final InjectorToken token;
    private final DataInputStream in;
    private final DataOutputStream out;

    Handshake(InjectorToken token, DataInputStream in, DataOutputStream out) {
        this.token = token;
        this.in = in;
        this.out = out;
    }

    /** What a connection is for. */
    enum Purpose {
        LOAD("harness injector 1"),
        /** A connection of a pool, for an injector that cannot reach the fault proxy. */
        DATABASE("harness database 1");

        private final String greeting;

        Purpose(String greeting) {
            this.greeting = greeting;
        }

        private static Optional<Purpose> of(String greeting) {
            return Stream.of(values())
                    .filter(purpose -> purpose.greeting.equals(greeting))
                    .findFirst();
        }
    }

    /**
     * Who an injector says it is.
     *
     * @param number of its slice; of a connection to a database, of that
     */
    record Caller(Purpose purpose, String version, int number, String host) {}

    /** Why there is nothing to be had from the other side; the message says it. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(String reason) {
            super(reason);
        }
    }

    /** @param lines to the injector, or from the harness */
    record Agreed(Caller caller, int of, SealedLines lines) {}

    /**
     * The harness's side.
     *
     * @param of how many slices there are
     * @param objection why it does not want a caller that has the token; empty: it is welcome
     */
    Agreed asHarness(int of, Function<Caller, Optional<String>> objection) throws IOException, RefusedException {
        Purpose purpose = Purpose.of(in.readUTF())
                .orElseThrow(() -> new RefusedException("it is no injector of this version of the harness"));
        byte[] theirs = bytes();
        byte[] ours = random();
        out.write(ours);
        out.write(token.code("harness" + purpose, theirs, ours));
        out.flush();
        boolean trusted = in.readBoolean();
        byte[] code = bytes();
        Caller caller = new Caller(purpose, in.readUTF(), in.readInt(), in.readUTF());
        if (!trusted || !token.isCode(code, "injector" + purpose, theirs, ours)) {
            answer(OTHER_TOKEN, of);
            throw new RefusedException(OTHER_TOKEN);
        }
        Optional<String> refusal = objection.apply(caller);
        answer(refusal.orElse(""), of);
        if (refusal.isPresent()) {
            throw new RefusedException(refusal.get());
        }
        return new Agreed(caller, of, new SealedLines(token.code("commands", theirs, ours)));
    }

    private void answer(String refusal, int of) throws IOException {
        out.writeUTF(refusal);
        out.writeInt(of);
        out.flush();
    }

    /** The injector's side. */
    Agreed asInjector(Caller caller) throws IOException, RefusedException {
        byte[] ours = random();
        out.writeUTF(caller.purpose().greeting);
        out.write(ours);
        out.flush();
        byte[] theirs = bytes();
        boolean trusted = token.isCode(bytes(), "harness" + caller.purpose(), ours, theirs);
        out.writeBoolean(trusted);
        // To one that has not shown the token, nothing is shown that was made with it.
        out.write(trusted ? token.code("injector" + caller.purpose(), ours, theirs) : new byte[BYTES]);
        out.writeUTF(caller.version());
        out.writeInt(caller.number());
        out.writeUTF(caller.host());
        out.flush();
        String refusal = in.readUTF();
        int of = in.readInt();
        if (!refusal.isEmpty() || !trusted) {
            throw new RefusedException(trusted ? refusal : OTHER_TOKEN);
        }
        return new Agreed(caller, of, new SealedLines(token.code("commands", ours, theirs)));
    }

    private byte[] bytes() throws IOException {
        byte[] bytes = new byte[BYTES];
        in.readFully(bytes);
        return bytes;
    }

    private static byte[] random() {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }
}
