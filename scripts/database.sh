# shellcheck shell=bash
# Databases: the template the tests are cloned from, clones, and what was installed in them from which sources.
#
# What a database was made of stands in its comment, which is written last: a database without the right comment is
# unfinished or outdated, and the comment goes when the database goes.

DATA=$STATE/data
# The first becomes the language of everybody in a new database.
LANGUAGES=en_US,zh_CN

sql() { PGOPTIONS='-c client_min_messages=warning' psql -X -q -At -v ON_ERROR_STOP=1 -d "${PGDATABASE:-postgres}" -c "$1"; }

db_exists() { [ -n "$(sql "select 1 from pg_database where datname = '$1'")" ]; }
db_comment() { sql "select shobj_description(oid, 'pg_database') from pg_database where datname = '$1'"; }
db_set_comment() { sql "comment on database \"$1\" is '$2'"; }

db_drop() {
    sql "drop database if exists \"$1\" with (force)"
    rm -rf "${DATA:?}/filestore/${1:?}"
}

# With its filestore. Odoo never changes a stored file in place, so hard links do.
db_clone() {
    db_drop "$2"
    sql "create database \"$2\" template \"$1\""
    mkdir -p "$DATA/filestore"
    [ ! -d "$DATA/filestore/$1" ] || cp -al "$DATA/filestore/$1" "$DATA/filestore/$2"
}

# A name given by the user goes into SQL and paths.
db_check_name() {
    case $1 in
        '' | *[!A-Za-z0-9_.-]*) die "'$1' cannot be the name of a database: use letters, digits, _ . -" ;;
    esac
}

odoo_server() { "$ODOO_BIN" server -c "$ODOO_CONF" "$@" </dev/null; }

# Install or update quietly; the whole log is kept, its end is shown on failure.
odoo_modules() {
    local log=$LOGS/$1.log db=$2
    shift 2
    if ! odoo_server -d "$db" "$@" --stop-after-init --no-http >"$log" 2>&1; then
        grep -vE ' (INFO|DEBUG) ' "$log" | tail -n 60 >&2
        die "Odoo failed (whole log: ${log#"$ROOT"/})"
    fi
    # Odoo may end well although part of the work failed.
    if grep -qE ' (ERROR|CRITICAL) ' "$log"; then
        grep -vE ' (INFO|DEBUG) ' "$log" | tail -n 60 >&2
        die "Odoo logged errors (whole log: ${log#"$ROOT"/})"
    fi
    # Demo data that cannot be loaded is only a warning to Odoo.
    grep ' WARNING ' "$log" >&2 || true
}

# --- what the databases are made of ---

# Modules the addons depend on, other than each other, and sale_management: `sale` alone has no menu of its own.
dependencies() {
    # shellcheck disable=SC2046 # a list of names
    "$VENV/bin/python" - $(addons) <<'EOF'
import ast, pathlib, sys

names = sys.argv[1:]
wanted = {"sale_management"}
for name in names:
    wanted.update(ast.literal_eval(pathlib.Path(name, "__manifest__.py").read_text()).get("depends", []))
print(",".join(sorted(wanted - set(names))))
EOF
}

# Apps whose orders the tests of money have as well: coupons and kits.
TEST_APPS=sale_loyalty,sale_mrp

# Everything of one addon that an update would bring into a database. Files read anew at each start or request (tests,
# JavaScript, styles) are left out, so that changing them costs no update.
addon_hash() {
    (
        cd "$ROOT/$1" || exit
        find . -type f ! -name '*.pyc' ! -name '*.pot' ! -name '*.md' ! -path './tests/*' ! -path './static/*' ! -path './readme/*' -print0 |
            sort -z | xargs -0 sha256sum
    ) | hash_of_input
}

# "customer_complaint=0a1b2c customer_complaint_stock=..."
addons_state() {
    local addon
    for addon in $(addons); do
        printf '%s=%s ' "$addon" "$(addon_hash "$addon")"
    done
}

# Bring the addons in database $1, whose comment is "$2 <state of the addons>", to the sources of now: install what is
# not there, update what changed. Further arguments go to Odoo.
addons_refresh() {
    local db=$1 prefix=$2 old new item install=() update=() args=()
    shift 2
    old=" $(db_comment "$db") "
    new=$(addons_state)
    for item in $new; do
        case $old in
            *" $item "*) ;;
            *" ${item%%=*}="*) update+=("${item%%=*}") ;;
            *) install+=("${item%%=*}") ;;
        esac
    done
    [ ${#install[@]} -eq 0 ] || args+=(-i "$(join_comma "${install[@]}")")
    [ ${#update[@]} -eq 0 ] || args+=(-u "$(join_comma "${update[@]}")")
    [ ${#args[@]} -gt 0 ] || return 0
    say "database $db: ${args[*]}"
    odoo_modules "addons-$db" "$db" "${args[@]}" "$@"
    db_set_comment "$db" "$prefix $new"
}

join_comma() { local IFS=,; printf '%s' "$*"; }

# --- the template ---

template_name() {
    {
        # With the place of its files: on a server given by PGHOST two clones of the repository may meet.
        odoo_identity
        echo "$DATA"
        cat requirements/odoo.txt scripts/database.sh
        echo "$(dependencies),$TEST_APPS"
    } | hash_of_input | sed 's/^/cc_template_/'
}

# Dependencies with demo data and Chinese, made once. Sets TEMPLATE_DB.
template_setup() {
    local old
    TEMPLATE_DB=$(template_name)
    [ "$(db_comment "$TEMPLATE_DB")" != complete ] || return 0
    say "making the template database with $(dependencies),$TEST_APPS (a few minutes, once)"
    db_drop "$TEMPLATE_DB"
    if is_private_postgres; then
        for old in $(sql "select datname from pg_database where datname ~ '^cc_template_'"); do
            db_drop "$old"
        done
    fi
    odoo_modules template "$TEMPLATE_DB" -i "$(dependencies),$TEST_APPS" --with-demo --load-language="$LANGUAGES"
    db_set_comment "$TEMPLATE_DB" complete
}
