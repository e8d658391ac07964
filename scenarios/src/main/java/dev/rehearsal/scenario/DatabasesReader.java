package dev.rehearsal.scenario;

import dev.rehearsal.scenario.Databases.OnFailure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code databases}. */
final class DatabasesReader {
    private static final Keys KEYS = Keys.of("count", "wave", "onFailure");

    private DatabasesReader() {}

    /**
     * @param environment that the databases' servers are like
     * @param workload that each of them has
     */
    static Optional<Databases> read(Value value, EnvironmentSpec environment, Workload workload) {
        Block block = value.block(KEYS, "write e.g. { count: 3 }");
        if (environment.runtime() == EnvironmentSpec.RuntimeChoice.EXTERNAL) {
            value.problem("each is on a server of the harness's own, and a server at a url is one; remove it, or remove"
                    + " environment.url");
        }
        if (workload.injectors().at().isPresent()) {
            value.problem("each has a load of its own, and injectors that others start make one; remove it, or remove"
                    + " workload.injectors.at");
        }
        workload.services().stream()
                .filter(service -> service.http()
                        .filter(http -> !http.ready().contains(HttpService.PORT))
                        .isPresent())
                .forEach(service -> value.problem("each has a " + service.name()
                        + " of its own, and they cannot all listen at one port; write " + HttpService.PORT
                        + " in the service's http.ready"));
        Optional<Value> given = block.require("count", "say how many, e.g. count: 3");
        int count = block.whole("count", Databases.FEWEST, Databases.MOST, Databases.MOST);
        int wave = block.whole("wave", 1, Databases.MOST, 1);
        if (wave > count) {
            block.get("wave").orElseThrow().problem("must be at most the count, " + count + ", got " + wave);
        }
        Map<String, OnFailure> words = new LinkedHashMap<>();
        for (OnFailure word : OnFailure.values()) {
            words.put(word.word(), word);
        }
        OnFailure onFailure = block.get("onFailure")
                .flatMap(word -> word.word(words, List.of()))
                .orElse(OnFailure.STOP);
        return given.map(present -> new Databases(count, Math.min(wave, count), onFailure));
    }
}
