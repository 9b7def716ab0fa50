import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";

/** The texts of one folder by path, and the links among them. */
export interface Tree {
  /** "" or a path that ends in "/". */
  prefix: string;
  texts: ReadonlyMap<string, string>;
  links: ReadonlyMap<string, string>;
}

interface Shadow {
  tools: string;
  /** A file, or a folder with any file in it. */
  by: string;
  hides: string;
  why: string;
  /** Only where one of these stands: the repository uses the tool. */
  signs?: readonly string[];
  unless?: string;
  source: string;
  on: string;
}

const zedOrder = [
  ".rules",
  ".cursorrules",
  ".windsurfrules",
  ".clinerules",
  ".github/copilot-instructions.md",
  "AGENT.md",
];

/** Files that keep a tool from reading another. */
const shadows: readonly Shadow[] = [
  {
    tools: "Codex",
    by: "AGENTS.override.md",
    hides: "AGENTS.md",
    why: "is read in its place",
    source: "@openai/codex 0.169.0",
    on: "2026-11-22",
  },
  {
    tools: "Claude Code",
    by: "CLAUDE.local.md",
    hides: "AGENTS.md",
    why: "switches it off where there is no CLAUDE.md",
    unless: "CLAUDE.md",
    source: "@anthropic-ai/claude-code 2.1.284 and later",
    on: "2026-11-22",
  },
  {
    tools: "Warp",
    by: "WARP.md",
    hides: "AGENTS.md",
    why: "is read in its place",
    source: "warpdotdev/Warp@be5b39a",
    on: "2026-05-19",
  },
  ...[".roorules", ".clinerules"].map((hides) => ({
    tools: "Roo Code",
    by: ".roo/rules/",
    hides,
    why: "holds rules, and then it is not looked at",
    source: "RooCodeInc/Roo-Code@cb83656, custom-instructions.ts",
    on: "2026-04-14",
  })),
  {
    tools: "Roo Code",
    by: ".roorules",
    hides: ".clinerules",
    why: "comes first",
    signs: [".roo/", ".roomodes"],
    source: "RooCodeInc/Roo-Code@cb83656, custom-instructions.ts",
    on: "2026-04-14",
  },
  {
    tools: "GitHub Copilot CLI",
    by: ".mcp.json",
    hides: ".github/mcp.json",
    why: "is read in its place",
    source: "@github/copilot 1.0.102",
    on: "2026-11-22",
  },
  ...zedOrder.map((by) => ({
    tools: "Zed",
    by,
    hides: "AGENTS.md",
    why: "comes first, and only one is read",
    signs: [".zed/"],
    source: "zed-industries/zed, docs/src/ai/instructions.md",
    on: "2026-10-01",
  })),
  {
    tools: "Kilo Code",
    by: ".kilo/rules/",
    hides: ".kilocode/rules/",
    why: "is read in its place",
    source: "@kilocode/cli 7.7.9",
    on: "2026-11-22",
  },
];

const has = ({ texts }: Tree, path: string): boolean =>
  path.endsWith("/") ? [...texts.keys()].some((p) => p.startsWith(path)) : texts.has(path);
const real = ({ links }: Tree, path: string): string => links.get(path) ?? path;
const plain = (text: string): string =>
  text
    .replace(/^\uFEFF/, "")
    .replaceAll("\r\n", "\n")
    .trim();
/** The hidden text reaches the tool all the same. */
const isSaid = (tree: Tree, { by, hides }: Shadow): boolean => {
  const [shown, lost] = [tree.texts.get(by), tree.texts.get(hides)];
  if (shown === undefined || lost === undefined) return false;
  return real(tree, by) === real(tree, hides) || plain(lost) === "" || plain(shown).includes(plain(lost));
};

const shadowed = (tree: Tree): Diagnostic[] =>
  shadows.flatMap((s) => {
    const used = !s.signs || s.signs.some((sign) => has(tree, sign));
    const free = s.unless !== undefined && has(tree, s.unless);
    if (!used || free || !has(tree, s.by) || !has(tree, s.hides) || isSaid(tree, s)) return [];
    const facts = { hidden: tree.prefix + s.hides, by: tree.prefix + s.by, tools: s.tools, why: s.why };
    const file = s.hides.endsWith("/") ? [...tree.texts.keys()].find((p) => p.startsWith(s.hides))! : s.hides;
    return [diagnostic("shadow/file", facts, { place: { file: tree.prefix + file, start: 0, end: 0 } })];
  });

/** A tool's own file, and the pages that it loads beside it. */
const loadedWith: readonly {
  tools: string;
  own: readonly string[];
  beside: readonly string[];
  on: string;
}[] = [
  {
    tools: "GitHub Copilot",
    own: [".github/copilot-instructions.md"],
    beside: ["AGENTS.md", "CLAUDE.md", "GEMINI.md"],
    on: "2026-11-22",
  },
  { tools: "Cursor", own: [".cursorrules"], beside: ["AGENTS.md", "CLAUDE.md"], on: "2026-11-22" },
  {
    tools: "Cline",
    own: [".clinerules", ".clinerules/", ".cline/rules/"],
    beside: ["AGENTS.md"],
    on: "2026-11-22",
  },
  { tools: "Roo Code", own: [".roo/rules/"], beside: ["AGENTS.md"], on: "2026-04-14" },
  { tools: "Claude Code", own: [".claude/CLAUDE.md"], beside: ["CLAUDE.md"], on: "2026-11-22" },
  { tools: "Kilo Code", own: [".kilo/rules/", ".kilocoderules"], beside: ["AGENTS.md"], on: "2026-11-22" },
];

/** Shorter texts say the same by chance. */
const SHORTEST = 80;

const twice = (tree: Tree, isOurs: (path: string) => boolean): Diagnostic[] =>
  loadedWith.flatMap(({ tools, own, beside }) => {
    const files = own.flatMap((o) =>
      o.endsWith("/") ? [...tree.texts.keys()].filter((p) => p.startsWith(o)) : tree.texts.has(o) ? [o] : [],
    );
    return files.flatMap((file) =>
      beside.flatMap((page) => {
        if (isOurs(file) || !isRepeated(tree, file, page)) return [];
        const facts = {
          target: tools,
          item: `text of ${tree.prefix}${page}`,
          places: `${tree.prefix}${file} repeats it`,
        };
        const found = diagnostic("shadow/twice", facts, {
          place: { file: tree.prefix + file, start: 0, end: 0 },
        });
        return [{ ...found, note: `take it out of ${tree.prefix}${file}: ${tools} reads both` }];
      }),
    );
  });
const isRepeated = (tree: Tree, file: string, page: string): boolean => {
  const [one, other] = [tree.texts.get(file), tree.texts.get(page)];
  if (one === undefined || other === undefined || real(tree, file) === real(tree, page)) return false;
  const [a, b] = [plain(one), plain(other)];
  return Math.min(a.length, b.length) >= SHORTEST && (a.includes(b) || b.includes(a));
};

/** Files that keep a tool from reading another, and texts that a tool loads twice. */
export const shadowFindings = (tree: Tree, isOurs: (path: string) => boolean): Diagnostic[] => [
  ...shadowed(tree),
  ...twice(tree, isOurs),
];
