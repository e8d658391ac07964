package dev.rehearsal.profile;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Replaces texts by others of the same form: letters become letters, digits digits, everything else stays. So lengths are kept (in characters and in
 * bytes), different texts stay different, and what checks a form still passes.
 *
 * <p>Which text becomes which depends on a secret that is thrown away: nobody can try out what a mask stands for. Not thread-safe.
 */
final class TextMask {
    private static final int TRIES = 1_000;

    private final boolean keepAll;
    private final Set<String> kept;
    private final byte[] secret = new byte[32];
    private final Map<String, String> masks = new HashMap<>();
    private final Set<String> taken = new HashSet<>();

    /** @param kept texts that stay as they are */
    TextMask(boolean keepAll, Set<String> kept) {
        this.keepAll = keepAll;
        this.kept = Set.copyOf(kept);
        taken.addAll(kept);
        new SecureRandom().nextBytes(secret);
    }

    /** The same mask for the same text, whichever column it is from. */
    String mask(String text) {
        return keepAll || kept.contains(text) ? text : masks.computeIfAbsent(text, this::fresh);
    }

    /** Another UUID of the same version. */
    String uuid(String uuid) {
        if (keepAll) {
            return uuid;
        }
        long high = (seed(uuid, 0) & ~0xf000L) | (Long.parseLong(uuid.substring(14, 15), 16) << 12);
        return new UUID(high, (seed(uuid, 1) >>> 2) | Long.MIN_VALUE).toString();
    }

    private String fresh(String text) {
        String masked = text;
        // A text of one letter has few masks, and may run out of them: then two texts share one.
        for (int i = 0; i < TRIES; i++) {
            masked = masked(text, i);
            boolean other = !masked.equals(text) || masked.codePoints().noneMatch(c -> replaced(c) != c);
            if (other && taken.add(masked)) {
                return masked;
            }
        }
        return masked;
    }

    private String masked(String text, int salt) {
        StringBuilder masked = new StringBuilder(text.length());
        long[] state = {seed(text, salt)};
        text.codePoints().forEach(character -> {
            state[0] = state[0] * 0x5851f42d4c957f2dL + 0x14057b7ef767814fL;
            masked.appendCodePoint(replaced(character, (int) (state[0] >>> 33)));
        });
        return masked.toString();
    }

    private long seed(String text, int salt) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(secret);
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, salt));
            return ByteBuffer.wrap(digest.digest(text.getBytes(StandardCharsets.UTF_8)))
                    .getLong();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    private static int replaced(int character) {
        return replaced(character, replaced(character, 0) == character ? 1 : 0);
    }

    /** One of as many bytes in UTF-8, and of the same class. */
    private static int replaced(int character, int random) {
        if (character >= 'a' && character <= 'z') {
            return 'a' + random % 26;
        }
        if (character >= 'A' && character <= 'Z') {
            return 'A' + random % 26;
        }
        if (character >= '0' && character <= '9') {
            return '0' + random % 10;
        }
        if (!Character.isLetterOrDigit(character) || character < 0x80) {
            return character;
        }
        if (character < 0x800) {
            // Latin letters with marks, then Cyrillic ones: two bytes each.
            return character < 0x370 ? 0x100 + random % 0x7f : 0x430 + random % 0x20;
        }
        return character < 0x10000 ? 0x4e00 + random % 0x5000 : 0x20000 + random % 0xa000;
    }
}
