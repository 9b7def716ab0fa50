import type { Planted } from "../disk/trees.ts";

/** A word that stands in something of every item, so that each output can be edited and told apart. */
export const MARK = "markword";

/** A spec with an item of every kind, for these targets. */
export const wholeSpec = (targets: readonly string[]): Record<string, Planted> => ({
  "portable.yaml": `portable: 1
targets: [${targets.join(", ")}]
mcpServers:
  ours:
    command: ${MARK}-mcp
    args: ["-y", "${MARK}@1.4.2"]
    env:
      TOKEN: "\${OUR_TOKEN}"
  ours-too:
    type: http
    url: https://${MARK}.example.com/mcp
retrieval:
  handbook:
    description: ${MARK} search
    mcp:
      command: ${MARK}-search
providers:
  local:
    type: llama.cpp
    origin: http://127.0.0.1:8080
models:
  main:
    chain: [local/${MARK}]
hooks:
  format:
    on: afterTool
    tools: [edit, write]
    run: ./${MARK}.sh
permissions:
  allow:
    - shell: [${MARK}, test]
  deny:
    - shell: [curl]
ignore: ["${MARK}/**"]
settings:
  claude:
    env:
      LOG_LEVEL: ${MARK}
`,
  ".portable/rules/style.md": `Always ${MARK}.\n`,
  ".portable/rules/web.md": `---\ndescription: Web ${MARK}\nglobs: ["web/**"]\n---\nIn web ${MARK}.\n`,
  ".portable/commands/mend.md": `---\ndescription: Mend ${MARK}\n---\nMend ${MARK}: {{arguments}}\n`,
  ".portable/agents/auditor.md": `---\ndescription: Reviews ${MARK}\n---\nReview ${MARK}.\n`,
  ".portable/skills/sheets/SKILL.md": `---\nname: sheets\ndescription: Reads ${MARK}\n---\nRead ${MARK}.\n`,
  ".portable/skills/sheets/run.sh": { exec: `#!/bin/sh\n# ${MARK}\n` },
});

/** The same spec with nothing in it. */
export const emptySpecFile = (targets: readonly string[]): string =>
  `portable: 1\ntargets: [${targets.join(", ")}]\n`;
