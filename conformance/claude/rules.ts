import type { Spec } from "../claude-project.ts";
import { atStart, done, lines, type Row, read } from "./row.ts";

/** Rules for all, with globs, with imports, and those of a folder. */
export const spec: Spec = {
  targets: ["claude"],
  parts: {
    "rule for all": {
      files: {
        ".portable/rules/style.md": lines(
          "CANARY_RULE, more in @docs/more.md",
          "",
          "<!-- portable:only claude -->",
          "CANARY_ONLY_HERE",
          "<!-- portable:end -->",
          "<!-- portable:only agents -->",
          "CANARY_ONLY_THERE",
          "<!-- portable:end -->",
        ),
      },
    },
    "rule with globs": {
      files: {
        ".portable/rules/typescript.md": lines(
          "---",
          'globs: ["src/**/*.{ts,tsx}", "!src/gen/**"]',
          "---",
          "CANARY_CONDITIONAL",
        ),
      },
    },
    "rule for one folder's files": {
      files: { ".portable/rules/flat.md": lines("---", 'globs: ["src/*", "docs/**"]', "---", "CANARY_FLAT") },
    },
    "rule with an exclusion from a folder": {
      files: {
        ".portable/rules/excluded.md": lines(
          "---",
          'globs: ["src/**", "!src/gen/**"]',
          "---",
          "CANARY_EXCLUDED",
        ),
      },
    },
    "rule with a bare glob": {
      files: { ".portable/rules/lang/go.md": lines("---", 'globs: ["*.go"]', "---", "CANARY_ANY_DEPTH") },
    },
    "rule with globs and an import": {
      files: {
        ".portable/rules/with-import.md": lines(
          "---",
          'globs: ["src/deep/**"]',
          "---",
          "CANARY_SCOPED, more in @docs/scoped.md",
        ),
      },
      yaml: {
        accept: [{ code: "loss/weak@claude:with-import", reason: "what it imports may be read always" }],
      },
    },
    "rule of a folder": {
      files: { "packages/api/.portable/rules/api.md": lines("CANARY_FOLDER, more in @guide.md") },
    },
    "rule of a folder with globs": {
      files: {
        "packages/api/.portable/rules/inner.md": lines(
          "---",
          'globs: ["src/**"]',
          "---",
          "CANARY_FOLDER_SCOPED",
        ),
      },
    },
    "skill of a folder": {
      files: {
        "packages/api/.portable/skills/api-help/SKILL.md": lines(
          "---",
          "name: api-help",
          'description: "CANARY_FOLDER_SKILL"',
          "---",
          "",
          "CANARY_FOLDER_SKILL_BODY",
        ),
      },
    },
  },
};

export const rows: Row[] = [
  atStart("rule for all", {
    CANARY_RULE: "memory CLAUDE.md",
    CANARY_IMPORTED: "memory docs/more.md",
    CANARY_ONLY_HERE: "memory CLAUDE.md",
    CANARY_ONLY_THERE: "",
    "portable:": "",
  }),
  {
    item: "rule with globs",
    prompt: "hi",
    replies: [read("notes.txt"), read("src/gen/b.ts"), read("src/deep/a.ts"), done],
    expect: { places: { CANARY_CONDITIONAL: [[], [], [], ["memory .claude/rules/typescript.md"]] } },
  },
  {
    item: "rule for one folder's files",
    prompt: "hi",
    replies: [read("notes.txt"), read("src/deep/a.ts"), read("src/top.ts"), done],
    expect: { places: { CANARY_FLAT: [[], [], [], ["memory .claude/rules/flat.md"]] } },
  },
  {
    item: "rule with an exclusion from a folder",
    prompt: "hi",
    replies: [read("notes.txt"), read("src/gen/b.ts"), read("src/deep/a.ts"), done],
    expect: { places: { CANARY_EXCLUDED: [[], [], [], ["memory .claude/rules/excluded.md"]] } },
  },
  {
    item: "rule with a bare glob",
    prompt: "hi",
    replies: [read("notes.txt"), read("packages/api/main.go"), done],
    expect: { places: { CANARY_ANY_DEPTH: [[], [], ["memory .claude/rules/lang/go.md"]] } },
  },
  {
    item: "rule with globs and an import",
    prompt: "hi",
    replies: [read("notes.txt"), read("src/deep/a.ts"), done],
    expect: {
      places: {
        // what a scoped rule imports is loaded at once
        CANARY_SCOPED: [
          ["memory docs/scoped.md"],
          ["memory docs/scoped.md"],
          ["memory docs/scoped.md", "memory .claude/rules/with-import.md"],
        ],
        CANARY_SCOPED_IMPORT: [["memory docs/scoped.md"]],
      },
    },
  },
  {
    item: "rule of a folder",
    prompt: "hi",
    replies: [read("notes.txt"), read("packages/api/main.go"), done],
    expect: {
      places: {
        "CANARY_FOLDER,": [[], [], ["memory packages/api/CLAUDE.md"]],
        CANARY_FOLDER_IMPORT: [[], [], ["memory packages/api/guide.md"]],
      },
    },
  },
  {
    item: "rule of a folder with globs",
    prompt: "hi",
    replies: [read("src/deep/a.ts"), read("packages/api/main.go"), read("packages/api/src/main.go"), done],
    expect: {
      places: { CANARY_FOLDER_SCOPED: [[], [], [], ["memory packages/api/.claude/rules/inner.md"]] },
    },
  },
  {
    item: "skill of a folder",
    prompt: "hi",
    replies: [read("notes.txt"), read("packages/api/main.go"), done],
    expect: { places: { CANARY_FOLDER_SKILL: [[], [], ["skill list api-help"]] } },
  },
];
