package dev.rehearsal.load;

import dev.rehearsal.scenario.EnvironmentException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * What harness and injectors know and nobody else does. It never travels: each side shows that it has it, by a code over what both have drawn at random
 * for just this connection. It stands in no file of a run. Immutable.
 */
final class InjectorToken {
    /** Of the environment, here and there. */
    static final String VARIABLE = "HARNESS_INJECTOR_TOKEN";

    private static final int SHORTEST = 16;
    private static final String ALGORITHM = "HmacSHA256";
    private static final String REMEDY = "Set it to the same secret of at least " + SHORTEST
            + " characters for the harness and for its injectors, such as openssl rand -hex 16 makes.";

    private final SecretKey key;

    private InjectorToken(String secret) {
        this.key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
    }

    /** @throws EnvironmentException if there is none among the variables, or one that could be guessed */
    static InjectorToken of(Map<String, String> environment) throws EnvironmentException {
        String secret = environment.getOrDefault(VARIABLE, "");
        if (secret.isEmpty()) {
            throw new EnvironmentException(
                    VARIABLE + " is not set, without which anybody could be an injector", REMEDY);
        }
        if (secret.length() < SHORTEST) {
            throw new EnvironmentException(VARIABLE + " has " + secret.length() + " characters", REMEDY);
        }
        return new InjectorToken(secret);
    }

    /** A code of 32 bytes that only who has the token can make. */
    byte[] code(String purpose, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(purpose.getBytes(StandardCharsets.UTF_8));
            for (byte[] part : parts) {
                mac.update((byte) part.length);
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    boolean isCode(byte[] given, String purpose, byte[]... parts) {
        return MessageDigest.isEqual(given, code(purpose, parts));
    }

    /** Shows nothing of it. */
    @Override
    public String toString() {
        return VARIABLE;
    }
}
