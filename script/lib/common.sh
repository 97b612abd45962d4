# What the shell scripts share. To be sourced: it stands in the repository's root afterwards.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$ROOT" || exit 1

say() { printf '%s: %s\n' "${0##*/}" "$*"; }

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# The comment at the head of the script that is running, as its help.
show_help() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"; }

# One compiler more than there are cores keeps them busy, three are enough for the memory of a small machine.
jobs_count() {
  local n
  n=$(($(nproc) + 1))
  if [ "$n" -gt 3 ]; then n=3; fi
  echo "$n"
}
