# shellcheck shell=bash
# System packages: what is missing is installed with apt, after saying which.

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

python_usable() {
    "$1" - 2>/dev/null <<'EOF'
import sys, venv, ensurepip
sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
EOF
}

# The Python on the PATH when its version fits, else one of the versions Odoo 19 runs on.
find_python() {
    local name
    for name in python3 python3.12 python3.13 python3.11; do
        if have "$name" && python_usable "$name"; then
            command -v "$name"
            return
        fi
    done
    return 1
}

has_cjk_font() { have fc-list && [ -n "$(fc-list ':family=Noto Sans CJK SC' family)" ]; }

# The list is read to its end: a reader that leaves early fails the pipe.
has_library() { { ldconfig -p || /sbin/ldconfig -p; } 2>/dev/null | grep "$1" >/dev/null; }

# Names Odoo itself looks for (odoo/tests/common.py).
find_chrome() {
    local name
    for name in google-chrome chromium chromium-browser google-chrome-stable; do
        if have "$name" && ! is_snap_stub "$name"; then
            command -v "$name"
            return
        fi
    done
    return 1
}

# Ubuntu's package is a script that only sends to the snap, and the snap cannot see the profile Odoo makes in /tmp.
is_snap_stub() {
    local path
    path=$(readlink -f "$(command -v "$1")")
    case $path in */snap) return 0 ;; esac
    [ "$(head -c 2 "$path")" = '#!' ] && grep -q '/snap/bin/chromium' "$path"
}

apt_has() { [ -n "$(apt-cache madison "$1" 2>/dev/null)" ]; }

is_ubuntu() { grep -qE '^ID(_LIKE)?=.*ubuntu' /etc/os-release; }

postgres_bin() {
    local dir
    for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -Vr); do
        if [ -x "$dir/initdb" ]; then
            printf '%s\n' "$dir"
            return
        fi
    done
    return 1
}

missing_packages() {
    if is_private_postgres; then
        postgres_bin >/dev/null || echo postgresql
    else
        have psql || echo postgresql-client
    fi
    find_python >/dev/null || echo python3 python3-venv
    has_wkhtmltopdf || echo wkhtmltopdf
    has_cjk_font || echo fontconfig fonts-noto-cjk
    has_library libmagic.so.1 || echo libmagic1
    has_library libcairo.so.2 || echo libcairo2
    if [ "${1:-}" = test ]; then
        find_chrome >/dev/null || is_ubuntu || echo chromium
        have pdftotext || echo poppler-utils
    fi
}

system_packages() {
    local missing
    missing=$(missing_packages "$@" | xargs)
    if [ -n "$missing" ]; then
        install_packages "$missing"
        has_wkhtmltopdf || wkhtmltopdf_setup
        missing=$(missing_packages "$@" | xargs)
        [ -z "$missing" ] || die "$(still_missing "$missing")"
    fi
    wkhtmltopdf_path
    if [ "${1:-}" = test ] && ! find_chrome >/dev/null; then
        die "the browser tests need Chromium, and Ubuntu's chromium package is only a door to the snap, which cannot open" \
            "the profile directory Odoo makes. Install Google Chrome's .deb package (google-chrome-stable) and call again."
    fi
}

still_missing() {
    case " $1 " in
        *" python3 "*) echo "Odoo 19 needs Python 3.11, 3.12 or 3.13 with venv; put one of them on the PATH as python3.12, say" ;;
        *) echo "these packages were installed, but what they bring is still not found: $1" ;;
    esac
}

install_packages() {
    have apt-get || die "missing: $1 (no apt-get here: install what they are called on this system)"
    if [ "$(id -u)" -eq 0 ]; then
        say "installing system packages: $1"
    else
        have sudo || die "missing system packages: $1. Install them as root, or install sudo."
        say "installing system packages with sudo: $1"
    fi
    as_root apt-get -q update >"$LOGS/apt.log" 2>&1 || warn "apt-get update failed, see .odoo/log/apt.log; trying with the lists there are"
    if ! apt_has wkhtmltopdf; then
        set -- "$(printf '%s\n' "$1" | sed 's/\bwkhtmltopdf\b//')"
    fi
    # shellcheck disable=SC2086 # a list of package names
    if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install $1 >>"$LOGS/apt.log" 2>&1 </dev/null; then
        tail -n 20 "$LOGS/apt.log" >&2
        die "apt-get could not install: $1"
    fi
}
