# shellcheck shell=bash
# Shared by the other parts: places, messages, locks, stamps.

STATE=$ROOT/.odoo
STAMPS=$STATE/stamps
LOGS=$STATE/log
VENV=$STATE/venv

say() { printf '==> %s\n' "$*" >&2; }
warn() { printf 'dev: %s\n' "$*" >&2; }
die() {
    printf 'dev: %s\n' "$*" >&2
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# Short name of what stands on standard input; stamps and database names are made of it.
hash_of_input() { sha256sum | cut -c1-12; }

# A stamp holds what a step was made from. It is written after the step succeeded, so an interrupted step is done again.
stamp_is() { [ "$(cat "$STAMPS/$1" 2>/dev/null)" = "$2" ]; }
stamp_write() { printf '%s\n' "$2" >"$STAMPS/$1"; }
stamp_clear() { rm -f "$STAMPS/$1"; }

# Print a log when the command fails, stay silent otherwise.
quietly() {
    local log=$LOGS/$1.log
    shift
    if ! "$@" >"$log" 2>&1 </dev/null; then
        tail -n 40 "$log" >&2
        die "failed: $1 (whole output in ${log#"$ROOT"/})"
    fi
}

# Two calls at once (a second terminal, say) must not set up the same thing twice. Programs that stay, such as
# PostgreSQL, are started without the descriptor, or they would hold the lock for ever.
LOCK_FD=9
with_lock() {
    mkdir -p "$STATE"
    exec 9>"$STATE/lock"
    if ! flock -n "$LOCK_FD"; then
        say "waiting for another ./dev to finish its set-up"
        flock "$LOCK_FD"
    fi
    "$@"
    exec 9>&-
}

# Addons are the directories customer_complaint* with a manifest; where tests run or sources are looked at, also that with
# the tests of the whole (with_test_addons).
ADDON_PREFIXES=(customer_complaint)

with_test_addons() { ADDON_PREFIXES+=(test_customer_complaint); }

addons() {
    local prefix manifest manifests=()
    if [ -n "${ADDON_CHOICE:-}" ]; then
        printf '%s\n' "$ADDON_CHOICE"
        return
    fi
    if [ -n "${PROFILE:-}" ]; then
        profile_addons
        return
    fi
    for prefix in "${ADDON_PREFIXES[@]}"; do
        manifests+=("$ROOT/$prefix"*/__manifest__.py)
    done
    for manifest in "${manifests[@]}"; do
        [ -f "$manifest" ] || continue
        basename "$(dirname "$manifest")"
    done
}

# What a company of its kind has: ./dev run installs it, and tests/test_profiles.py tries it.
profile_addons() {
    local names=(customer_complaint customer_complaint_account customer_complaint_approval
        customer_complaint_assignment customer_complaint_base customer_complaint_deadline customer_complaint_enquiry
        customer_complaint_extension customer_complaint_form customer_complaint_fulfilment
        customer_complaint_history customer_complaint_import customer_complaint_merge customer_complaint_notice
        customer_complaint_overview customer_complaint_portal customer_complaint_recusal customer_complaint_settle
        customer_complaint_setup customer_complaint_undo customer_complaint_warranty)
    case $PROFILE in
        shop) ;;
        web) names+=(customer_complaint_archive customer_complaint_return customer_complaint_return_stock
            customer_complaint_stock) ;;
        pharmacy) names+=(customer_complaint_archive customer_complaint_archive_paper customer_complaint_investigation
            customer_complaint_settle_investigation customer_complaint_stock) ;;
        bank) names+=(customer_complaint_archive customer_complaint_archive_paper customer_complaint_confidential
            customer_complaint_enquiry_privacy customer_complaint_investigation customer_complaint_privacy
            customer_complaint_review customer_complaint_settle_investigation) ;;
        *) die "PROFILE=$PROFILE: there are shop, web, pharmacy and bank" ;;
    esac
    printf '%s\n' "${names[@]}"
}

# Addons and those they build on, one a line.
needed_addons() {
    "$VENV/bin/python" - "$@" <<'EOF'
import ast, pathlib, sys

found, left = [], sys.argv[1:]
while left:
    manifest = pathlib.Path(left[0], "__manifest__.py")
    if manifest.exists() and left[0] not in found:
        found.append(left[0])
        left += ast.literal_eval(manifest.read_text()).get("depends", [])
    left.pop(0)
print("\n".join(found))
EOF
}

addons_csv() { addons | paste -sd, -; }

# What `cmd_*` functions call first. With "test" also what only tests and lint need.
setup() {
    mkdir -p "$STATE" "$STAMPS" "$LOGS"
    # Every test run leaves one.
    find "$LOGS" -type f -mtime +7 -delete
    with_lock setup_locked "$@"
}

setup_locked() {
    system_packages "$@"
    python_setup "$@"
    odoo_setup
    postgres_setup
    odoo_write_conf
}

cmd_setup() {
    setup "$@"
    cat <<EOF
Odoo       $ODOO_TREE
launcher   $ODOO_BIN
conf       $ODOO_CONF
python     $VENV/bin/python
PGHOST     $PGHOST
PGUSER     ${PGUSER:-}
EOF
}
