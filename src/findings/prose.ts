import type { Place } from "../core/diagnostic.ts";
import type { Pattern } from "../core/surface.ts";
import { comments } from "./comments.ts";
import type { Flaw } from "./flaws.ts";
import { hidden } from "./hidden.ts";

/** Pages that a tool puts in front of its model, whole. */
const pages = [
  "AGENTS.md",
  "AGENTS.override.md",
  "AGENTS.local.md",
  "AGENT.md",
  "CLAUDE.md",
  "CLAUDE.local.md",
  "CODEX.md",
  "CONVENTIONS.md",
  "GEMINI.md",
  "QWEN.md",
  "WARP.md",
  ".agents/AGENTS.md",
  ".claude/AGENTS.md",
  ".claude/CLAUDE.md",
  ".clinerules",
  ".continuerules",
  ".cursor/AGENTS.md",
  ".cursorrules",
  ".github/copilot-instructions.md",
  ".goosehints",
  ".junie/AGENTS.md",
  ".junie/guidelines.md",
  ".kilocoderules",
  ".roorules",
  ".rules",
  ".windsurfrules",
];
/** Folders whose files a tool puts in front of its model, or lists to it. */
const folders = [
  ".agents/skills",
  ".aider.prompts",
  ".claude/agents",
  ".claude/commands",
  ".claude/output-styles",
  ".claude/rules",
  ".claude/skills",
  ".cline",
  ".clinerules",
  ".codex/agents",
  ".codex/skills",
  ".continue/prompts",
  ".continue/rules",
  ".cursor/agents",
  ".cursor/commands",
  ".cursor/rules",
  ".cursor/skills",
  ".devin",
  ".factory",
  ".gemini/agents",
  ".gemini/commands",
  ".gemini/skills",
  ".github/agents",
  ".github/chatmodes",
  ".github/instructions",
  ".github/prompts",
  ".github/skills",
  ".junie",
  ".kilo",
  ".kilocode",
  ".kiro",
  ".opencode/agent",
  ".opencode/agents",
  ".opencode/command",
  ".opencode/commands",
  ".opencode/skill",
  ".opencode/skills",
  ".roo",
  ".trae/rules",
  ".windsurf",
];

/** Files of one person: where Git ignores them, they are not looked at. */
export const personalPages: ReadonlySet<string> = new Set(["CLAUDE.local.md", "AGENTS.local.md"]);

/** Everything that any known tool shows to a model, `@anthropic-ai/claude-code` 2.1.330 and its peers as of 2026-11-22. */
export const prosePlaces: readonly Pattern[] = [
  ...pages.map((file) => ({ file })),
  ...folders.map((folder) => ({ folder, deep: true })),
];

const PROSE = /(?:\.(?:md|mdc|markdown|txt|toml|ya?ml|json|jsonc|prompt)|\/\.?[^/.]+|^\.?[^/.]+)$/i;
/** Whether a file may hold text for a model; scripts beside a skill do not count. */
export const isProse = (path: string): boolean => PROSE.test(path);

/** Without any of these nothing is hidden in markup; our own marks are not meant. Cheaper than to look at every text closely. */
const HIDES =
  /<!--(?!\s?portable:[a-z]+(?: [\w./#-]+){0,2}\s?-->)|\[(?:\/\/|comment)\]:|<[a-z][^<>]*\s(?:style|hidden)/i;

/** What people do not see in a text, and where. */
export const proseFlaws = (text: string, file: string): { flaw: Flaw; place: Place }[] => {
  const at = ({ start, end }: { start: number; end: number }): Place => ({ file, start, end });
  return [
    ...hidden(text).map((hit) => ({
      flaw: { code: "security/hidden" as const, hit, needle: text.slice(hit.start, hit.end) },
      place: at(hit),
    })),
    ...(HIDES.test(text) ? comments(text) : []).map((hit) => ({
      flaw: { code: "security/comment" as const, hit, needle: text.slice(hit.start, hit.end) },
      place: at(hit),
    })),
  ];
};
