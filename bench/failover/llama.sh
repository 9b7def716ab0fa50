#!/bin/sh
# A real llama.cpp: Debian's llama.cpp-tools, unpacked beside the system into .llama (git-ignored) and started through its own
# loader; nothing is installed.
# Usage: bench/failover/llama.sh fetch | bench/failover/llama.sh [llama-server's options]
# SUITE names Debian's suite (sid). Needs apt and this machine's own Debian sources; llama-server 0.7.0 on 2026-11-26.
set -eu
here="$(cd "$(dirname "$0")" && pwd)/.llama"
root="$here/root"

# The machine's first Debian source, of another suite, beside the machine's own lists.
sources() {
  suite="${SUITE:-sid}"
  for file in /etc/apt/sources.list.d/*.sources; do
    [ -e "$file" ] || continue
    uri="$(sed -n 's/^URIs: *\([^ ]*\/debian\)\/* *$/\1/p' "$file" | head -n 1)"
    [ -n "$uri" ] && echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri $suite main" && return
  done
  uri="$(sed -n 's/^deb  *\(\[[^]]*\] *\)*\([^ ]*\/debian\)\/* .*/\2/p' /etc/apt/sources.list 2>/dev/null | head -n 1)"
  [ -n "$uri" ] || { echo "no Debian source on this machine: llama.cpp cannot be had" >&2; exit 3; }
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri $suite main"
}

fetch() {
  [ -e "$here/done" ] && return 0
  rm -rf "$here"
  mkdir -p "$here/lists/partial" "$here/cache/archives/partial" "$root"
  sources > "$here/sources.list"
  : > "$here/status"
  set -- -qq -o Dir::Etc::sourcelist="$here/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State="$here" -o Dir::State::lists="$here/lists" -o Dir::State::status="$here/status" \
    -o Dir::Cache="$here/cache" -o APT::Sandbox::User=root -o APT::Install-Recommends=false -o Debug::NoLocking=1
  apt-get "$@" update
  apt-get "$@" install --download-only --yes llama.cpp-tools
  for package in "$here"/cache/archives/*.deb; do dpkg-deb -x "$package" "$root"; done
  rm -rf "$here/lists" "$here/cache" "$root/usr/share"
  touch "$here/done"
}

[ "${1:-}" = fetch ] && { fetch; exit 0; }
[ -e "$here/done" ] || { echo "run bench/failover/llama.sh fetch first" >&2; exit 3; }
loader="$(find "$root" -name 'ld-linux*.so.*' | head -n 1)"
libraries="$(find "$root" -name '*.so*' -not -path '*/gconv/*' -exec dirname {} + | sort -u | tr '\n' ':')"
# the plainest backend that every machine of this kind runs
plain="$(find "$root" -name 'libggml-cpu-haswell.so' -o -name 'libggml-cpu.so' | head -n 1)"
[ -n "$plain" ] && grep -qw avx2 /proc/cpuinfo || plain="$(find "$root" -name 'libggml-cpu-x64.so' -o -name 'libggml-cpu.so' | head -n 1)"
export GGML_BACKEND_PATH="${GGML_BACKEND_PATH:-$plain}"
exec "$loader" --library-path "$libraries" "$root/usr/bin/llama-server" "$@"
