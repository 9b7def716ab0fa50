import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import type { Planted } from "../disk/trees.ts";
import { inRepository, portable, treeHash } from "./run.ts";

/** Made here, so that no file holds what looks like a key. */
const secret = ["sk", "ant", "api03", "Qz8vLm".repeat(8)].join("-");
const password = createHash("sha256").update("a password").digest("base64url").slice(0, 32);

const start = "portable: 1\ntargets: [claude, agents]\n";
const rule = { ".portable/rules/style.md": "Small functions.\n" };
const withSpec = (more: string): Record<string, Planted> => ({ "portable.yaml": start + more, ...rule });

interface Bad {
  files: Record<string, Planted>;
  /** Parts of what is said. */
  says: (string | RegExp)[];
  /** 3 where the disk is at fault. */
  status?: number;
}

const bad: Record<string, Bad> = {
  "broken YAML": {
    files: withSpec("models: {main: [\n"),
    says: ["portable.yaml:", "[spec/syntax]"],
  },
  "an unquoted reference": {
    files: withSpec("mcpServers:\n  db:\n    command: {{x}}\n"),
    says: ["portable.yaml:5:", "[spec/syntax]"],
  },
  "a tab for indentation": {
    files: withSpec("models:\n\tmain:\n"),
    says: ["portable.yaml:4:1", "[spec/syntax]"],
  },
  "a key twice": {
    files: withSpec("outputs: commit\noutputs: ignore\n"),
    says: ["portable.yaml:4:1", "outputs"],
  },
  "a spec that is a list": { files: { "portable.yaml": "- portable\n" }, says: ["portable.yaml", /a map/] },
  "an empty spec": { files: { "portable.yaml": "" }, says: ["portable.yaml", "portable: 1"] },
  "another version": { files: { "portable.yaml": "portable: 2\n" }, says: ["portable.yaml:1:", "version 2"] },
  "a version that is no number": {
    files: { "portable.yaml": "portable: one\n" },
    says: ["portable.yaml:1:", "portable"],
  },
  "an alias bomb": {
    files: withSpec(
      `a: &a [x, x, x, x, x, x, x, x, x]\n${[..."bcdefghi"].map((c, i) => `${c}: &${c} [${`*${"abcdefgh"[i]}, `.repeat(8)}*${"abcdefgh"[i]}]`).join("\n")}\n`,
    ),
    says: ["portable.yaml", /alias|values/],
  },
  "nesting 1,000 deep": {
    files: withSpec(`settings:\n  claude: ${"[".repeat(1000)}${"]".repeat(1000)}\n`),
    says: ["portable.yaml:4:", "nests deeper"],
  },
  "block nesting 1,000 deep": {
    files: withSpec(
      `settings:\n${Array.from({ length: 1000 }, (_, i) => `${" ".repeat(i + 1)}k:\n`).join("")}`,
    ),
    says: ["portable.yaml:", "nests deeper"],
  },
  "nesting 1,000 deep in a head": {
    files: {
      "portable.yaml": start,
      ".portable/rules/a.md": `---\noverrides: ${"{a: ".repeat(1000)}1${"}".repeat(1000)}\n---\nx\n`,
    },
    says: [".portable/rules/a.md:2:1", "overrides: expected a map"],
  },
  "an unclosed head": {
    files: {
      "portable.yaml": start,
      ".portable/rules/style.md": "---\ndescription: x\n\nSmall functions.\n",
    },
    says: [".portable/rules/style.md:1:1", "[spec/syntax]"],
  },
  "a head with a key twice": {
    files: {
      "portable.yaml": start,
      ".portable/rules/style.md": "---\ndescription: x\ndescription: y\n---\nSmall.\n",
    },
    says: [".portable/rules/style.md:3:1", "description"],
  },
  "a head with globs and apply": {
    files: {
      "portable.yaml": start,
      ".portable/rules/style.md": "---\nglobs: [a]\napply: always\n---\nSmall.\n",
    },
    says: [".portable/rules/style.md", "exclude each other"],
  },
  "a server named __proto__": {
    files: withSpec("mcpServers:\n  __proto__:\n    command: x\n"),
    says: ["portable.yaml:4:", "__proto__"],
  },
  "a key named __proto__": {
    files: withSpec("__proto__:\n  polluted: yes\n"),
    says: ["portable.yaml:3:1", "__proto__"],
  },
  "a rule named __proto__": {
    files: { "portable.yaml": start, ".portable/rules/__proto__.md": "x\n" },
    says: [".portable/rules/__proto__.md", "[spec/name]"],
  },
  "a rule named constructor": {
    files: { "portable.yaml": start, ".portable/rules/constructor.md": "x\n" },
    says: [".portable/rules/constructor.md", "[spec/name]"],
  },
  "an override for __proto__": {
    files: {
      "portable.yaml": start,
      ".portable/rules/a.md": "---\noverrides:\n  __proto__:\n    x: 1\n---\nx\n",
    },
    says: [".portable/rules/a.md:2:1", "overrides: expected a map"],
  },
  "servers that differ by case": {
    files: withSpec("mcpServers:\n  db:\n    command: x\n  DB:\n    command: x\n"),
    says: ["portable.yaml:6:3", "differ only by case"],
  },
  "servers that differ by Unicode form": {
    files: withSpec("mcpServers:\n  caf\u00e9:\n    command: x\n  cafe\u0301:\n    command: x\n"),
    says: ["portable.yaml:6:3", "[spec/case]"],
  },
  "a path out of the repository": {
    files: { "portable.yaml": start, ".portable/rules/a.md": "---\npaths:\n  claude: ../x.md\n---\nx\n" },
    says: [".portable/rules/a.md:", "../x.md", "[spec/path]"],
  },
  "an absolute path": {
    files: { "portable.yaml": start, ".portable/rules/a.md": "---\npaths:\n  claude: /etc/x.md\n---\nx\n" },
    says: [".portable/rules/a.md:", "is absolute", "[spec/path]"],
  },
  "a path into Git's folder": {
    files: {
      "portable.yaml": start,
      ".portable/rules/a.md": "---\npaths:\n  claude: .git/hooks/x.md\n---\nx\n",
    },
    says: ["Git's own folder"],
  },
  "a rule in place out of the repository": {
    files: withSpec("rules: [../outside.md]\n"),
    says: ["portable.yaml:3:", "../outside.md", "[spec/path]"],
  },
  "a rule in place that is not there": {
    files: withSpec("rules: [docs/none.md]\n"),
    says: ["portable.yaml:3:", "docs/none.md"],
  },
  "a rule named after a device": {
    files: { "portable.yaml": start, ".portable/rules/CON.md": "x\n" },
    says: [".portable/rules/CON.md", "device"],
  },
  "a command named after a device": {
    files: { "portable.yaml": start, ".portable/commands/aux.md": "x\n" },
    says: [".portable/commands/aux.md", "device"],
  },
  "a skill named after a device": {
    files: { "portable.yaml": start, ".portable/skills/nul/SKILL.md": "---\nname: nul\n---\nx\n" },
    says: [".portable/skills/nul/SKILL.md", "device"],
  },
  "a link of the spec out of the repository": {
    files: {
      "portable.yaml": start,
      ".portable/rules/": "",
      ".portable/rules/a.md": { link: "../../../secret.md" },
    },
    says: [".portable/rules/a.md", "out of the repository"],
    status: 3,
  },
  "a spec that is a link out of the repository": {
    files: { "portable.yaml": { link: "../other.yaml" }, ...rule },
    says: ["portable.yaml"],
    status: 3,
  },
  "an output that is a link out of the repository": {
    files: { "portable.yaml": start, ...rule, "CLAUDE.md": { link: "../victim.md" } },
    says: ["CLAUDE.md", "out of the repository"],
    status: 3,
  },
  "a secret in a header": {
    files: withSpec(
      `mcpServers:\n  tickets:\n    type: http\n    url: https://x.example\n    headers:\n      Authorization: "Bearer ${secret}"\n`,
    ),
    says: ["portable.yaml:8:7", "[spec/secret]", "${TICKETS_AUTHORIZATION}"],
  },
  "a secret in arguments": {
    files: withSpec(`mcpServers:\n  t:\n    command: x\n    args: [--api-key, ${password}]\n`),
    says: ["portable.yaml:6:", "[spec/secret]"],
  },
  "a secret in a URL": {
    files: withSpec(
      `mcpServers:\n  t:\n    command: x\n    env:\n      DB: "postgres://me:${password}@db.example/x"\n`,
    ),
    says: ["portable.yaml:", "[spec/secret]", "password in a URL"],
  },
  "a secret in prose": {
    files: { "portable.yaml": start, ".portable/rules/a.md": `Use ${secret}.\n` },
    says: [".portable/rules/a.md", "[spec/secret]"],
  },
  "a secret in settings": {
    files: withSpec(`settings:\n  claude:\n    env:\n      ANTHROPIC_API_KEY: ${secret}\n`),
    says: ["portable.yaml:", "[spec/secret]"],
  },
  "a secret in an override": {
    files: {
      "portable.yaml": start,
      ".portable/commands/a.md": `---\noverrides:\n  claude:\n    token: ${secret}\n---\nx\n`,
    },
    says: [".portable/commands/a.md", "[spec/secret]"],
  },
  "a secret in a hook": {
    files: withSpec(`hooks:\n  a:\n    on: stop\n    run: "curl -H 'x-api-key: ${secret}' x.example"\n`),
    says: ["portable.yaml:", "[spec/secret]"],
  },
  "a secret under a misspelt key": {
    files: withSpec(`providers:\n  anthropic:\n    apikey: ${secret}\n`),
    says: ["portable.yaml:5:5", 'did you mean "apiKey"'],
  },
  "a secret where a map is expected": {
    files: withSpec(`mcpServers:\n  db: ${secret}\n`),
    says: ["portable.yaml:4:"],
  },
  "a secret in a line that does not parse": {
    files: withSpec(`providers: {a: {apiKey: ${secret}}, ]\n`),
    says: ["portable.yaml:3:", "[spec/syntax]"],
  },
  "a secret behind an unquoted @": {
    files: withSpec(`mcpServers:\n  db:\n    command: @${secret}\n`),
    says: ["portable.yaml:5:"],
  },
  "a secret as a name": { files: withSpec(`${secret}: x\n`), says: ["portable.yaml:3:1", "unknown key"] },
  "a secret as a target": {
    files: { "portable.yaml": `portable: 1\ntargets: [${secret}]\n` },
    says: ["portable.yaml:2:", "unknown target"],
  },
  "a secret in a permission": {
    files: withSpec(`permissions:\n  allow:\n    - shell: [curl, -H, "x-api-key: ${secret}"]\n`),
    says: ["portable.yaml:", "[spec/secret]"],
  },
  "a secret in an ignore": {
    files: withSpec(`ignore:\n  - "${secret}/**"\n`),
    says: ["portable.yaml:", "[spec/secret]"],
  },
  "a secret in a description": {
    files: { "portable.yaml": start, ".portable/agents/a.md": `---\ndescription: uses ${secret}\n---\nx\n` },
    says: [".portable/agents/a.md", "[spec/secret]"],
  },
  "a secret in a skill": {
    files: { "portable.yaml": start, ".portable/skills/a/SKILL.md": `---\nname: a\n---\nUse ${secret}.\n` },
    says: [".portable/skills/a/SKILL.md", "[spec/secret]"],
  },
  "a misspelt target": {
    files: { "portable.yaml": "portable: 1\ntargets: [cluade]\n" },
    says: ["portable.yaml:2:11", 'did you mean "claude"'],
  },
  "a misspelt target of a rule": {
    files: { "portable.yaml": start, ".portable/rules/a.md": "---\ntargets: [agent]\n---\nx\n" },
    says: [".portable/rules/a.md:2:", 'did you mean "agents"'],
  },
  "a misspelt target of a block": {
    files: {
      "portable.yaml": start,
      ".portable/rules/a.md": "x\n\n<!-- portable:only cluade -->\ny\n<!-- portable:end -->\n",
    },
    says: [".portable/rules/a.md:3:", 'did you mean "claude"'],
  },
  "a block that is never closed": {
    files: { "portable.yaml": start, ".portable/rules/a.md": "x\n\n<!-- portable:only claude -->\ny\n" },
    says: [".portable/rules/a.md:3:", "portable:end"],
  },
  "a misspelt option of the spec": {
    files: withSpec("output: ignore\n"),
    says: ["portable.yaml:3:1", 'did you mean "outputs"'],
  },
  "a misspelt key of a server": {
    files: withSpec("mcpServers:\n  db:\n    comand: x\n"),
    says: ["portable.yaml:5:5", 'did you mean "command"'],
  },
  "a misspelt key of a permission": {
    files: withSpec("permissions:\n  allow:\n    - shel: [npm]\n"),
    says: ["portable.yaml:5:"],
  },
  "a word that is none of a list": {
    files: withSpec("hooks:\n  a:\n    on: afterTol\n    run: x\n"),
    says: ["portable.yaml:5:5", 'did you mean "afterTool"'],
  },
  "a ledger of a newer version": {
    files: { "portable.yaml": start, ...rule, "portable.lock": "portable.lock 9 7.0.0\n" },
    says: ["portable.lock", "newer version"],
  },
};

const commands = [
  ["build"],
  ["build", "--force"],
  ["verify"],
  ["diff"],
  ["import", "claude"],
  ["build", "--json"],
  ["verify", "--json"],
];

/** Everything that a run may not do, whatever it finds. */
const expectRefusal = async (
  root: string,
  argv: string[],
  status: number,
  says: (string | RegExp)[],
): Promise<void> => {
  const before = treeHash(dirname(root));
  const said = await portable(root, ...argv);
  const all = said.out + said.err;
  const shown = `portable ${argv.join(" ")}:\n${all}`;
  expect(said.status, shown).toBe(status);
  expect(treeHash(dirname(root)), `${shown}\nwrote`).toBe(before);
  for (const hidden of [secret, password, secret.slice(0, 20)])
    expect(all.includes(hidden), `portable ${argv.join(" ")} shows a secret`).toBe(false);
  if (argv.includes("--json")) {
    expect(JSON.parse(said.out), shown).toMatchObject({ exit: status });
    expect(said.err).toBe("");
  } else {
    for (const part of says)
      expect(all, shown).toMatch(
        part instanceof RegExp ? part : new RegExp(part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")),
      );
    expect(said.out, "what is refused is told on standard error").toBe("");
    expect(all, shown).not.toMatch(/\n {4}at |undefined|\[object/);
  }
};

describe("a bad spec is refused with its place, before anything is written", () => {
  for (const [title, { files, says, status }] of Object.entries(bad))
    test(title, () =>
      inRepository(files, async (root) => {
        for (const argv of commands) await expectRefusal(root, argv, status ?? 2, says);
      }),
    );

  test("nothing of it stays behind in the process", async () => {
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    await inRepository({ "portable.yaml": start, ...rule }, async (root) => {
      expect((await portable(root, "build")).status).toBe(0);
      expect((await portable(root, "verify")).status).toBe(0);
    });
  });
});

describe("wrong use is refused", () => {
  test.each([
    [["biuld"], 'did you mean "build"?'],
    [["build", "--forse"], 'did you mean "--force"?'],
    [["build", "--dryrun"], 'did you mean "--dry-run"?'],
    [["build", "-x"], "unknown option"],
    [["build", "--targets"], "--targets needs a value"],
    [["build", "--targets", "cluade"], 'did you mean "claude"?'],
    [["build", "--targets", ""], "known: claude, agents"],
    [["build", "--force=yes"], "--force"],
    [["build", "here"], 'found "here"'],
    [["import", "curosr"], 'no file and no target "curosr"'],
    [["init", "--from", "claud"], 'did you mean "claude"?'],
    [["__proto__"], "unknown command"],
    [["build", "--cwd", "nowhere"], "nowhere"],
  ])("%j", async (argv, says) => {
    const files = argv[0] === "init" ? {} : withSpec("");
    await inRepository(files, (root) => expectRefusal(root, argv, 2, [says]));
  });

  test("a secret on the command line is not repeated", async () => {
    await inRepository(withSpec(""), async (root) => {
      for (const argv of [
        [secret],
        ["build", secret],
        ["build", `--${secret}`],
        ["build", "--targets", secret],
        ["import", secret],
      ])
        await expectRefusal(root, argv, 2, []);
    });
  });
});
