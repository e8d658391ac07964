package dev.rehearsal.run;

/** The {@code application_name}s by which the server's views and log tell the sessions of a rehearsal apart. */
public final class ApplicationNames {
    public static final String APPLICATION = "harness-app/";
    public static final String MIGRATION = "harness-migration";
    public static final String BLOCKER = "harness-blocker";
    public static final String OBSERVER = "harness-observer";

    /** The role that a migration tool logs in as: tools give their sessions names of their own. */
    public static final String TOOL_ROLE = "harness_tool";

    private ApplicationNames() {}

    /** Of one service's sessions. */
    public static String application(String service) {
        return APPLICATION + service;
    }

    /** Whose session it is; {@code OTHER} for names that are not ours. */
    public static RunEvent.Party party(String applicationName) {
        if (applicationName.startsWith(APPLICATION)) {
            return RunEvent.Party.APPLICATION;
        }
        return switch (applicationName) {
            case MIGRATION -> RunEvent.Party.MIGRATION;
            case BLOCKER -> RunEvent.Party.BLOCKER;
            case OBSERVER -> RunEvent.Party.OBSERVER;
            default -> RunEvent.Party.OTHER;
        };
    }
}
