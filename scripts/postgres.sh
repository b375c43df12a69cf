# shellcheck shell=bash
# A private PostgreSQL cluster on a unix socket. With PGHOST given, that server is used and nothing is started.
#
# PostgreSQL refuses to run as root, so root runs it as the system's postgres user. Who may connect is decided by the
# file system: the directory of the socket is open to the owner of the server alone (and root); behind it every
# connection is trusted.

PG_USER=odoo # Odoo refuses to work as "postgres"

# A ./dev called by another (the lint among the tests) inherits PGHOST from it.
is_private_postgres() { [ -z "${PGHOST:-}" ] || [ -n "${PRIVATE_PG:-}" ]; }

postgres_setup() {
    if ! is_private_postgres; then
        psql -d "${PGDATABASE:-postgres}" -Atc 'select 1' >/dev/null || die "no PostgreSQL answers at PGHOST=$PGHOST"
        return
    fi
    PG_BIN=$(postgres_bin)
    postgres_choose_dir
    unset PGDATABASE PGPASSWORD PGSERVICE
    PATH=$PG_BIN:$PATH PGHOST=$PG_DIR/socket PGPORT=5432 PGUSER=$PG_USER PRIVATE_PG=1
    export PATH PGHOST PGPORT PGUSER PRIVATE_PG
    postgres_init
    postgres_start
}

as_postgres() {
    if [ "$(id -u)" -eq 0 ]; then
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

# Under .odoo/, unless the postgres user cannot get there (a clone in the home of root) or the path of the socket would be
# longer than the 107 bytes a unix socket may have: then a directory in /var/tmp named after this clone.
postgres_choose_dir() {
    PG_DIR=$STATE/postgres
    if [ ${#PG_DIR} -gt 80 ] || ! as_postgres test -x "$STATE"; then
        PG_DIR=/var/tmp/customer_complaint-$(id -u)-$(printf %s "$STATE" | hash_of_input)
    fi
    if [ ! -d "$PG_DIR" ]; then
        mkdir -m 700 "$PG_DIR"
        [ "$(id -u)" -ne 0 ] || chown postgres: "$PG_DIR"
    fi
    # In /var/tmp somebody else could have been quicker.
    [ "$(stat -c %U "$PG_DIR")" = "$(as_postgres id -un)" ] || die "$PG_DIR belongs to somebody else; remove it"
}

postgres_init() {
    local version
    version=$("$PG_BIN/postgres" --version | grep -oE '[0-9]+' | head -1)
    if ! as_postgres test -f "$PG_DIR/complete"; then
        say "making a private PostgreSQL $version cluster"
        rm -rf "$PG_DIR/data" "$PG_DIR/socket"
        quietly initdb as_postgres "$PG_BIN/initdb" -D "$PG_DIR/data" -U "$PG_USER" -A trust -E UTF8 --locale=C.UTF-8
        as_postgres mkdir -m 700 "$PG_DIR/socket"
        as_postgres tee -a "$PG_DIR/data/postgresql.conf" >/dev/null <<EOF
listen_addresses = ''
unix_socket_directories = '$PG_DIR/socket'
port = 5432
shared_buffers = 256MB
max_wal_size = 2GB
# A crash of the machine may cost the last half second, which nobody misses here, but never the whole cluster as
# fsync = off would: ./dev run keeps its database in it.
synchronous_commit = off
EOF
        as_postgres touch "$PG_DIR/complete"
    fi
    [ "$(cat "$PG_DIR/data/PG_VERSION")" = "$version" ] ||
        die "$PG_DIR was made by PostgreSQL $(cat "$PG_DIR/data/PG_VERSION"), this machine has $version; remove that directory and call again"
}

postgres_running() { "$PG_BIN/pg_isready" -q -h "$PG_DIR/socket" -p 5432; }

postgres_start() {
    postgres_running && return
    postgres_forget_dead_server
    # 9>&- : see with_lock. setsid: Ctrl-C at a running ./dev must not reach the server.
    if ! setsid_as_postgres "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -l "$PG_DIR/log" -w -t 60 start >"$LOGS/postgres.log" 2>&1 </dev/null 9>&-; then
        as_postgres tail -n 20 "$PG_DIR/log" >&2
        die "PostgreSQL does not start (its log: $PG_DIR/log)"
    fi
}

setsid_as_postgres() {
    if [ "$(id -u)" -eq 0 ]; then
        (cd / && setsid runuser -u postgres -- "$@")
    else
        setsid "$@"
    fi
}

# After a reboot the process number in a pid file left behind may be somebody else's, and PostgreSQL then takes it for a
# living server. It is one only if it is a postgres that works in our directory.
postgres_forget_dead_server() {
    local pid
    pid=$(head -n 1 "$PG_DIR/data/postmaster.pid" 2>/dev/null) || return 0
    if [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" != "$PG_DIR/data" ]; then
        rm -f "$PG_DIR/data/postmaster.pid" "$PG_DIR"/socket/.s.PGSQL.*
    fi
}

postgres_stop() {
    [ -d "$PG_DIR/data" ] || return 0
    as_postgres "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -m fast -w stop >/dev/null 2>&1 || true
}
