import type { Spec } from "../claude-project.ts";
import { atStart, done, lines, read } from "./row.ts";
import type { Scenario } from "./scenarios.ts";

/** Two rules for all in one page. */
const regions: Spec = {
  targets: ["claude"],
  parts: {
    first: { files: { ".portable/rules/a.md": lines("CANARY_FIRST") } },
    second: {
      files: { ".portable/rules/b.md": lines("CANARY_SECOND", "", "```sh", "# <!-- kept -->", "```") },
    },
    third: { files: { ".portable/rules/c.md": lines("CANARY_THIRD") } },
  },
};

/** A rule that another tool's page cannot import: each page has a text of its own. */
const imports: Spec = {
  targets: ["claude", "agents"],
  parts: {
    "with an import": { files: { ".portable/rules/a.md": lines("CANARY_APART, more in @docs/more.md") } },
  },
};

/** Rules that another tool's page holds too: the text is written once and imported. */
const shared: Spec = {
  targets: ["claude", "agents"],
  parts: {
    alone: { files: { ".portable/rules/a.md": lines("CANARY_ALONE") } },
    "of a folder": { files: { "packages/api/.portable/rules/f.md": lines("CANARY_SHARED_FOLDER") } },
  },
};

/** The same, and a rule for Claude Code only. */
const sharedAndOwn: Spec = {
  targets: ["claude", "agents"],
  parts: {
    everyone: { files: { ".portable/rules/a.md": lines("CANARY_EVERYONE") } },
    "also everyone": { files: { ".portable/rules/b.md": lines("CANARY_ALSO") } },
    own: { files: { ".portable/rules/c.md": lines("---", "targets: [claude]", "---", "CANARY_OWN") } },
  },
};

/** A page that a person wrote and that stays where it stands, with a rule added to it. */
const inPlace: Spec = {
  targets: ["claude"],
  parts: {
    page: { files: { "CLAUDE.md": lines("# Mine", "", "CANARY_MINE") }, yaml: { rules: ["CLAUDE.md"] } },
    added: { files: { ".portable/rules/a.md": lines("CANARY_ADDED") } },
  },
};

export const pages: Scenario[] = [
  {
    title: "a page of regions",
    spec: regions,
    rows: [
      atStart("first", { CANARY_FIRST: "memory CLAUDE.md", "portable:": "" }),
      atStart("second", { CANARY_SECOND: "memory CLAUDE.md" }),
      atStart("third", { CANARY_THIRD: "memory CLAUDE.md" }),
    ],
  },
  {
    title: "a page beside AGENTS.md",
    spec: imports,
    rows: [
      atStart("with an import", { CANARY_APART: "memory CLAUDE.md", CANARY_IMPORTED: "memory docs/more.md" }),
    ],
  },
  {
    title: "a page that imports AGENTS.md",
    spec: shared,
    rows: [
      atStart("alone", { CANARY_ALONE: "memory AGENTS.md" }),
      {
        item: "of a folder",
        prompt: "hi",
        replies: [read("notes.txt"), read("packages/api/main.go"), done],
        expect: { places: { CANARY_SHARED_FOLDER: [[], [], ["memory packages/api/AGENTS.md"]] } },
      },
    ],
  },
  {
    title: "a page that imports AGENTS.md and holds a rule",
    spec: sharedAndOwn,
    rows: [
      atStart("everyone", { CANARY_EVERYONE: "memory AGENTS.md", "portable:": "" }),
      atStart("also everyone", { CANARY_ALSO: "memory AGENTS.md" }),
      atStart("own", { CANARY_OWN: "memory CLAUDE.md" }),
    ],
  },
  {
    title: "a page of a person with a rule added",
    spec: inPlace,
    rows: [
      atStart("page", { CANARY_MINE: "memory CLAUDE.md", "portable:": "" }),
      atStart("added", { CANARY_ADDED: "memory CLAUDE.md" }),
    ],
  },
];
