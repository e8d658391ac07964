package dev.rehearsal.scenario;

/** What a scenario cannot ask of a server that is not the harness's own. */
final class OwnServersOnly {
    static final String REASON =
            "needs power over the server's processes, which a server at a url does not give; remove it, or remove environment.url";

    private OwnServersOnly() {}
}
