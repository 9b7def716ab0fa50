import { drop } from "../core/shape.ts";
import { page } from "../core/surfaces/page.ts";
import { target } from "../core/target.ts";

/** One object, named by every target that reads AGENTS.md: one writer. */
export const agentsMd = page("AGENTS.md");

const only = drop("AGENTS.md holds instructions only");

/**
 * The standard: plain Markdown, no frontmatter, no import syntax, nearest file wins.
 * https://agents.md, agentsmd/agents.md@d1ac7f0 (2026-03-12), read 2026-11-22.
 */
export const agents = target({
  id: "agents",
  title: "AGENTS.md",
  docs: "https://agents.md",
  checked: { version: "d1ac7f0", on: "2026-11-22" },
  expandsImports: false,
  signs: ["AGENTS.md"],
  keeps: {
    rule: agentsMd,
    command: only,
    agent: only,
    skill: only,
    hook: only,
    permission: only,
    ignore: only,
    setting: only,
    server: only,
    retrieval: only,
    provider: only,
    model: only,
  },
});
