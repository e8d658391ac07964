package dev.rehearsal.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretsTest {
    private static final Secrets SECRETS = Secrets.of(Map.of(
            "DATABASE_PASSWORD",
            "hunter2hunter2",
            "API_TOKEN",
            "tok_4711",
            "AWS_SECRET_ACCESS_KEY",
            "short",
            "HOME",
            "/home/me"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "postgresql://app:s3cret@db:5432/shop | postgresql://app:***@db:5432/shop",
                "postgres://:s3cret@db/shop | postgres://:***@db/shop",
                "jdbc:postgresql://db/shop?user=app&password=s3cret&ssl=true | jdbc:postgresql://db/shop?user=app&password=***&ssl=true",
                "PGPASSWORD=s3cret psql | PGPASSWORD=*** psql",
                "host=db sslpassword=s3cret dbname=shop | host=db sslpassword=*** dbname=shop",
                "create role r login password 's3cret' | create role r login password '***'",
                "alter role r PASSWORD E's3cret' valid until '2027' | alter role r PASSWORD E'***' valid until '2027'",
                "password = 's3 cret' | password = '***'",
                "--set environment.password=s3cret | --set environment.password=***",
                "the key is hunter2hunter2. | the key is ***.",
                "Bearer tok_4711 | Bearer ***",
                "{\"sql\":\"set x = \\\"password\\\": \\\"s3cret\\\"\"} | {\"sql\":\"set x = \\\"password\\\": \\\"s3cret\\\"\"}",
            })
    void hides(String text, String expected) {
        assertThat(SECRETS.hiddenIn(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "alter table orders add column token uuid not null default gen_random_uuid()",
                "alter table users add column password_hash text",
                "update users set password = crypt(x, gen_salt('bf')) where id = 1",
                "http://127.0.0.1:8474/proxies",
                "short",
                "/home/me",
            })
    void leavesOtherTextAlone(String text) {
        assertThat(SECRETS.hiddenIn(text)).isEqualTo(text);
    }

    @Test
    void aLineOfJsonStaysOne() {
        String line = EventFormat.line(
                new RunEvent.Noted(
                        1,
                        "psql \"postgresql://a:s3cret@h/d\" said \"password 's3cret'\" and password=\"s3cret\" and password=s3cret"));

        RunEvent read = EventFormat.event(SECRETS.hiddenIn(line));

        assertThat(((RunEvent.Noted) read).message()).doesNotContain("s3cret").contains("postgresql://a:***@h/d");
    }
}
