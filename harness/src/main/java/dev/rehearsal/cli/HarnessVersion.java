package dev.rehearsal.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of this build, from the jar's manifest. */
final class HarnessVersion implements IVersionProvider {
    static String current() {
        String version = HarnessVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"harness " + current()};
    }
}
