import type { Planted } from "../disk/trees.ts";

const page = `# Working here 🛠️

@docs/style.md and @acme/pkg, which is no file.

1. First
   - nested, with two spaces at the end  
     and a hard break above
   - another\\
     by a backslash
2. Second

| Area | Owner |
|:-----|------:|
| api  | \`@core\` |

<!-- a comment
     over two lines -->

---

\`\`\`\`md
\`\`\`sh
echo "$ARGUMENTS \${HOME}"
\`\`\`
\`\`\`\`

Setext heading
==============

\tindented code, 日本語, e\u0301

Last line without a newline`;

const rule = `---
# which files it is about
paths:
  - "src/api/**/*.ts"   # handlers
  - 'src/rpc/**'
---

Validate input.

* star list

`;

const settings = `{
	"permissions": {
		"deny": ["Bash(curl:*)", "Read(./.env)"], "allow": [ "Bash(npm run test:*)" ],
		"ask": ["Bash(git push:*)"],
		"defaultMode": "acceptEdits"
	},
	"statusLine": { "type": "command", "command": "~/.claude/line.sh", "padding": 0 },
	"hooks": {
		"PostToolUse": [ { "matcher": "Edit|Write", "hooks": [ {"type":"command","command":"./scripts/check.sh"} ] } ]
	},
	"env": {"LOG_LEVEL":"debug"},
	"someday": {"a": [1, 2.50, 1e3]}
}`;

const servers = `{
  "mcpServers": {
    "tickets": { "type": "http", "url": "https://mcp.example.com",
      "headers": {"Authorization": "Bearer \${TICKETS_TOKEN}"} },
    "db":   {"command":"npx","args":["-y","@acme/db-mcp@1.4.2"],"env":{"DATABASE_URL":"\${DATABASE_URL}"}},
    "web": {
        "type": "sse", "url": "https://web.example.com/sse"
    },
    "files": { "command": "files-mcp", "x-own": {"b": 1, "a": 2} }
  }
}
`;

/** Twelve files of Claude Code as people write them, none of them as we would. */
export const claudeFiles: Record<string, Planted> = {
  "CLAUDE.md": page,
  "docs/style.md": "Small functions.  \n\nNo globals.\n",
  ".claude/rules/api.md": rule.replaceAll("\n", "\r\n"),
  ".claude/rules/deep/tests.md": "\n\nTest what can fail.\n\n\n",
  ".claude/commands/fix.md":
    "---\nallowed-tools: Bash(npm test:*), Read\ndescription:   'Fix one issue'\nargument-hint: [issue]\n---\nFix $ARGUMENTS.\n\nAwk: `{ print $1 }`.\n",
  ".claude/commands/git/ship.md": "Ship it: !`git status`\n",
  ".claude/agents/reviewer.md":
    '---\n# reads only\ntools: Read, Grep\nname: reviewer\nmodel: opus\ndescription: "Reviews: every change"\ncolor: red\n---\n\n\nYou review.\n\n---\n\nThat is all.',
  ".claude/skills/pdf/SKILL.md": "---\nname: pdf\ndescription: Reads PDFs\n---\n\nRun scripts/run.sh.\n",
  ".claude/skills/pdf/logo.png": new Uint8Array([
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0xff, 0xfe,
  ]),
  ".claude/skills/pdf/scripts/run.sh": { exec: '#!/bin/sh\nexec pdf "$@"' },
  ".claude/settings.json": settings,
  ".mcp.json": servers,
};
