#!/bin/sh
# The Python tools that judge what portable writes, pinned, each in an environment of its own under .venv (git-ignored).
# Usage: conformance/judges.sh [aider|litellm|pre_commit|lefthook]...   Needs python3.11 or what PYTHON names; takes some minutes.
set -eu
cd "$(dirname "$0")"
python="${PYTHON:-python3.11}"

aider='aider-chat==0.86.2'
litellm='litellm[proxy]==1.108.6'
pre_commit='pre-commit==4.7.0'
lefthook='lefthook==2.2.2'

install() {
  venv=".venv/$1"
  stamp="$venv/$(printf %s "$2" | tr -c 'A-Za-z0-9.\n' _)"
  [ -e "$stamp" ] && return 0
  "$python" -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --no-input "$2"
  touch "$stamp"
}

[ $# -gt 0 ] || set -- aider litellm pre_commit lefthook
for judge in "$@"; do
  case "$judge" in
    aider) install aider "$aider" ;;
    litellm) install litellm "$litellm" ;;
    pre_commit) install pre_commit "$pre_commit" ;;
    lefthook) install lefthook "$lefthook" ;;
    *) echo "unknown judge: $judge" >&2; exit 2 ;;
  esac
done
