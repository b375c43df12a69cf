# shellcheck shell=bash
# wkhtmltopdf where the distribution no longer has it (Debian 13 and later): the one of Debian 12 with the libraries it
# needs, unpacked under .odoo/.

WKHTMLTOPDF=$STATE/wkhtmltopdf

has_wkhtmltopdf() { have wkhtmltopdf || [ -x "$WKHTMLTOPDF/bin/wkhtmltopdf" ]; }

wkhtmltopdf_path() {
    [ ! -d "$WKHTMLTOPDF/bin" ] || PATH=$WKHTMLTOPDF/bin:$PATH
    export PATH
}

wkhtmltopdf_setup() {
    local deb
    say "getting wkhtmltopdf of Debian 12 (this distribution has none), unpacked under .odoo/"
    private_lists wkhtmltopdf wkhtmltopdf bookworm ||
        die "reports need wkhtmltopdf, which neither this distribution nor its mirror has; put one on the PATH"
    # As if nothing were installed, so that all it needs is fetched.
    quietly apt-wkhtmltopdf private_apt wkhtmltopdf apt-get -q -y --no-install-recommends --download-only install wkhtmltopdf
    rm -rf "$WKHTMLTOPDF" "$WKHTMLTOPDF.new"
    mkdir -p "$WKHTMLTOPDF.new"
    for deb in "$STATE"/apt-wkhtmltopdf/cache/archives/*.deb; do
        case ${deb##*/} in
            # An older C library than the running one would not fit its loader; the newer one serves.
            libc6_* | libc-bin_*) ;;
            *) dpkg-deb -x "$deb" "$WKHTMLTOPDF.new" ;;
        esac
    done
    wkhtmltopdf_launcher "$WKHTMLTOPDF.new"
    private_lists_remove wkhtmltopdf
    mv "$WKHTMLTOPDF.new" "$WKHTMLTOPDF"
}

wkhtmltopdf_launcher() {
    local dir name
    dir=$(cd "$1" && dirname usr/lib/*/libQt5WebKit.so.5)
    mkdir -p "$1/bin"
    for name in wkhtmltopdf wkhtmltoimage; do
        cat >"$1/bin/$name" <<EOF
#!/bin/sh
home=\$(dirname "\$(dirname "\$(readlink -f "\$0")")")
LD_LIBRARY_PATH=\$home/$dir:\$home/${dir#usr/}
QT_PLUGIN_PATH=\$home/$dir/qt5/plugins
export LD_LIBRARY_PATH QT_PLUGIN_PATH
exec "\$home/usr/bin/$name" "\$@"
EOF
        chmod +x "$1/bin/$name"
    done
}
