# shellcheck shell=bash
# ./dev test and ./dev bench
#
# A clone of the template database gets the addons; then pytest runs the addons' tests (as pytest-odoo loads them) and the
# checks of the whole repository in tests/, the lint among them: all of them in as many processes as there are processors,
# each on a clone of its own, a part in one process. JOBS= says otherwise. --quick leaves out what is tagged or marked as
# slow (conftest.py). The tests find in the environment:
#
#   CC_ROOT           the repository
#   CC_DEV            the command ./dev, for calling its sub-commands
#   CC_ODOO           starts Odoo: "$CC_ODOO" server -c "$CC_CONF" -d DB ...
#   CC_CONF           odoo.conf with addons path, data directory and connection (no database)
#   CC_PYTHON         Python with Odoo's dependencies; PYTHONPATH holds Odoo itself
#   CC_DATA           data directory; the files of a database are in filestore/<database>
#   CC_TEMPLATE_DB    all dependencies of the addons with demo data and Chinese, none of the addons
#   CC_DB             the clone with the addons installed, on which the addons' tests run
#   CC_INSTALL_LOG    what Odoo logged while it installed (or last updated) the addons in CC_DB
#   PGHOST PGPORT PGUSER   PostgreSQL, as psql, createdb and psycopg2 take them
#
# tests/conftest.py makes fixtures of them.

test_environment() {
    export CC_ROOT=$ROOT CC_DEV=$ROOT/dev CC_ODOO=$ODOO_BIN CC_CONF=$ODOO_CONF CC_PYTHON=$VENV/bin/python
    export CC_DATA=$DATA CC_TEMPLATE_DB=$TEMPLATE_DB
    export PATH=$VENV/bin:$PATH
}

cmd_test() {
    local paths=() status=0 jobs=0 recusal=''
    with_test_addons
    [ -n "$(addons)" ] || die "there is no addon here yet: no customer_complaint*/__manifest__.py"
    setup test
    with_lock node_setup
    with_lock template_setup
    test_environment
    if names_an_addon "$@"; then
        # Tests that recuse people do it by records, whatever addon they are of.
        ! grep -qrE '\._recuse\(' "${1%/}/tests" || recusal=customer_complaint_recusal
        ADDON_CHOICE=$(needed_addons "${1%/}" ${recusal:+"$recusal"})
        paths=("${1%/}/tests")
        jobs=$(nproc)
        shift
    fi
    test_database
    [ "$TEST_KEEP" = yes ] || trap 'db_drop "$CC_DB"' EXIT
    if [ ${#paths[@]} -eq 0 ] && ! names_a_path "$@"; then
        mapfile -t paths < <(test_paths)
        jobs=$(nproc)
    fi
    "$VENV/bin/python" -m pytest --odoo-config="$ODOO_CONF" --odoo-database="$CC_DB" --odoo-http --odoo-log-level=warn \
        --numprocesses="${JOBS:-$jobs}" --dist=loadscope --no-loadscope-reorder "${paths[@]}" "$@" </dev/null 8>&- || status=$?
    return "$status"
}

# The checks of the repository first: they take longest, and one that starts last keeps a single process busy.
test_paths() {
    local addon
    echo tests
    for addon in $(addons); do
        [ ! -d "$addon/tests" ] || echo "$addon/tests"
    done
}

# One addon by its name: its tests, with what it builds on and nothing else.
names_an_addon() { [ -f "${1:-.}/__manifest__.py" ]; }

# Options alone ("-k name") go with all the tests, a path replaces them.
names_a_path() {
    local arg
    for arg in "$@"; do
        [ ! -e "${arg%%::*}" ] || return 0
    done
    return 1
}

# The database the addons' tests run on: a clone of its own for each run, or with REUSE=name one that stays and in which
# only changed addons are updated, which is quicker but less exact (what a removed field left behind stays there).
test_database() {
    test_sweep
    TEST_KEEP=no
    if [ -n "${REUSE:-}" ]; then
        CC_DB=cc_test_reuse_$REUSE
        db_check_name "$CC_DB"
        TEST_KEEP=yes
        exec 8>"$STATE/$CC_DB.lock"
        flock -n 8 || die "another ./dev test works with REUSE=$REUSE; take another name for this one, REUSE=b say"
    else
        CC_DB=cc_test_$$
        [ -z "${KEEP_DB:-}" ] || { TEST_KEEP=yes && CC_DB=cc_kept_$$; }
    fi
    export CC_DB CC_INSTALL_LOG=$LOGS/addons-$CC_DB.log
    case $(db_comment "$CC_DB") in
        "$TEMPLATE_DB"*) ;;
        *)
            db_clone "$TEMPLATE_DB" "$CC_DB"
            db_set_comment "$CC_DB" "$TEMPLATE_DB"
            ;;
    esac
    addons_refresh "$CC_DB" "$TEMPLATE_DB" ${ADDON_CHOICE:+--skip-auto-install}
    [ "$TEST_KEEP" = no ] || say "tests run on the database $CC_DB, which stays (DB=$CC_DB ./dev psql)"
}

# Clones of runs that were killed, and those their tests made: the first number is the process that made them.
test_sweep() {
    local db pid
    is_private_postgres || return 0
    for db in $(sql "select datname from pg_database where datname ~ '^cc_test_[0-9]'"); do
        pid=${db#cc_test_}
        [ -e "/proc/${pid%%[_-]*}" ] || db_drop "$db"
    done
}

cmd_bench() {
    local script status=0
    with_test_addons
    compgen -G "bench/*.py" >/dev/null || die "there are no benchmarks yet: no bench/*.py"
    setup test
    with_lock template_setup
    test_environment
    mkdir -p bench/results
    for script in bench/*.py; do
        say "$script"
        "$VENV/bin/python" "$script" "$@" </dev/null || status=1
    done
    return "$status"
}
