package dev.rehearsal.scenario.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatementKindTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "create index concurrently i on t (c)",
                "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (c)",
                "create /* really */ index -- now\n concurrently i on t (c)",
                "drop index concurrently if exists i",
                "reindex index concurrently i",
                "reindex (verbose, concurrently) table t",
                "vacuum analyze t",
                "create database d",
                "drop database d",
                "create tablespace s location '/x'",
                "alter system set work_mem = '1MB'",
                "alter table t detach partition p concurrently",
            })
    void cannotBeInATransaction(String statement) {
        assertThat(StatementKind.of(statement).allowedInTransaction()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create index i on t (c)",
                "create index \"concurrently\" on t (c)",
                "create index i on concurrently (c)",
                "select 'create index concurrently i on t (c)'",
                "alter type t add value 'x'",
                "refresh materialized view concurrently v",
                "alter table t detach partition p",
                "do $$ begin execute 'vacuum'; end $$",
                "analyze t",
                "reindex table t",
            })
    void canBeInATransaction(String statement) {
        assertThat(StatementKind.of(statement).allowedInTransaction()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "begin | true",
                "start transaction isolation level serializable | true",
                "commit and chain | true",
                "end | true",
                "rollback | true",
                "abort | true",
                "prepare transaction 'x' | true",
                "rollback to savepoint s | false",
                "savepoint s | false",
                "prepare p as select 1 | false",
                "select 'begin' | false",
                "do $$ begin commit; end $$ | false",
            })
    void knowsWhatControlsATransaction(String statement, boolean controls) {
        assertThat(StatementKind.of(statement).controlsTransaction()).isEqualTo(controls);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "select 1 | false",
                "(select 1) union (select 2) | false",
                "values (1) | false",
                "table t | false",
                "show work_mem | false",
                "select * from t for update | true",
                "select * from t for no key update skip locked | true",
                "select * from t for key share | true",
                "select 'for update' | false",
                "select substring(a from 1 for 2) from t | false",
                "select * into n from t | true",
                "with a as (select 1) select * from a | false",
                "with a as (delete from t returning *) select * from a | true",
                "insert into t values (1) | true",
                "update t set a = 1 | true",
                "call p() | true",
            })
    void knowsWhatWrites(String statement, boolean writes) {
        assertThat(StatementKind.of(statement).writes()).isEqualTo(writes);
    }
}
