package dev.rehearsal.load;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Lines that only the other side can read, and only it can have written: the plan has the database's password in it, and whoever could write a command
 * could direct the load at somebody. AES-GCM under a key of this connection alone; the nonce is the line's number, so that none can be left out, repeated
 * or put in elsewhere. Each direction has a key of its own. Not for several threads at once.
 *
 * <pre>
 * u32 bytes · the line in UTF-8, sealed, and 16 bytes that show who did
 * </pre>
 */
final class SealedLines {
    private static final int TAG_BITS = 128;
    private static final int NONCE_BYTES = 12;

    /** Of a plan with hundreds of thousands of keys in it. */
    private static final int LONGEST = 1 << 28;

    private final SecretKeySpec key;
    private long number;

    /** @param key 32 bytes */
    SealedLines(byte[] key) {
        this.key = new SecretKeySpec(key, "AES");
    }

    void write(String line, DataOutputStream to) throws IOException {
        byte[] sealed = transformed(Cipher.ENCRYPT_MODE, line.getBytes(StandardCharsets.UTF_8));
        to.writeInt(sealed.length);
        to.write(sealed);
        to.flush();
    }

    /** Empty at the end of the stream. */
    Optional<String> read(DataInputStream from) throws IOException {
        try {
            int length = from.readInt();
            if (length < 0 || length > LONGEST) {
                throw new IOException("a line of " + length + " bytes");
            }
            byte[] sealed = new byte[length];
            from.readFully(sealed);
            return Optional.of(new String(transformed(Cipher.DECRYPT_MODE, sealed), StandardCharsets.UTF_8));
        } catch (EOFException e) {
            return Optional.empty();
        }
    }

    private byte[] transformed(int mode, byte[] text) throws IOException {
        byte[] nonce =
                ByteBuffer.allocate(NONCE_BYTES).putInt(0).putLong(number).array();
        number++;
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
            return cipher.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IOException("a line that the other side has not written", e);
        }
    }
}
