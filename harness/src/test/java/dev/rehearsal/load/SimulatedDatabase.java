package dev.rehearsal.load;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/**
 * A clock, and a first-come-first-served pool of connections on it: requests are run one after the other in the order of their arrival, each
 * with the clock set to its own time, which is exact for a queue that is served in that order.
 */
final class SimulatedDatabase implements Timekeeper {
    private final long serviceNanos;
    private final long stallFromNanos;
    private final long stallToNanos;
    private final long[] freeAtNanos;
    private long generatorStallFromNanos = Long.MAX_VALUE;
    private long generatorStallToNanos = Long.MAX_VALUE;
    private Optional<String> sqlState = Optional.empty();
    private int failuresLeft;
    private int commitFailuresLeft;
    private long nowNanos;

    /** Statements take {@code serviceNanos} each, and make no progress during the stall. */
    SimulatedDatabase(int connections, long serviceNanos, long stallFromNanos, long stallToNanos) {
        this.freeAtNanos = new long[connections];
        this.serviceNanos = serviceNanos;
        this.stallFromNanos = stallFromNanos;
        this.stallToNanos = stallToNanos;
    }

    /** Threads of the generator do not run during this. */
    SimulatedDatabase generatorStalls(long fromNanos, long toNanos) {
        generatorStallFromNanos = fromNanos;
        generatorStallToNanos = toNanos;
        return this;
    }

    SimulatedDatabase failsWith(String state) {
        return failsWith(state, Integer.MAX_VALUE);
    }

    /** @param times after which all goes well */
    SimulatedDatabase failsWith(String state, int times) {
        sqlState = Optional.of(state);
        failuresLeft = times;
        return this;
    }

    /** Connections break at the commit. */
    SimulatedDatabase breaksAtCommit(int times) {
        commitFailuresLeft = times;
        return this;
    }

    @Override
    public long nowNanos() {
        return nowNanos;
    }

    /** Each request waits first, and for its own instant: here its time begins. */
    @Override
    public void parkUntil(long instantNanos) {
        boolean stalled = generatorStallFromNanos <= instantNanos && instantNanos < generatorStallToNanos;
        nowNanos = stalled ? generatorStallToNanos : instantNanos;
    }

    DataSource pool() {
        return fake(DataSource.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "getConnection" -> connect();
            default -> throw new UnsupportedOperationException(method.toString());
        });
    }

    private Connection connect() {
        int earliest = 0;
        for (int i = 1; i < freeAtNanos.length; i++) {
            if (freeAtNanos[i] < freeAtNanos[earliest]) {
                earliest = i;
            }
        }
        nowNanos = Math.max(nowNanos, freeAtNanos[earliest]);
        return connection(earliest);
    }

    private Connection connection(int index) {
        return fake(Connection.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "unwrap" -> session(100 + index);
            case "prepareStatement" -> statement();
            case "setAutoCommit", "rollback", "clearWarnings", "getWarnings" -> null;
            case "commit" -> {
                if (commitFailuresLeft-- > 0) {
                    throw new SQLException("broken", "08006");
                }
                yield null;
            }
            case "close" -> {
                freeAtNanos[index] = nowNanos;
                yield null;
            }
            default -> throw new UnsupportedOperationException(method.toString());
        });
    }

    private static PGConnection session(int pid) {
        return fake(PGConnection.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "getBackendPID" -> pid;
            default -> throw new UnsupportedOperationException(method.toString());
        });
    }

    private PreparedStatement statement() {
        return fake(PreparedStatement.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "execute" -> {
                serve();
                if (sqlState.isPresent() && failuresLeft-- > 0) {
                    throw new SQLException("refused", sqlState.get());
                }
                yield false;
            }
            case "getUpdateCount" -> -1;
            case "setLong", "setInt", "setString", "setBigDecimal", "close", "getWarnings" -> null;
            default -> throw new UnsupportedOperationException(method + Arrays.toString(arguments));
        });
    }

    private void serve() {
        if (nowNanos < stallToNanos && nowNanos + serviceNanos > stallFromNanos) {
            nowNanos = stallToNanos + serviceNanos - Math.max(0, stallFromNanos - nowNanos);
        } else {
            nowNanos += serviceNanos;
        }
    }

    private static <T> T fake(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
