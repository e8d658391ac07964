package dev.rehearsal.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestRecordTest {
    @ParameterizedTest
    @CsvSource({"1, 0", "4711, 0", "4194303, 0", "1, 1", "4711, 1", "4711, 5", "4194303, 5"})
    void sessionsOfTwoServersAreToldApartAndKeepTheirProcessIds(int pid, int replica) {
        int session = RequestRecord.session(pid, replica);
        RequestRecord request = new RequestRecord(0, RequestRecord.Outcome.SUCCEEDED, -1, session, 0, 0, 0, 0, "");

        assertThat(request.pidOnItsServer()).isEqualTo(pid);
        assertThat(session < 0).isEqualTo(replica > 0);
        assertThat(session).isNotEqualTo(RequestRecord.session(pid, replica + 1));
    }
}
