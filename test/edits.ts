import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ledgerPath } from "../src/core/ledger.ts";
import { type Kind, kinds } from "../src/core/spec.ts";
import { surfacesOf, type Target } from "../src/core/target.ts";
import { type Planted, treeOf } from "./disk/trees.ts";

/** A word that stands in the item of a kind and nowhere else; settings are of one tool each. */
export const wordOf = (kind: Kind, target = ""): string => `xq${kind}${kind === "setting" ? target : ""}xq`;

/** A spec with an item of every kind whose text names its kind, for these targets. */
export const namedSpec = (targets: readonly string[], provider = "anthropic"): Record<string, Planted> => ({
  "portable.yaml": `portable: 1
targets: [${targets.join(", ")}]
mcpServers:
  ours:
    command: ${wordOf("server")}
    args: ["-y", plain]
    env:
      TOKEN: "\${OUR_TOKEN}"
  beside:
    type: http
    url: https://beside.example.com/mcp
retrieval:
  handbook:
    description: the handbook
    mcp:
      command: ${wordOf("retrieval")}
  notes:
    description: the notes
    vector_store:
      id: vs-${wordOf("retrieval")}
      provider: openai
providers:
  local:
    type: llama.cpp
    origin: http://127.0.0.1:8080
models:
  main:
    chain: [${provider}/claude-${wordOf("model")}]
hooks:
  format:
    on: afterTool
    tools: [edit, write]
    run: ./${wordOf("hook")}.sh
permissions:
  allow:
    - shell: [npm, test]
  deny:
    - read: "${wordOf("permission")}/**"
ignore: ["beside/**", "${wordOf("ignore")}/**"]
settings:
  claude:
    env:
      LOG_LEVEL: ${wordOf("setting", "claude")}
  aider:
    lint-cmd: ${wordOf("setting", "aider")}
  litellm:
    litellm_settings:
      set_by: ${wordOf("setting", "litellm")}
`,
  ".portable/rules/style.md": `# Style\n\nAlways ${wordOf("rule")}.\n`,
  ".portable/rules/tests.md": "# Tests\n\nTest first.\n",
  ".portable/commands/mend.md": `---\ndescription: Mend things\n---\nMend ${wordOf("command")} well.\n`,
  ".portable/agents/auditor.md": `---\ndescription: Reviews\n---\nReview ${wordOf("agent")} well.\n`,
  ".portable/skills/sheets/SKILL.md": `---\nname: sheets\ndescription: Reads sheets\n---\nRead ${wordOf("skill")}.\n`,
  ".portable/skills/sheets/run.sh": { exec: "#!/bin/sh\n" },
});

/** Kinds that a target declares a place for. */
export const keptBy = (t: Target): Kind[] => {
  const has = new Set(surfacesOf(t).map((s) => s.kind));
  return kinds.filter((k) => has.has(k));
};

/** The files in which a target reads a kind's word, of a repository that was built. */
export const filesWith = (root: string, t: Target, kind: Kind, word: string): string[] => {
  const reads = surfacesOf(t).flatMap(({ kind: k, place }) =>
    k === kind ? [...place.reads, ...(place.through?.reads ?? [])] : [],
  );
  return holding(root, word, "outputs").filter((path) =>
    reads.some((r) => ("file" in r ? r.file === path : path.startsWith(`${r.folder}/`))),
  );
};

export const replaceIn = (root: string, path: string, from: string, to: string): void =>
  writeFileSync(
    join(root, path),
    readFileSync(join(root, path), "utf8").replaceAll(from, () => to),
  );

/** Files of the spec, or outputs, that hold a word. */
export const holding = (root: string, word: string, of: "spec" | "outputs"): string[] =>
  Object.entries(treeOf(root)).flatMap(([path, text]) => {
    const isSpec = /^\.portable\/|^portable\.yaml$/.test(path);
    return text.includes(word) && path !== ledgerPath && isSpec === (of === "spec") ? [path] : [];
  });
