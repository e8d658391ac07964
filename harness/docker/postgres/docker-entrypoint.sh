#!/bin/sh
# Does what a user of the official postgres image relies on, with busybox and the server's own programs only:
#
#   an empty PGDATA is initialised      POSTGRES_PASSWORD, POSTGRES_USER, POSTGRES_DB, POSTGRES_INITDB_ARGS,
#                                       POSTGRES_INITDB_WALDIR, POSTGRES_HOST_AUTH_METHOD; the first four also as …_FILE
#   a PGDATA with a database is kept    nothing is asked for, nothing is changed but its owner
#   root is dropped                     to the user postgres, by exec: the server is process 1 and gets the signals
#   any other command                   is run as it is
#
# There is no psql here, so /docker-entrypoint-initdb.d may hold shell scripts and no SQL.
set -eu

fail() {
    printf 'docker-entrypoint: %s\n' "$*" >&2
    exit 1
}

# Sets the variable $1 to its value, to the content of the file that $1_FILE names, or to $2.
take_from_file_or() {
    eval "value=\${$1:-} file=\${$1_FILE:-}"
    [ -z "$value" ] || [ -z "$file" ] || fail "both $1 and $1_FILE are set; set one"
    [ -z "$file" ] || value=$(cat "$file")
    eval "$1=\${value:-\$2}"
    unset "$1_FILE"
}

# $@ as one string that a shell reads as the same words.
quoted() {
    for word in "$@"; do
        printf "'%s' " "$(printf '%s' "$word" | sed "s/'/'\\\\''/g")"
    done
}

wants_help() {
    for word in "$@"; do
        case $word in '-?' | --help | --describe-config | -V | --version | -C) return 0 ;; esac
    done
    return 1
}

make_directories() {
    mkdir -p "$PGDATA" /var/run/postgresql
    chmod 0700 "$PGDATA" 2>/dev/null || :
    chmod 03775 /var/run/postgresql 2>/dev/null || :
    if [ -n "${POSTGRES_INITDB_WALDIR:-}" ]; then
        mkdir -p "$POSTGRES_INITDB_WALDIR"
        chmod 0700 "$POSTGRES_INITDB_WALDIR"
    fi
    [ "$(id -u)" = 0 ] || return 0
    find "$PGDATA" ${POSTGRES_INITDB_WALDIR:+"$POSTGRES_INITDB_WALDIR"} /var/run/postgresql \
        \! -user postgres -exec chown postgres '{}' +
}

# initdb wants a name for the user it runs as, also for one that came by --user.
name_this_user() {
    id -un >/dev/null 2>&1 ||
        printf 'postgres:x:%s:%s:PostgreSQL:/var/lib/postgresql:/bin/sh\n' "$(id -u)" "$(id -g)" >>/etc/passwd
}

initialise() {
    if [ -z "$POSTGRES_PASSWORD" ] && [ "${POSTGRES_HOST_AUTH_METHOD:-}" != trust ]; then
        fail "the database is not initialised and no superuser password is given;" \
            "set POSTGRES_PASSWORD, or POSTGRES_HOST_AUTH_METHOD=trust to let everybody in"
    fi
    # shellcheck disable=SC2086 # options are separated by blanks on purpose
    eval 'initdb --username="$POSTGRES_USER" --pwfile=/dev/fd/3 \
        ${POSTGRES_INITDB_WALDIR:+--waldir="$POSTGRES_INITDB_WALDIR"} '"$POSTGRES_INITDB_ARGS" 3<<PASSWORD
$POSTGRES_PASSWORD
PASSWORD
    printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-$(postgres -C password_encryption)}" \
        >>"$PGDATA/pg_hba.conf"
    [ "$POSTGRES_DB" = postgres ] || create_database
}

create_database() {
    printf 'create database "%s";\n' "$(printf '%s' "$POSTGRES_DB" | sed 's/"/""/g')" |
        postgres --single -c exit_on_error=true -c log_checkpoints=off template1 >/dev/null
}

# A server that listens to nobody but the scripts, with the options of the one to come.
run_scripts() {
    shift
    pg_ctl -w -o "$(quoted "$@" -c listen_addresses= -p "${PGPORT:-5432}")" start
    for script in /docker-entrypoint-initdb.d/*; do
        case $script in
            *.sh)
                printf 'docker-entrypoint: running %s\n' "$script"
                # shellcheck disable=SC1090 # whatever the user mounted
                if [ -x "$script" ]; then "$script"; else . "$script"; fi
                ;;
            *.sql | *.sql.*) fail "this image has no psql and cannot run $script; run it through a connection" ;;
            '/docker-entrypoint-initdb.d/*') ;;
            *) printf 'docker-entrypoint: ignoring %s\n' "$script" ;;
        esac
    done
    pg_ctl -w -m fast stop
}

case ${1:-} in -*) set -- postgres "$@" ;; esac

if [ "${1:-}" = postgres ] && ! wants_help "$@"; then
    if [ "$(id -u)" = 0 ]; then
        make_directories
        # After --, or su would take the server's own -c for its.
        exec su -s /bin/sh postgres -- -c 'exec "$0" "$@"' "$0" "$@"
    fi
    make_directories
    if [ -s "$PGDATA/PG_VERSION" ]; then
        printf '\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n'
    else
        take_from_file_or POSTGRES_PASSWORD ''
        take_from_file_or POSTGRES_USER postgres
        take_from_file_or POSTGRES_DB "$POSTGRES_USER"
        take_from_file_or POSTGRES_INITDB_ARGS ''
        name_this_user
        initialise
        run_scripts "$@"
        printf '\nPostgreSQL init process complete; ready for start up.\n\n'
    fi
fi

exec "$@"
