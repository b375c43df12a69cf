# shellcheck shell=bash
# Odoo 19.0: ODOO_HOME, or Debian's package unpacked (not installed) under .odoo/, and what starts it.

PACKAGE=odoo-19
TREE=$STATE/tree
ODOO_BIN=$STATE/bin/odoo
ODOO_CONF=$STATE/odoo.conf

# Static files of the package are links into these; it needs nothing else of its long list of dependencies.
LINKED_PACKAGES=(
    libjs-jquery libjs-jquery-form libjs-underscore
    fonts-inconsolata fonts-montserrat fonts-ocr-b fonts-roboto-unhinted
)

odoo_setup() {
    if [ -n "${ODOO_HOME:-}" ]; then
        odoo_use_home
    else
        odoo_use_package
    fi
    PYTHONPATH=$ODOO_TREE
    export PYTHONPATH
    odoo_write_launcher
}

# A checkout holds odoo/ and addons/; an installed tree may be given as its site-packages or as the odoo package itself.
odoo_use_home() {
    local dir
    for dir in "$ODOO_HOME" "$ODOO_HOME/.."; do
        if [ -f "$dir/odoo/release.py" ]; then
            ODOO_TREE=$(readlink -f "$dir")
            odoo_check_version
            return
        fi
    done
    die "ODOO_HOME=$ODOO_HOME holds no Odoo: there is no odoo/release.py in it"
}

odoo_check_version() {
    grep -qE '^version_info = \(.?19.?, *0,' "$ODOO_TREE/odoo/release.py" ||
        die "ODOO_HOME=$ODOO_HOME is not Odoo 19.0: $(grep -m1 '^version_info' "$ODOO_TREE/odoo/release.py")"
}

odoo_use_package() {
    ODOO_TREE=$TREE/usr/lib/python3/dist-packages
    [ ! -f "$TREE/complete" ] || return 0
    say "getting Odoo 19.0 (package $PACKAGE of Debian's unstable suite, 120 MB, unpacked under .odoo/)"
    # Bookworm is there for Font Awesome, see odoo_download.
    private_lists odoo "$PACKAGE" sid bookworm || die "$(odoo_no_package)"
    odoo_download
    odoo_unpack
}

odoo_no_package() {
    cat <<EOF | paste -sd' ' -
Odoo 19.0 could not be had from here. The package $PACKAGE is looked for in Debian's unstable suite, on the mirror of this
machine's apt configuration; this machine has no Debian mirror in it (Ubuntu has none), or the mirror does not answer
(.odoo/log/apt-odoo.log). Get Odoo's own git branch 19.0 (git clone --depth 1 --branch 19.0 from the odoo/odoo
repository) or any installed Odoo 19.0, and call this with ODOO_HOME=/path/to/it.
EOF
}

odoo_download() {
    local awesome
    # Odoo's icons are those of Font Awesome 4.7; unstable has version 7, whose files have other names.
    awesome=$(private_apt odoo apt-cache madison fonts-font-awesome | awk '$3 ~ /4\.7\.0/ { print "fonts-font-awesome=" $3; exit }')
    [ -n "$awesome" ] || warn "no fonts-font-awesome 4.7 on this mirror: some icons will be missing in the browser"
    rm -rf "$STATE/debs"
    mkdir -p "$STATE/debs"
    # shellcheck disable=SC2086 # $awesome may be nothing
    (cd "$STATE/debs" && quietly apt-odoo private_apt odoo apt-get -q download "$PACKAGE" "${LINKED_PACKAGES[@]}" $awesome)
}

odoo_unpack() {
    local deb
    say "unpacking Odoo"
    rm -rf "$TREE" "$TREE.new"
    mkdir -p "$TREE.new"
    for deb in "$STATE"/debs/*.deb; do
        dpkg-deb -x "$deb" "$TREE.new"
    done
    odoo_mend_tree "$TREE.new/usr/lib/python3/dist-packages"
    private_lists_remove odoo
    rm -rf "$STATE/debs"
    touch "$TREE.new/complete"
    mv "$TREE.new" "$TREE"
}

odoo_mend_tree() {
    local lib=$1 link
    # A second copy of the addons without their static files, and two names far too common for a Python path.
    rm -rf "$lib/addons" "$lib/setup" "$lib/doc"
    # Absolute links mean the machine's own files; the linked packages are unpacked in this tree instead.
    while IFS= read -r link; do
        ln -sfnr "$TREE.new$(readlink "$link")" "$link"
    done < <(find "$lib" -type l -lname '/*')
    # Left out by the package, but named in mail's manifest: without it every page of the back end logs an error.
    mkdir -p "$lib/odoo/addons/mail/static/lib/selfie_segmentation"
    touch "$lib/odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
}

# What Odoo the caches were made with; part of the name of the template database.
odoo_identity() {
    if [ -n "${ODOO_HOME:-}" ]; then
        echo "$ODOO_TREE"
        git -C "$ODOO_TREE" rev-parse HEAD 2>/dev/null || stat -c %Y "$ODOO_TREE/odoo/release.py"
    else
        # Changes when the package was fetched anew.
        stat -c %Y "$TREE/complete"
    fi
}

odoo_addons_path() {
    local path=$ODOO_TREE/odoo/addons
    [ ! -d "$ODOO_TREE/addons" ] || path=$path,$ODOO_TREE/addons
    # Odoo refuses a directory without a single addon.
    [ -z "$(addons)" ] || path=$path,$ROOT
    echo "$path"
}

odoo_write_launcher() {
    mkdir -p "$(dirname "$ODOO_BIN")"
    cat >"$ODOO_BIN.new" <<EOF
#!/bin/sh
# Written by ./dev: Odoo with its Python environment. Commands take -c $ODOO_CONF
PYTHONPATH=$(printf %q "$ODOO_TREE")
PATH=\$PATH:$(printf %q "$(dirname "$(command -v wkhtmltopdf)")")
PYTHONPYCACHEPREFIX=$(printf %q "$STATE/pycache")
export PYTHONPATH PATH PYTHONPYCACHEPREFIX
exec $(printf %q "$VENV/bin/python") -m odoo "\$@"
EOF
    chmod +x "$ODOO_BIN.new"
    mv "$ODOO_BIN.new" "$ODOO_BIN"
}

# Holds no password: PGPASSWORD stays in the environment, where Odoo finds it.
odoo_write_conf() {
    cat >"$ODOO_CONF.new" <<EOF
; Written by ./dev at every call.
[options]
addons_path = $(odoo_addons_path)
data_dir = $STATE/data
db_host = $PGHOST
${PGPORT:+db_port = $PGPORT}
${PGUSER:+db_user = $PGUSER}
screenshots = $STATE/screenshots
; The administrator's password is admin: for this machine only.
http_interface = 127.0.0.1
; The first page of a new database builds all assets, which may take a slow machine minutes.
limit_time_real = 1200
EOF
    mv "$ODOO_CONF.new" "$ODOO_CONF"
}
