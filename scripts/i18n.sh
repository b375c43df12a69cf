# shellcheck shell=bash
# ./dev pot: bring the translation files up to date with the sources.

POT_LANGUAGES=(zh_CN)

cmd_pot() {
    local db=cc_pot_$$ addon
    [ -n "$(addons)" ] || die "there is no addon here yet: no customer_complaint*/__manifest__.py"
    setup
    with_lock template_setup
    # shellcheck disable=SC2064 # the name of now
    trap "db_drop $db" EXIT
    db_clone "$TEMPLATE_DB" "$db"
    addons_refresh "$db" "$TEMPLATE_DB"
    for addon in $(addons); do
        # Odoo writes into the addon; what it changes besides the terms is taken back by merge_translations.
        quietly "pot-$addon" "$ODOO_BIN" i18n export -c "$ODOO_CONF" -d "$db" -o "$STATE/$addon.pot" "$addon"
        "$VENV/bin/python" scripts/merge_translations.py "$STATE/$addon.pot" "$addon/i18n" "$addon" "${POT_LANGUAGES[@]}"
        rm -f "$STATE/$addon.pot"
    done
}
