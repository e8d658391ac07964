package dev.rehearsal.proxy;

import java.io.IOException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Asked of both servers, one after the other. */
@Timeout(120)
@ParameterizedClass
@EnumSource(ServerUnderTest.class)
abstract class ConformanceTest {
    static ServerUnderTest.Running server;

    @Parameter
    ServerUnderTest kind;

    @BeforeParameterizedClassInvocation
    static void startServer(ServerUnderTest kind) throws IOException {
        server = kind.start();
    }

    @AfterParameterizedClassInvocation
    static void stopServer() {
        server.close();
    }
}
