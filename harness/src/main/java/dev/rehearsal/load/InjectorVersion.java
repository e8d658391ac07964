package dev.rehearsal.load;

import dev.rehearsal.dataset.RowPlan;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has to be the same in all processes that make one load: the version of the harness, and the very code that the plan is computed and told by. Two
 * builds of one version that differ elsewhere can work together. (Whether they make the same rows of a dataset, {@link RowPlan} finds out by itself.)
 */
final class InjectorVersion {
    private static final List<Class<?>> DECISIVE = List.of(
            ArrivalPlan.class,
            Seeds.class,
            Slice.class,
            Deployments.class,
            ServiceTraffic.class,
            ArrivalSequence.class,
            UserArrivals.class,
            Values.class,
            Transaction.class,
            InjectorPlan.class,
            Injector.class,
            SliceBuild.class,
            RowPlan.class,
            Frame.class);
    private static final int SHOWN = 12;

    private InjectorVersion() {}

    /** Such as {@code 0.1.0 (4be1c09d2f7a)}. */
    static String own() {
        @Nullable String version = InjectorVersion.class.getPackage().getImplementationVersion();
        return (version == null ? "development" : version) + " (" + code() + ")";
    }

    private static String code() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Class<?> each : DECISIVE) {
                try (InputStream bytes = each.getResourceAsStream(each.getSimpleName() + ".class")) {
                    if (bytes == null) {
                        throw new IllegalStateException("no class file of " + each);
                    }
                    digest.update(bytes.readAllBytes());
                }
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, SHOWN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
