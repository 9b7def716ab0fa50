import type { Planted } from "../disk/trees.ts";

/** Cursor's rules and servers as people write them; `list.mdc` is one that Cursor misreads. */
export const cursorFiles: Record<string, Planted> = {
  ".cursor/rules/always.mdc":
    "---\ndescription: House style: short\nglobs:\nalwaysApply: true\n---\n\n# Style\n\n- small functions  \n- @docs/style.md\n",
  ".cursor/rules/web.mdc":
    "---\ndescription: \nglobs: **/*.ts,**/*.tsx\nalwaysApply: false\n---\r\nComponents: one a file.\r\n",
  ".cursor/rules/list.mdc":
    '---\nglobs:\n  - "src/**/*.py"\n  - tests/**\nalwaysApply: false\n---\nType hints.\n',
  ".cursor/rules/asked.mdc":
    "---\ndescription: When the schema changes\nalwaysApply: false\n---\nWrite a migration.",
  ".cursor/rules/sub/deep.mdc": "\uFEFF---\nalwaysApply: true\n# mine\nowner: web\n---\n\nDeep 🌊.\n\n\n",
  ".cursor/mcp.json":
    '{\n    "mcpServers": {\n        "search": {"command": "search-mcp", "env": {"TOKEN": "${env:SEARCH_TOKEN}"}},\n        "docs": { "url": "https://docs.example.com/mcp" }\n    }\n}\n',
};
