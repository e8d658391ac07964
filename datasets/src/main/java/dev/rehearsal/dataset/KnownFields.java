package dev.rehearsal.dataset;

import java.util.Map;
import java.util.Optional;

/**
 * Values of types that we do not write ourselves, as a server has once given them: for processes that do not ask it again, because what it says may depend
 * on who asks (the session's time zone is the client's).
 *
 * @param fields bytes of a field, by {@link #key}
 */
record KnownFields(Map<String, byte[]> fields) implements ColumnCompiler.FieldSource {
    KnownFields {
        fields = Map.copyOf(fields);
    }

    static String key(String text, ServerColumn column) {
        return column.details().sqlType() + " " + text;
    }

    @Override
    public Optional<byte[]> bytes(String text, ServerColumn column) {
        return Literals.bytes(text, column).or(() -> Optional.ofNullable(fields.get(key(text, column))));
    }
}
