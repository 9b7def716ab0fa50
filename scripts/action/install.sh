#!/usr/bin/env bash
# Builds portable in the action's own checkout, from its own lockfile; a checkout that has a build is used as it is.
set -euo pipefail
cd "$GITHUB_ACTION_PATH"

node -e '
const [major, minor] = process.versions.node.split(".").map(Number);
if (major > 20 || (major === 20 && minor >= 19)) process.exit(0);
console.log(`::error::portable needs Node 20.19 or later, found ${process.versions.node}: add a step with actions/setup-node before it`);
process.exit(1);
'
[ -f dist/cli.js ] && exit 0
npm ci --ignore-scripts --no-audit --no-fund
npm run build
