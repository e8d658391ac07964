package dev.rehearsal.run;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The {@code application_name}s by which the server's views and log tell the sessions of a rehearsal apart. */
public final class ApplicationNames {
    public static final String APPLICATION = "harness-app/";
    public static final String MIGRATION = "harness-migration";
    public static final String BLOCKER = "harness-blocker";
    public static final String OBSERVER = "harness-observer";

    /** The role that a migration tool logs in as: tools give their sessions names of their own. */
    public static final String TOOL_ROLE = "harness_tool";

    private static final Pattern CLIENT = Pattern.compile(APPLICATION + "#(\\d{1,9})/(.*)");

    private ApplicationNames() {}

    /** Of one service's sessions. */
    public static String application(String service) {
        return APPLICATION + service;
    }

    /**
     * Of one of a service's clients of a pooler, which passes the name on to the session that serves it. The number stands first, because the server cuts
     * names off.
     *
     * @param client from 1
     */
    public static String client(String service, int client) {
        return APPLICATION + "#" + client + "/" + service;
    }

    /** The number in a name by {@link #client}. */
    public static OptionalInt clientOf(String applicationName) {
        Matcher numbered = CLIENT.matcher(applicationName);
        return numbered.matches() ? OptionalInt.of(Integer.parseInt(numbered.group(1))) : OptionalInt.empty();
    }

    /** A name by {@link #client} as that of its service; any other as it is. */
    public static String withoutClient(String applicationName) {
        Matcher numbered = CLIENT.matcher(applicationName);
        return numbered.matches() ? application(numbered.group(2)) : applicationName;
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
