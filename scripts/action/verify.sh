#!/usr/bin/env bash
# Verifies, and tells it three ways: at the lines of the pull request, in the summary of the job, as SARIF where that is asked for.
# Ends with the exit status of `portable verify`.
set -uo pipefail

case "$PORTABLE_STRICT" in
  true) strict=(--strict) ;;
  false) strict=() ;;
  *)
    echo '::error::portable: the input "strict" is true or false'
    exit 2
    ;;
esac

folder="${RUNNER_TEMP:?}"
report="$folder/portable.md"
verify=(node "$GITHUB_ACTION_PATH/dist/cli.js" verify --cwd "${PORTABLE_DIRECTORY:-.}" ${strict[@]+"${strict[@]}"})

"${verify[@]}" --format github 2> "$folder/portable.err"
status=$?
# what is not a finding is shown as text: the runner must not take a line of it for a command
sed -e 's/##\[/# #[/g' -e 's/^/| /' "$folder/portable.err" >&2

"${verify[@]}" --format markdown > "$report" 2> /dev/null
[ -s "$report" ] || printf '### portable verify: could not run, exit status %s\n\nThe log of the job says why.\n' "$status" > "$report"
cat "$report" >> "$GITHUB_STEP_SUMMARY"

if [ -n "$PORTABLE_SARIF" ]; then
  "${verify[@]}" --format sarif > "$PORTABLE_SARIF" 2> /dev/null
  [ -s "$PORTABLE_SARIF" ] || { echo '::error::portable: no SARIF could be written'; [ "$status" -ne 0 ] || status=3; }
fi

printf 'exit-code=%s\nreport=%s\n' "$status" "$report" >> "$GITHUB_OUTPUT"
exit "$status"
