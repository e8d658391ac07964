package dev.rehearsal.scenario.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the text of a change tells: records compared as a whole, by what they print. */
class SchemaChangeTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "alter table only public.orders add column if not exists c numeric(10, 2) not null default 1.5"
                        + " | TableAltered[table=orders, actions=[ColumnAdded[column=ColumnDefinition[name=c, type=numeric(10, 2), notNull=true,"
                        + " defaultExpression=Optional[1.5], generated=Optional.empty, identity=NONE, constraints=[]], ifNotExists=true]]]",
                "ALTER TABLE \"Old Orders\" ADD c timestamp with time zone DEFAULT now() CHECK (c > 'x, y'), DROP COLUMN d"
                        + " | TableAltered[table=Old Orders, actions=[ColumnAdded[column=ColumnDefinition[name=c, type=timestamp with time zone,"
                        + " notNull=false, defaultExpression=Optional[now()], generated=Optional.empty, identity=NONE,"
                        + " constraints=[TableConstraint[name=Optional.empty, kind=Check[expression=c > 'x, y'], notValid=false]]], ifNotExists=false],"
                        + " ColumnDropped[column=d]]]",
                "alter table t add c bigint constraint k references s.other (id) on delete set null not null"
                        + " | TableAltered[table=t, actions=[ColumnAdded[column=ColumnDefinition[name=c, type=bigint, notNull=true,"
                        + " defaultExpression=Optional.empty, generated=Optional.empty, identity=NONE, constraints=[TableConstraint[name=Optional[k],"
                        + " kind=ForeignKey[columns=[c], table=s.other, referenced=[id], options=on delete set null], notValid=false]]],"
                        + " ifNotExists=false]]]",
                "alter table t add g int generated always as (a * (b + 1)) stored"
                        + " | TableAltered[table=t, actions=[ColumnAdded[column=ColumnDefinition[name=g, type=int, notNull=false,"
                        + " defaultExpression=Optional.empty, generated=Optional[Generated[expression=a * (b + 1), stored=true]], identity=NONE,"
                        + " constraints=[]], ifNotExists=false]]]",
                "alter table t alter column c type bigint using c::bigint"
                        + " | TableAltered[table=t, actions=[TypeChanged[column=c, type=bigint, using=Optional[c::bigint]]]]",
                "alter table t alter c set data type varchar(40)"
                        + " | TableAltered[table=t, actions=[TypeChanged[column=c, type=varchar(40), using=Optional.empty]]]",
                "alter table t alter column c set not null | TableAltered[table=t, actions=[NotNullSet[column=c]]]",
                "alter table t add constraint k unique (a, b)"
                        + " | TableAltered[table=t, actions=[ConstraintAdded[constraint=TableConstraint[name=Optional[k], kind=Unique[columns=[a, b],"
                        + " primaryKey=false, index=Optional.empty, options=], notValid=false]]]]",
                "alter table t add foreign key (a) references u not valid"
                        + " | TableAltered[table=t, actions=[ConstraintAdded[constraint=TableConstraint[name=Optional.empty, kind=ForeignKey[columns=[a],"
                        + " table=u, referenced=[], options=], notValid=true]]]]",
                "alter table t validate constraint k | TableAltered[table=t, actions=[ConstraintValidated[name=k]]]",
                "alter table t rename column a to b | TableAltered[table=t, actions=[Renamed[column=Optional[a], to=b]]]",
                "alter table t set (fillfactor = 70) | TableAltered[table=t, actions=[Other[words=set (fillfactor = 70)]]]",
                "create unique index concurrently if not exists i on t using btree (a, lower(b)) where a > 0"
                        + " | IndexCreated[name=Optional[i], table=t, unique=true, concurrently=true, ifNotExists=true, columns=[a],"
                        + " definition=using btree (a, lower(b)) where a > 0]",
                "create index on t (a desc, b) | IndexCreated[name=Optional.empty, table=t, unique=false, concurrently=false, ifNotExists=false,"
                        + " columns=[a, b], definition=(a desc, b)]",
                "drop index concurrently if exists i | Dropped[kind=index, concurrently=true, names=[i]]",
                "drop materialized view a, b cascade | Dropped[kind=materialized view, concurrently=false, names=[a, b]]",
                "update only t set a = (select b from u where u.id = t.id) | RowsChanged[verb=update, table=t, everyRow=true]",
                "delete from t where a = 1 | RowsChanged[verb=delete, table=t, everyRow=false]",
                "truncate table t | RowsChanged[verb=truncate, table=t, everyRow=true]",
                "select 1 | Nothing[]",
                "create or replace function f() returns int language sql as 'select 1' | OtherObject[words=create or replace function]",
                "do 'begin end' | Unread[why=what do runs is known to the server alone]",
                "vacuum full t | Unread[why=statements that begin with vacuum are not analysed]",
                "alter table t add | Unread[why=the action add is not understood]",
            })
    void isReadFromItsText(String sql, String expected) {
        assertThat(SchemaChange.read(sql)).hasToString(expected);
    }

    @Test
    void operationsTellWhetherTheyDependOnTheOrderOfColumns() {
        assertThat(SqlMentions.of("select *, count(*) from orders").allColumns())
                .isTrue();
        assertThat(SqlMentions.of("select price * 2, count(*) from orders").allColumns())
                .isFalse();
        assertThat(SqlMentions.of("insert into public.orders values (1)").positionalInsert())
                .contains("orders");
        assertThat(SqlMentions.of("insert into orders (id) values (1)").positionalInsert())
                .isEmpty();
    }
}
