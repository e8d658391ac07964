package dev.rehearsal.load;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.rehearsal.scenario.Parameter;
import dev.rehearsal.scenario.Rate;
import dev.rehearsal.scenario.Workload;
import dev.rehearsal.scenario.Workload.Service;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * All that the injector is told: one line of JSON on its standard input, or its connection.
 *
 * @param originNanoTime the run's origin on the injector's clock, which where it is a process of the same machine is the harness's
 * @param slice which of the arrivals are the injector's
 * @param pooled see {@link LoadSpec#pooled}
 * @param keys by {@code table.column}
 */
record InjectorPlan(
        long originNanoTime,
        Slice slice,
        long seed,
        String jdbcUrl,
        List<String> replicaJdbcUrls,
        boolean pooled,
        Workload workload,
        Map<String, KeyDomain> keys) {
    InjectorPlan {
        replicaJdbcUrls = List.copyOf(replicaJdbcUrls);
        keys = new TreeMap<>(keys);
    }

    /** The pools of its slice, not those of the whole workload. */
    List<Service> services() {
        return workload.services().stream()
                .map(service -> service.withPool(slice.part(service.pool())))
                .toList();
    }

    String toLine() {
        return mapper().writeValueAsString(this);
    }

    static InjectorPlan fromLine(String line) {
        return mapper().readValue(line, InjectorPlan.class);
    }

    private static ObjectMapper mapper() {
        return JsonMapper.builder()
                .addMixIn(Parameter.class, ParameterKinds.class)
                .addMixIn(Rate.class, RateKinds.class)
                .build();
    }

    /** The language does not say how its records travel. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Parameter.UniformLong.class, name = "uniformLong"),
        @JsonSubTypes.Type(value = Parameter.UniformDecimal.class, name = "uniformDecimal"),
        @JsonSubTypes.Type(value = Parameter.Zipf.class, name = "zipf"),
        @JsonSubTypes.Type(value = Parameter.References.class, name = "references"),
        @JsonSubTypes.Type(value = Parameter.Choice.class, name = "choice"),
        @JsonSubTypes.Type(value = Parameter.Sequence.class, name = "sequence"),
        @JsonSubTypes.Type(value = Parameter.Literal.class, name = "literal")
    })
    private interface ParameterKinds {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Rate.Steady.class, name = "steady"),
        @JsonSubTypes.Type(value = Rate.Curve.class, name = "curve"),
        @JsonSubTypes.Type(value = Rate.Day.class, name = "day")
    })
    private interface RateKinds {}
}
