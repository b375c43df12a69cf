# shellcheck shell=bash
# apt with lists, state and cache of its own under .odoo/, so that the machine's apt is neither changed nor asked for
# rights. Signatures are checked as always, with the archive keys that Debian installs.

# private_apt NAME apt-get|apt-cache ARGS...
private_apt() {
    local dir=$STATE/apt-$1 command=$2
    shift 2
    "$command" \
        -o Dir::State="$dir/state" -o Dir::State::status="$dir/status" -o Dir::Cache="$dir/cache" \
        -o Dir::Etc::SourceList="$dir/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null \
        -o Acquire::Languages=none -o Acquire::Retries=3 \
        -o Acquire::AllowInsecureRepositories=false -o APT::Get::AllowUnauthenticated=false \
        -o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=1 "$@"
}

# Private lists NAME of the given suites, from the first Debian mirror of this machine that has PACKAGE in them.
private_lists() {
    local name=$1 package=$2 dir=$STATE/apt-$1 log=$LOGS/apt-$1.log keyring site suite
    shift 2
    : >"$log"
    if ! have apt-get || ! keyring=$(archive_keyring); then
        return 1
    fi
    for site in $(debian_mirrors); do
        rm -rf "$dir"
        mkdir -p "$dir/state/lists/partial" "$dir/cache/archives/partial"
        : >"$dir/status"
        for suite in "$@"; do
            echo "deb [signed-by=$keyring] $site $suite main"
        done >"$dir/sources.list"
        if private_apt "$name" apt-get -q update >>"$log" 2>&1 </dev/null &&
            private_apt "$name" apt-cache show "$package" >/dev/null 2>&1; then
            return 0
        fi
    done
    grep '^E:' "$log" >&2 || true
    return 1
}

# The lists take 100 MB.
private_lists_remove() { rm -rf "$STATE/apt-${1:?}"; }

archive_keyring() {
    local file
    for file in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
        [ ! -f "$file" ] || { echo "$file" && return; }
    done
    return 1
}

# Addresses of the archives this machine's apt is set up with, except those of security updates and the like; whether one
# is Debian's shows when the keys fit.
debian_mirrors() {
    # shellcheck disable=SC2016 # apt's own variables
    apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
        awk '$3 == "main" && $2 !~ /-/ && !seen[$1]++ { print $1 }'
}
