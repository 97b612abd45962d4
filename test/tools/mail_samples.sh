#!/bin/sh
# Compares `hejnal inspect` with the expectations of other projects' sample mails, where HEJNAL_MAIL_SAMPLES names a folder
# that holds them (expectations.jsonl, compare.py, own/, fetched/). Exit 77: skipped.
if [ -z "$HEJNAL_MAIL_SAMPLES" ]; then
  echo "skipped: HEJNAL_MAIL_SAMPLES is not set, no sample mails are compared"
  exit 77
fi
results=$(mktemp) || exit 1
trap 'rm -f "$results"' EXIT
find "$HEJNAL_MAIL_SAMPLES" -name '*.eml' -exec "$1" inspect {} + > "$results" || exit 1
python3 "$HEJNAL_MAIL_SAMPLES/compare.py" "$HEJNAL_MAIL_SAMPLES/expectations.jsonl" "$results"
