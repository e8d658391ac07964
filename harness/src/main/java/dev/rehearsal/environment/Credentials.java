package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec.ExternalSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who the harness is on a server that is not its own, as PostgreSQL's own programs would be: {@code PGUSER} (else the user of this process), and
 * {@code PGPASSWORD}, else the line of a password file ({@code PGPASSFILE}, else {@code ~/.pgpass}).
 */
record Credentials(String user, String password) {
    private static final Set<PosixFilePermission> OF_OTHERS = Set.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    /** Shows no password. */
    @Override
    public String toString() {
        return user;
    }

    /**
     * Those that the environment gives.
     *
     * @param environment variables, as of a process
     * @param home the user's directory
     * @throws EnvironmentException if the password file cannot be read, or others may read it
     */
    static Credentials of(Map<String, String> environment, Path home, String userOfProcess, ExternalSpec server)
            throws EnvironmentException {
        String user = environment.getOrDefault("PGUSER", "");
        String name = user.isEmpty() ? userOfProcess : user;
        String password = environment.getOrDefault("PGPASSWORD", "");
        return new Credentials(
                name,
                password.isEmpty() ? ofFile(environment, home, name, server).orElse("") : password);
    }

    private static Optional<String> ofFile(Map<String, String> environment, Path home, String user, ExternalSpec server)
            throws EnvironmentException {
        String named = environment.getOrDefault("PGPASSFILE", "");
        Path file = named.isEmpty() ? home.resolve(".pgpass") : Path.of(named);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            if (othersRead(file)) {
                throw new EnvironmentException(
                        "the password file " + file + " can be read by others",
                        "Make it yours alone: chmod 600 " + file);
            }
            for (String line : Files.readAllLines(file)) {
                List<String> fields = line.startsWith("#") ? List.of() : fields(line);
                if (fields.size() == 5
                        && is(fields.get(0), server.host())
                        && is(fields.get(1), Integer.toString(server.port()))
                        && is(fields.get(2), server.database())
                        && is(fields.get(3), user)) {
                    return Optional.of(fields.get(4));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new EnvironmentException(
                    "the password file " + file + " cannot be read: " + e, "Make it readable, or set PGPASSWORD.", e);
        }
    }

    private static boolean othersRead(Path file) throws IOException {
        try {
            return Files.getPosixFilePermissions(file).stream().anyMatch(OF_OTHERS::contains);
        } catch (UnsupportedOperationException e) {
            return false;
        }
    }

    private static boolean is(String field, String value) {
        return field.equals("*") || field.equalsIgnoreCase(value);
    }

    /** {@code host:port:database:user:password}, in which a backslash takes the next character as it is. */
    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && i + 1 < line.length()) {
                i++;
                field.append(line.charAt(i));
            } else if (c == ':' && fields.size() < 4) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }
}
