// Repositories to measure on: a spec in `.portable/`, committed, and its outputs built once.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A body ends with the line that passes this length. */
const bodyBytes = 1180;

const areas = ["billing", "search", "checkout", "accounts", "reports", "catalog", "shipping", "identity"];
const layers = ["handlers", "queries", "views", "jobs", "clients"];
const advice = [
  "Validate input at the edge and pass typed values inward; a handler never reads the raw request twice.",
  "Name a thing after what it holds, with its unit: `timeoutMs`, `sizeBytes`, `createdAt`.",
  "Prefer a small pure function with a table of cases to a class with a state of its own.",
  "Log one line for each request, with the request's id and no personal data.",
  "Every query has a limit and an index; add the explained plan to the description of the change.",
  "Return errors as values where the caller can act on them, and throw only for what nobody expects.",
  "Write the test first when you mend a fault, and name the test after the symptom the user saw.",
  "Keep migrations forward only, and split a rename into add, copy, switch and remove.",
  "Time comes from the clock that is passed in; never call `Date.now()` inside the domain.",
  "Ask before you add a dependency: say what it costs at start and what would replace it.",
];

const pick = (list, n) => list[n % list.length];
const pad = (n) => String(n).padStart(4, "0");
const capital = (word) => word[0].toUpperCase() + word.slice(1);

/** About 1.2 KiB of guidance with headings, lists and a code block; the same for the same `n`. */
const body = (n) => {
  const [area, layer] = [pick(areas, n), pick(layers, n)];
  const opening = [
    `# ${capital(area)}: ${layer} (${pad(n)})`,
    "",
    `These notes hold for the ${layer} of **${area}**. See [the map](https://wiki.example.com/${area}) for who owns what.`,
    "",
    "```ts",
    `export const ${area}${capital(layer)} = (id: string): Result => load(id, { timeoutMs: ${1000 + n} });`,
    "```",
    "",
    "## What to keep in mind",
    "",
    "",
  ].join("\n");
  let text = opening;
  for (let i = n; text.length < bodyBytes; i++) text += `- ${pick(advice, i * 7 + n)}\n`;
  return text;
};

/** Every tenth rule is for the whole repository, the others for the files of one area. */
const rule = (n) => {
  const [area, layer] = [pick(areas, n), pick(layers, n)];
  const globs = n % 10 ? [`globs: src/${area}/${layer}/**/*.ts, test/${area}/**/*.test.ts`] : [];
  return [`---`, `description: How we write ${layer} in ${area}`, ...globs, `---`, ``, body(n)].join("\n");
};

const command = (n) =>
  [
    `---`,
    `description: Prepare a ${pick(layers, n)} change for review`,
    `argument-hint: area, then a note`,
    `---`,
    ``,
    `Look at {{1}} and write the summary for {{arguments}}.`,
    ``,
    body(n),
  ].join("\n");

const server = (n) => [
  `  ${pick(areas, n)}:`,
  `    type: stdio`,
  `    command: npx`,
  `    args: ["-y", "@acme/${pick(areas, n)}-mcp@1.4.${n}"]`,
  `    env:`,
  `      ACME_TOKEN: "\${ACME_${pick(areas, n).toUpperCase()}_TOKEN}"`,
];

const numbers = (count) => Array.from({ length: count }, (_, n) => n);

const manifest = (targets, servers) =>
  [
    "portable: 1",
    "targets:",
    ...targets.map((target) => `  - ${target}`),
    ...(servers ? ["mcpServers:", ...numbers(servers).flatMap(server)] : []),
    "",
  ].join("\n");

/** The file of a folder's one rule, below a folder of its own with a source file. */
const folder = (n) => {
  const at = `packages/${pick(areas, n)}/service-${pad(n)}`;
  return [
    [`${at}/.portable/rules/${pick(layers, n)}.md`, rule(n)],
    [`${at}/src/index.ts`, `export const service = ${n};\n`],
  ];
};

/**
 * Path and text of every file of a spec.
 * @param {{ rules?: number, commands?: number, servers?: number, folders?: number, targets: string[] }} shape
 */
export const specFiles = ({ rules = 0, commands = 0, servers = 0, folders = 0, targets }) => [
  ["portable.yaml", manifest(targets, servers)],
  ["README.md", "# A repository to measure on\n"],
  ...numbers(rules).map((n) => [`.portable/rules/rule-${pad(n)}.md`, rule(n)]),
  ...numbers(commands).map((n) => [`.portable/commands/command-${pad(n)}.md`, command(n)]),
  ...numbers(folders).flatMap(folder),
];

const git = (root, ...args) =>
  execFileSync(
    "git",
    ["-c", "user.name=bench", "-c", "user.email=bench@example.invalid", "-c", "gc.auto=0", ...args],
    {
      cwd: root,
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null" },
    },
  );

const commit = (root, message) => {
  git(root, "add", "--all");
  git(root, "commit", "--quiet", "--allow-empty", "--no-verify", "-m", message);
};

/** Writes a spec of that shape to `root`, commits it, builds it once with `cli`, and commits the outputs. */
export const repository = (root, shape, cli) => {
  for (const [path, text] of specFiles(shape)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  git(root, "init", "--quiet");
  commit(root, "The spec");
  execFileSync(process.execPath, [cli, "build"], { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
  commit(root, "Its outputs");
};
