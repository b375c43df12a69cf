# shellcheck shell=bash
# ./dev run, stop, shell, psql

RUN_PID_FILE=$STATE/run.pid

run_db() {
    local db=${DB:-complaint${PROFILE:+_$PROFILE}}
    db_check_name "$db"
    printf '%s\n' "$db"
}

cmd_run() {
    local db port
    db=$(run_db)
    case ${PORT:-8069} in *[!0-9]*) die "PORT=$PORT is not a number" ;; esac
    [ -n "$(addons)" ] || die "there is no addon here yet: no customer_complaint*/__manifest__.py"
    setup
    run_database "$db"
    run_language "$db"
    port=$(free_port "${PORT:-8069}")
    [ "$port" = "${PORT:-8069}" ] || say "port ${PORT:-8069} is taken, using $port"
    run_server "$db" "$port" "$@"
}

# Made on the first call, brought up to date on later ones when the sources changed.
run_database() {
    local db=$1 demo=(--with-demo)
    [ "${DEMO:-1}" != 0 ] || demo=()
    if ! db_exists "$db" || [ -z "$(db_comment "$db")" ]; then
        if db_exists "$db"; then
            # A first call that was interrupted leaves one that Odoo never finished. Anybody else's is left alone.
            [ "$(cat "$STAMPS/unfinished-$db" 2>/dev/null)" = yes ] || die "there is a database $db that ./dev run did not make; choose another with DB="
            db_drop "$db"
        fi
        say "making the database $db (a few minutes; later calls are quick)"
        stamp_write "unfinished-$db" yes
        odoo_modules "run-$db" "$db" -i "$(dependencies),$(addons_csv)" "${demo[@]}" --load-language="$LANGUAGES"
        db_set_comment "$db" "run $(addons_state)"
        stamp_clear "unfinished-$db"
    else
        addons_refresh "$db" run
    fi
}

# For the administrator; the others have theirs in their preferences.
run_language() {
    case $WANTED_LANGUAGE in
        zh_CN | en_US) ;;
        # Not meant for us: desktops set LANGUAGE for gettext, as in "en_US:en".
        '' | *:* | en | zh) return 0 ;;
        *) die "LANGUAGE=$WANTED_LANGUAGE: there are en_US and zh_CN" ;;
    esac
    psql -X -q -d "$1" -c "update res_partner set lang = '$WANTED_LANGUAGE'
        where id = (select partner_id from res_users where login = 'admin')"
}

free_port() {
    "$VENV/bin/python" - "$1" <<'EOF'
import socket, sys

first = int(sys.argv[1])
for port in range(first, first + 100):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            continue
    print(port)
    break
else:
    sys.exit(f"dev: no free port from {first} on")
EOF
}

run_server() {
    local db=$1 port=$2 pid status=0 stopping=no
    shift 2
    say "starting Odoo"
    # In a session of its own: Ctrl-C would reach Odoo directly and once more through the trap, and a second signal makes
    # it drop everything. Further arguments win over these.
    setsid "$ODOO_BIN" server -c "$ODOO_CONF" -d "$db" --db-filter "^${db//./\\.}\$" --log-level=warn \
        --http-interface "${INTERFACE:-127.0.0.1}" --http-port "$port" "$@" </dev/null 9>&- &
    pid=$!
    # Which process it is, for ./dev stop; the start time tells it from a later process with the same number.
    echo "$pid $(process_start "$pid")" >>"$RUN_PID_FILE"
    trap 'stopping=yes && kill -TERM "$pid" 2>/dev/null || true' INT TERM HUP
    ! run_answers "$port" "$pid" || run_welcome "$db" "$port"
    while kill -0 "$pid" 2>/dev/null; do
        status=0
        wait "$pid" 2>/dev/null || status=$?
    done
    trap - INT TERM HUP
    run_forget "$pid"
    [ "$status" -eq 0 ] || [ "$stopping" = yes ] || die "Odoo ended by itself with status $status"
}

# Wait for the login page, which also builds what the first page of a new database would keep a newcomer waiting for.
run_answers() {
    "$VENV/bin/python" - "$1" "$2" 9>&- <<'EOF'
import os, signal, sys, time, urllib.request

signal.signal(signal.SIGINT, signal.SIG_DFL)
port, pid = sys.argv[1:]
while os.path.exists(f"/proc/{pid}"):
    try:
        urllib.request.urlopen(f"http://localhost:{port}/web/login", timeout=300)
        sys.exit(0)
    except OSError:
        time.sleep(0.3)
sys.exit(1)
EOF
}

run_welcome() {
    local db=$1 address=http://localhost:$2 order
    # A confirmed order nobody has complained of yet.
    order=$(psql -X -At -d "$db" -c "select id || ' ' || name from sale_order o where state = 'sale'
        and not exists (select 1 from customer_complaint c where c.sale_order_id = o.id) order by company_id, id desc limit 1")
    echo
    echo "  Open        $address/odoo"
    echo "  Log in as   admin, password admin"
    if [ -n "$order" ]; then
        echo "  First       Sales > Orders > ${order#* } ($address/odoo/sales/${order%% *}), press \"Complaint\""
    else
        echo "  First       Sales > Orders > New: make and confirm an order, then press \"Complaint\" on it"
    fi
    echo "  Then        the Complaints app in the main menu"
    echo "  Language    LANGUAGE=zh_CN ./dev run (or en_US), or in the user menu > My Preferences"
    echo "  Stop        Ctrl-C"
    echo
}

process_start() { cut -d' ' -f22 "/proc/$1/stat" 2>/dev/null; }

run_forget() {
    [ -f "$RUN_PID_FILE" ] || return 0
    grep -v "^$1 " "$RUN_PID_FILE" >"$RUN_PID_FILE.new" || true
    mv "$RUN_PID_FILE.new" "$RUN_PID_FILE"
}

cmd_stop() {
    local pid start
    if [ -f "$RUN_PID_FILE" ]; then
        while read -r pid start; do
            # A pid file left by a killed server names nobody, or somebody else.
            if [ "$(process_start "$pid")" = "$start" ]; then
                say "stopping Odoo ($pid)"
                kill -TERM "$pid" 2>/dev/null || true
                wait_gone "$pid"
            fi
        done <"$RUN_PID_FILE"
        rm -f "$RUN_PID_FILE"
    fi
    if is_private_postgres && [ -d "$STATE" ] && PG_BIN=$(postgres_bin); then
        postgres_choose_dir
        if postgres_running; then
            say "stopping PostgreSQL"
            postgres_stop
        fi
    fi
}

wait_gone() {
    local tenths=100
    while [ $((tenths -= 1)) -gt 0 ]; do
        kill -0 "$1" 2>/dev/null || return 0
        sleep 0.1
    done
    warn "process $1 did not stop in time; ending it"
    kill -KILL "$1" 2>/dev/null || true
}

need_run_db() {
    setup
    db_exists "$1" || die "there is no database $1 yet; ./dev run makes it"
}

cmd_shell() {
    local db
    db=$(run_db)
    need_run_db "$db"
    exec "$ODOO_BIN" shell -c "$ODOO_CONF" -d "$db" --no-http "$@" 9>&-
}

cmd_psql() {
    local db
    db=$(run_db)
    need_run_db "$db"
    exec psql -d "$db" "$@"
}
