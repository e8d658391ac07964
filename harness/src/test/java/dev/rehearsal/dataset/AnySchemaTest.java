package dev.rehearsal.dataset;

import static dev.rehearsal.dataset.BuildingDatabase.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.scenario.DatasetLoader;
import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Schemas of which nobody says anything, on a real server. */
class AnySchemaTest {
    private static final long SEED = 42;

    @TempDir
    static Path serverFolder;

    private static BuildingDatabase databases;

    @TempDir
    private Path folder;

    private final List<String> notes = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        databases = BuildingDatabase.in(serverFolder);
    }

    @AfterAll
    static void stop() throws Exception {
        databases.close();
    }

    /** As pg_dump --schema-only of version 18 writes it, of an application with a bit of everything. */
    private static final String DUMP = """
            --
            -- PostgreSQL database dump
            --

            \\restrict kQ2

            SET statement_timeout = 0;
            SET transaction_timeout = 0;
            SET client_encoding = 'UTF8';
            SELECT pg_catalog.set_config('search_path', '', false);
            SET check_function_bodies = false;
            SET default_tablespace = '';
            SET default_table_access_method = heap;

            CREATE SCHEMA billing AUTHORIZATION accountant;
            ALTER SCHEMA billing OWNER TO accountant;
            CREATE EXTENSION IF NOT EXISTS postgis_of_tomorrow WITH SCHEMA public;
            COMMENT ON EXTENSION postgis_of_tomorrow IS 'maps';
            CREATE TYPE public.mood AS ENUM ('bad', 'so so', 'good');
            CREATE TYPE public.pair AS (x integer, y text);
            CREATE DOMAIN public.percentage AS numeric(5,2) CONSTRAINT percentage_check CHECK (((VALUE >= (0)::numeric) AND (VALUE <= (100)::numeric)));
            CREATE DOMAIN public.code AS character varying(8) NOT NULL CONSTRAINT code_check CHECK (((VALUE)::text ~ '^[A-Z]{2}-[0-9]{4}$'::text));

            CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'no trigger may run while rows are loaded';
            END;
            $$;
            ALTER FUNCTION public.touch() OWNER TO app_owner;

            CREATE TABLE public.people (
                id bigint NOT NULL,
                "Email" character varying(80) NOT NULL,
                first_name text,
                mood public.mood DEFAULT 'good'::public.mood NOT NULL,
                share public.percentage,
                badge public.code,
                manager_id bigint,
                initials character(2),
                initials_lower text GENERATED ALWAYS AS (lower((initials)::text)) STORED,
                born date,
                created_at timestamp with time zone DEFAULT now() NOT NULL,
                address inet,
                mac macaddr,
                flags bit(12),
                more_flags bit varying(20),
                photo bytea,
                tags text[],
                numbers integer[] NOT NULL,
                moods public.mood[],
                settings jsonb DEFAULT '{}'::jsonb NOT NULL,
                raw json,
                waited interval,
                at_noon time without time zone,
                spot point,
                span int4range,
                words tsvector,
                doc xml,
                pair public.pair,
                price money,
                token uuid DEFAULT gen_random_uuid() NOT NULL,
                age smallint,
                score real,
                CONSTRAINT people_age_check CHECK (((age >= 18) AND (age < 30))),
                CONSTRAINT people_score_check CHECK (((score > (0)::double precision) OR (score IS NULL))),
                CONSTRAINT people_name_check CHECK ((char_length(first_name) >= 3))
            );
            ALTER TABLE public.people OWNER TO app_owner;
            ALTER TABLE public.people ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
                SEQUENCE NAME public.people_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1);

            CREATE TABLE public.teams (name character varying(12) NOT NULL, region character(2) NOT NULL, lead_id bigint);
            CREATE TABLE public.memberships (
                person_id bigint NOT NULL, team_name character varying(12) NOT NULL, team_region character(2) NOT NULL, role text NOT NULL,
                CONSTRAINT role_check CHECK ((role = ANY (ARRAY['member'::text, 'guest'::text]))));
            CREATE TABLE public.profiles (person_id bigint NOT NULL, bio text);
            CREATE TABLE public.lines (id integer NOT NULL, invoice_id integer NOT NULL, line_no smallint NOT NULL, amount numeric(6,2) NOT NULL);
            CREATE SEQUENCE public.lines_id_seq AS integer START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
            ALTER SEQUENCE public.lines_id_seq OWNED BY public.lines.id;
            CREATE TABLE billing.invoices (id integer NOT NULL, last_line_id integer, payer text NOT NULL, status text DEFAULT 'open'::text);
            CREATE TABLE public.flags (on_off boolean NOT NULL, label text);

            CREATE TABLE public.events (id bigint NOT NULL, kind text NOT NULL, happened_on date NOT NULL) PARTITION BY RANGE (happened_on);
            CREATE TABLE public.events_2024 (id bigint NOT NULL, kind text NOT NULL, happened_on date NOT NULL);
            CREATE TABLE public.events_2025 (id bigint NOT NULL, kind text NOT NULL, happened_on date NOT NULL);
            CREATE TABLE public.events_old (id bigint NOT NULL, kind text NOT NULL, happened_on date NOT NULL);
            ALTER TABLE ONLY public.events ATTACH PARTITION public.events_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
            ALTER TABLE ONLY public.events ATTACH PARTITION public.events_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
            ALTER TABLE ONLY public.events ATTACH PARTITION public.events_old FOR VALUES FROM ('2001-01-01') TO ('2001-02-01');

            CREATE VIEW public.names AS SELECT id, first_name FROM public.people;
            CREATE MATERIALIZED VIEW public.counted AS SELECT count(*) AS people FROM public.people WITH NO DATA;

            ALTER TABLE ONLY public.lines ALTER COLUMN id SET DEFAULT nextval('public.lines_id_seq'::regclass);
            ALTER TABLE ONLY public.people ADD CONSTRAINT people_pkey PRIMARY KEY (id);
            ALTER TABLE ONLY public.people ADD CONSTRAINT people_email_key UNIQUE ("Email");
            ALTER TABLE ONLY public.teams ADD CONSTRAINT teams_pkey PRIMARY KEY (name, region);
            ALTER TABLE ONLY public.memberships ADD CONSTRAINT memberships_pkey PRIMARY KEY (person_id, team_name, team_region);
            ALTER TABLE ONLY public.profiles ADD CONSTRAINT profiles_pkey PRIMARY KEY (person_id);
            ALTER TABLE ONLY public.lines ADD CONSTRAINT lines_pkey PRIMARY KEY (id);
            ALTER TABLE ONLY public.lines ADD CONSTRAINT lines_key UNIQUE (invoice_id, line_no);
            ALTER TABLE ONLY billing.invoices ADD CONSTRAINT invoices_pkey PRIMARY KEY (id);
            ALTER TABLE ONLY public.flags ADD CONSTRAINT flags_pkey PRIMARY KEY (on_off);
            ALTER TABLE ONLY public.events ADD CONSTRAINT events_pkey PRIMARY KEY (id, happened_on);
            ALTER TABLE ONLY public.events_2024 ADD CONSTRAINT events_2024_pkey PRIMARY KEY (id, happened_on);
            ALTER TABLE ONLY public.events_2025 ADD CONSTRAINT events_2025_pkey PRIMARY KEY (id, happened_on);
            ALTER TABLE ONLY public.events_old ADD CONSTRAINT events_old_pkey PRIMARY KEY (id, happened_on);
            ALTER INDEX public.events_pkey ATTACH PARTITION public.events_2024_pkey;
            ALTER INDEX public.events_pkey ATTACH PARTITION public.events_2025_pkey;
            ALTER INDEX public.events_pkey ATTACH PARTITION public.events_old_pkey;
            CREATE UNIQUE INDEX teams_lower_name ON public.teams USING btree (lower((name)::text));
            CREATE INDEX people_words ON public.people USING gin (words);
            CREATE INDEX people_born ON public.people USING btree (born) WHERE (born IS NOT NULL);
            COMMENT ON INDEX public.people_born IS 'for birthdays';
            CREATE TRIGGER people_touch BEFORE INSERT OR UPDATE ON public.people FOR EACH ROW EXECUTE FUNCTION public.touch();
            ALTER TABLE ONLY public.people ADD CONSTRAINT people_manager_fkey FOREIGN KEY (manager_id) REFERENCES public.people(id) ON DELETE SET NULL;
            ALTER TABLE ONLY public.teams ADD CONSTRAINT teams_lead_fkey FOREIGN KEY (lead_id) REFERENCES public.people(id);
            ALTER TABLE ONLY public.memberships ADD CONSTRAINT memberships_person_fkey FOREIGN KEY (person_id) REFERENCES public.people(id);
            ALTER TABLE ONLY public.memberships ADD CONSTRAINT memberships_team_fkey FOREIGN KEY (team_name, team_region) REFERENCES public.teams(name, region);
            ALTER TABLE ONLY public.profiles ADD CONSTRAINT profiles_person_fkey FOREIGN KEY (person_id) REFERENCES public.people(id);
            ALTER TABLE ONLY public.lines ADD CONSTRAINT lines_invoice_fkey FOREIGN KEY (invoice_id) REFERENCES billing.invoices(id) DEFERRABLE INITIALLY DEFERRED;
            ALTER TABLE ONLY billing.invoices ADD CONSTRAINT invoices_line_fkey FOREIGN KEY (last_line_id) REFERENCES public.lines(id);
            ALTER TABLE ONLY billing.invoices ADD CONSTRAINT invoices_payer_fkey FOREIGN KEY (payer) REFERENCES public.people("Email");
            COMMENT ON CONSTRAINT invoices_payer_fkey ON billing.invoices IS 'who pays';
            GRANT SELECT ON TABLE public.people TO readers;
            ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA public GRANT SELECT ON TABLES TO readers;

            \\unrestrict kQ2
            """;

    @Test
    void aDumpOfEverythingIsFilledAndEveryConstraintHolds() throws Exception {
        String url = load(DUMP, Map.of("people", 3_000L, "memberships", 2_000L, "lines", 40_000L));

        assertThat(BuildingDatabase.invalid(url)).isEmpty();
        assertThat(ask(
                        url,
                        "select string_agg(contype::text, '' order by contype) from pg_constraint"
                                + " where connamespace in ('public'::regnamespace, 'billing'::regnamespace) and contype in ('p', 'u', 'f')"
                                + " and conparentid = 0"))
                .as("everything that was taken away came back")
                .isEqualTo("ffffffffppppppppuu");
        assertThat(ask(url, "select count(*) from people")).isEqualTo("3000");
        assertThat(ask(url, "select count(*) from memberships")).isEqualTo("2000");
        assertThat(ask(url, "select count(*) from billing.invoices")).isEqualTo("10000");
        assertThat(ask(url, "select count(*) from flags")).isEqualTo("2");
        assertThat(ask(url, "select count(*) from profiles")).isEqualTo("3000");
        assertThat(ask(url, "select people from counted")).isEqualTo("3000");
        assertThat(ask(url, "select count(*) from events where happened_on < '2024-01-01'"))
                .isEqualTo("0");
        assertThat(ask(url, "select bool_and(manager_id < id) from people"))
                .as("trees")
                .isEqualTo("t");
        assertThat(ask(url, "select bool_and(\"Email\" like '%@%') from people"))
                .isEqualTo("t");
        assertThat(ask(url, "select count(distinct line_no) < 10 from lines")).isEqualTo("t");
        assertThat(ask(url, "select obj_description('people_born'::regclass)")).isEqualTo("for birthdays");
        assertThat(ask(url, "select obj_description(oid) from pg_constraint where conname = 'invoices_payer_fkey'"))
                .isEqualTo("who pays");
        // The trigger is there, and refuses; the sequence goes on behind the last key.
        assertThatThrownBy(() -> ask(url, "update people set age = 20 where id = 1 returning id"))
                .hasMessageContaining("no trigger may run");
        assertThat(ask(url, "select nextval('lines_id_seq') - (select max(id) from lines)"))
                .isEqualTo("1");
        assertThat(ask(url, """
                        select coalesce(string_agg(pg_attribute.attname, ' ' order by attnum), '') from pg_attribute
                        join pg_stats on tablename = 'people' and pg_stats.attname = pg_attribute.attname
                        where attrelid = 'people'::regclass and null_frac = 1
                        """)).as("columns without any value").isEmpty();
        assertThat(notes)
                .containsExactlyInAnyOrder(
                        "passed over, for want of what it is about: COMMENT ON EXTENSION postgis_of_tomorrow IS 'maps'",
                        "owners and rights of roles that do not exist here were passed over: accountant, app_owner, readers",
                        "extensions that this server does not have were passed over: postgis_of_tomorrow",
                        "flags has 2 rows: its unique key flags_pkey (on_off) has no room for more",
                        "profiles has 3,000 rows: its unique key profiles_pkey (person_id) has no room for more");
    }

    @Test
    void aPartitionsKeyThatMayBeNullIsNone() throws Exception {
        String url = load("""
                create table events (id bigint, place text) partition by range (id, place);
                create table events_1 partition of events for values from (0, minvalue) to (1000, minvalue);
                create table kinds (kind text) partition by list (kind);
                create table kinds_1 partition of kinds for values in ('a', 'b');
                """, Map.of("events", 500L, "kinds", 500L));

        assertThat(ask(url, "select count(id) || ' ' || count(place) from events"))
                .isEqualTo("500 500");
        assertThat(ask(url, "select string_agg(distinct kind, '' order by kind) || count(kind) from kinds"))
                .isEqualTo("ab500");
    }

    @Test
    void theSameSeedGivesTheSameRowsOverAnyNumberOfStreams() throws Exception {
        Map<String, Long> rows = Map.of("people", 60_000L);

        String one = BuildingDatabase.checksum(load(DUMP, rows, SEED, 1));
        String three = BuildingDatabase.checksum(load(DUMP, rows, SEED, 3));
        String other = BuildingDatabase.checksum(load(DUMP, rows, SEED + 1, 3));

        assertThat(three).isEqualTo(one);
        assertThat(other).isNotEqualTo(one);
    }

    /** Of partitioned tables, of keys of several columns, to themselves and in rings, and of types that only the server can write. */
    @Test
    void thoseWhoHaveThePlanAloneMakeTheSameRowsByRanges() throws Exception {
        Map<String, Long> rows = Map.of("people", 60_000L, "lines", 60_000L);
        String one = BuildingDatabase.checksum(load(DUMP, rows, SEED, 1));

        TakingTurns makers = new TakingTurns(3);
        String url = loadBy(makers, DUMP, rows);

        assertThat(BuildingDatabase.checksum(url)).isEqualTo(one).contains("people 60000 ");
        assertThat(BuildingDatabase.invalid(url)).isEmpty();
        assertThat(makers.rows().values()).allSatisfy(made -> assertThat(made).isPositive());
        assertThat(ask(url, "select nextval('lines_id_seq') - (select max(id) from lines)"))
                .isEqualTo("1");
    }

    /** The first rows, which are tried before, are taken. */
    @Test
    void rowsOfOthersThatTheServerRefusesAreToldAsOnesOwn() {
        String schema = "create table a (id int primary key, even int generated always as (id / 40000) stored,"
                + " check (even * 2 < 2));";

        assertThatThrownBy(() -> loadBy(new TakingTurns(2), schema, Map.of("a", 60_000L)))
                .isInstanceOfSatisfying(
                        InvalidScenarioException.class,
                        wrong -> assertThat(wrong.problems())
                                .singleElement()
                                .satisfies(
                                        problem -> assertThat(problem.message())
                                                .startsWith(
                                                        "the rows made for a do not meet the check a_even_check: ((even * 2) < 2)"
                                                                + " (Failing row contains (50001, 1).); give even a generator that does")));
    }

    static List<Arguments> mistakes() {
        return List.of(
                Arguments.of(
                        "create table a (id int);\ncreate table b (id int primry key);",
                        Map.of(),
                        "2:24: schema: syntax error at or near \"primry\"; in: create table b (id int primry key)"),
                Arguments.of(
                        "create table a (id int);\nalter table a add foreign key (id) references nowhere (id);",
                        Map.of(),
                        "2:1: schema: relation \"nowhere\" does not exist; in: alter table a add foreign key (id) references nowhere (id)"),
                Arguments.of(
                        "create extension postgis_of_tomorrow;\ncreate table a (place geometry);",
                        Map.of(),
                        "2:23: schema: type \"geometry\" does not exist; in: create table a (place geometry);"
                                + " it may come with an extension that this server does not have: postgis_of_tomorrow"),
                Arguments.of(
                        "create table a (code char(1) primary key);",
                        Map.of("a", 1_000L),
                        "1:14: tables.a.rows: the unique key a_pkey (code) of a has room for 36 different rows,"
                                + " but 1,000 are wanted; at most 36 are possible"),
                Arguments.of(
                        "create table p (id int primary key); create table c (id int references p primary key);",
                        Map.of("p", 10L, "c", 11L),
                        "1:51: tables.c.rows: the unique key c_pkey (id) of c has room for 10 different rows,"
                                + " but 11 are wanted; at most 10 are possible"),
                Arguments.of(
                        "create table p (id int primary key); create table c (id int not null references p);",
                        Map.of("p", 0L, "c", 5L),
                        "1:51: tables.c: c.id must refer to a row of p (c_id_fkey), which has none; give p rows"),
                Arguments.of(
                        "create table a (id int primary key); insert into a values (1);",
                        Map.of("a", 10L),
                        "1:14: tables.a: the schema itself puts rows into a, and made-up ones might have the same id (a_pkey); leave a out,"
                                + " and it keeps what the schema gives it, or give the key a generator that starts behind, e.g. sequence"),
                Arguments.of(
                        "create table a (n int not null check (n > 5 and n < 3));",
                        Map.of(),
                        "1:14: tables.a.columns.n: the check constraints of a.n cannot be met: nothing is both at least 6 and at most 2"
                                + " (a_n_check: ((n > 5) AND (n < 3))); correct them, or give the column a generator"),
                Arguments.of(
                        "create table a (starts int not null, ends int not null, check (starts * 2 = ends + 1));",
                        Map.of(),
                        "1:14: tables.a.columns.ends: the rows made for a do not meet the check a_check: ((starts * 2) = (ends + 1))"),
                Arguments.of(
                        "create table a (id int primary key); create table b (id int primary key references a);"
                                + " alter table a add foreign key (id) references b;",
                        Map.of(),
                        "1:14: tables.a.columns.id: refers in a ring, so that nothing says what the value is: a.id -> b.id;"
                                + " give one of these columns a generator"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void whatCannotBeBuiltIsSaidBeforeTheFirstRow(String schema, Map<String, Long> rows, String expected)
            throws Exception {
        List<String> found = problems(schema, rows).stream()
                .map(problem -> problem.location().line() + ":"
                        + problem.location().column() + ": " + problem.path() + ": " + problem.message())
                .toList();

        assertThat(found).isNotEmpty();
        assertThat(found.getFirst()).startsWith(expected);
    }

    private String load(String schema, Map<String, Long> rows) throws Exception {
        return load(schema, rows, SEED, 2);
    }

    private String load(String schema, Map<String, Long> rows, long seed, int streams) throws Exception {
        Path file = Files.writeString(folder.resolve("app.sql"), schema);
        DatasetSpec spec = new DatasetSpec(DatasetLoader.load(file), 1, rows);
        String url = databases.create("filled");
        BuildProgress listener = new BuildProgress() {
            @Override
            public void phase(String phase) {}

            @Override
            public void rows(String table, long done, long total, double rowsPerSecond) {}

            @Override
            public void note(String note) {
                notes.add(note);
            }
        };
        new BulkLoader(spec, seed, listener, streams).load(url);
        return url;
    }

    private String loadBy(RowLoaders loaders, String schema, Map<String, Long> rows) throws Exception {
        Path file = Files.writeString(folder.resolve("app.sql"), schema);
        String url = databases.create("filled_by_others");
        DatasetLoad.into(
                url,
                new DatasetSpec(DatasetLoader.load(file), 1, rows),
                SEED,
                BuildProgress.SILENT,
                Optional.of(loaders));
        return url;
    }

    private List<Problem> problems(String schema, Map<String, Long> rows) throws Exception {
        try {
            load(schema, rows);
            return List.of();
        } catch (InvalidScenarioException wrong) {
            return wrong.problems();
        }
    }
}
