package dev.rehearsal.environment;

import com.sun.management.OperatingSystemMXBean;
import dev.rehearsal.run.RunEvent;
import java.lang.management.ManagementFactory;
import oshi.SystemInfo;
import oshi.software.os.OperatingSystem;

/** What this machine is. Processors and memory are those a container leaves to us, not those of its host. */
final class HostInspector {
    private HostInspector() {}

    static RunEvent.HostFacts facts() {
        OperatingSystem system = new SystemInfo().getOperatingSystem();
        return new RunEvent.HostFacts(
                Runtime.getRuntime().availableProcessors(),
                memoryBytes(),
                system.getFamily() + " " + system.getVersionInfo() + ", " + System.getProperty("os.name") + " "
                        + System.getProperty("os.version") + " " + System.getProperty("os.arch"),
                System.getProperty("java.vm.name") + " " + Runtime.version());
    }

    static long memoryBytes() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }
}
