package dev.rehearsal.environment;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * What the databases that a run makes on a server which is not ours have in their names: drawn at random, and with a check in it, so that a name can be
 * told from one that merely looks like ours. For a run that is killed while the server still makes its first database, which
 * the server goes on with, the name is all that says whose it is.
 *
 * <pre>
 *   0f8c21aa 93d4e7b0
 *   drawn    the beginning of a digest of that
 * </pre>
 */
final class Lease {
    /** Of the text, as part of a pattern. */
    static final String FORM = "[0-9a-f]{16}";

    private static final int DRAWN = 8;
    private static final String PURPOSE = "rehearsal harness, lease ";

    private Lease() {}

    /** A new one. */
    static String drawn() {
        String drawn = HexFormat.of().toHexDigits(new SecureRandom().nextInt());
        return drawn + check(drawn);
    }

    /** Whether it is one of ours, and not a name that somebody has thought of. */
    static boolean isGenuine(String lease) {
        return lease.matches(FORM) && lease.endsWith(check(lease.substring(0, DRAWN)));
    }

    private static String check(String drawn) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest((PURPOSE + drawn).getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest).substring(0, DRAWN);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
