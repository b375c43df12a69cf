# shellcheck shell=bash
# The virtual environment: Odoo's dependencies, and those of tests and lint when they are wanted.

python_setup() {
    local python base
    # The lists hold every package with its version, so pip need not (and does not) resolve anything.
    base=$({ find_python_version && cat requirements/odoo.txt && echo "$VENV"; } | hash_of_input)
    if ! stamp_is venv "$base"; then
        python=$(find_python)
        say "making the Python environment ($("$python" -V))"
        stamp_clear venv
        stamp_clear venv-test
        rm -rf "$VENV"
        quietly venv "$python" -m venv "$VENV"
        quietly pip pip_install requirements/odoo.txt
        stamp_write venv "$base"
    fi
    if [ "${1:-}" = test ]; then
        base=$({ echo "$base" && cat requirements/test.txt requirements/lint.txt; } | hash_of_input)
        if ! stamp_is venv-test "$base"; then
            say "adding the tools for tests and lint"
            quietly pip-test pip_install requirements/test.txt requirements/lint.txt
            stamp_write venv-test "$base"
        fi
    fi
}

find_python_version() { "$(find_python)" -c 'import sys; print(sys.version)'; }

pip_install() {
    local list lists=()
    for list in "$@"; do lists+=(-r "$list"); done
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --no-deps "${lists[@]}"
}
