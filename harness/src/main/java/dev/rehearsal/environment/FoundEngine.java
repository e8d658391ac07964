package dev.rehearsal.environment;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Info;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.dockerclient.DockerClientProviderStrategy;
import org.testcontainers.dockerclient.TransportConfig;
import org.testcontainers.utility.ResourceReaper;

/**
 * Has Testcontainers use the engine that was found, instead of looking for one by itself. One engine a process, as Testcontainers has it.
 *
 * <p>Testcontainers has a way of its own to end what a process leaves behind: a container (Ryuk) whose image has to be pulled, or else a hook
 * that ends servers while we are still reading their logs. Neither is used: we end what we start, and {@link ContainerSweeper} what a killed
 * harness could not.
 */
final class FoundEngine extends DockerClientProviderStrategy {
    private static @Nullable URI engine;

    private final URI uri;
    private @Nullable Info info;

    private FoundEngine(URI uri) {
        this.uri = uri;
    }

    /** Testcontainers' own client of that engine. */
    static synchronized DockerClient client(URI uri) {
        if (!uri.equals(engine)) {
            if (engine != null) {
                throw new IllegalStateException("this process uses the engine at " + engine + " already");
            }
            try {
                Constructor<ResourceReaper> reaper = ResourceReaper.class.getDeclaredConstructor();
                reaper.setAccessible(true);
                set(ResourceReaper.class, "instance", null, reaper.newInstance());
                set(DockerClientFactory.class, "strategy", DockerClientFactory.instance(), new FoundEngine(uri));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("this version of Testcontainers is not the one we know", e);
            }
            engine = uri;
        }
        return DockerClientFactory.instance().client();
    }

    private static void set(Class<?> type, String field, @Nullable Object owner, Object value)
            throws ReflectiveOperationException {
        Field found = type.getDeclaredField(field);
        found.setAccessible(true);
        found.set(owner, value);
    }

    @Override
    public String getDescription() {
        return "the engine that the harness found";
    }

    @Override
    public TransportConfig getTransportConfig() {
        return TransportConfig.builder().dockerHost(uri).build();
    }

    @Override
    protected boolean isPersistable() {
        return false;
    }

    /** Also where {@code /.dockerenv} says that this is a container: ports are published on the engine's machine, and that is this one. */
    @Override
    public synchronized String getDockerHostIpAddress() {
        return EngineClient.LOOPBACK;
    }

    @Override
    public synchronized Info getInfo() {
        if (info == null) {
            info = getDockerClient().infoCmd().exec();
        }
        return info;
    }
}
