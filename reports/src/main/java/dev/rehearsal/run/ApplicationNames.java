package dev.rehearsal.run;

/** The {@code application_name}s by which the server's views and log tell the sessions of a rehearsal apart. */
public final class ApplicationNames {
    public static final String APPLICATION = "harness-app/";

    private ApplicationNames() {}

    /** Of one service's sessions. */
    public static String application(String service) {
        return APPLICATION + service;
    }
}
