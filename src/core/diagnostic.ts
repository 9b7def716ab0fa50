import type { Level } from "./codec.ts";

/** Offsets into a file, UTF-16 units; without them the whole file is meant. */
export interface Place {
  file: string;
  start?: number;
  end?: number;
}

/** One finding. Position is data; how it looks is the report's. */
export interface Diagnostic {
  code: Code;
  level: Level;
  place?: Place;
  /** What is wrong, one sentence without a full stop. */
  reason: string;
  /** What to do. */
  note?: string;
  /** A line to write instead, or a command to run. */
  fix?: string;
  actual?: string;
  expected?: string[];
  /** Targets concerned. */
  targets?: readonly string[];
  /** What it is about: `rule style`. */
  item?: string;
  /** One by one, where one finding tells of several. */
  items?: string[];
  url?: string;
}

interface Text {
  reason: string;
  note?: string;
  fix?: string;
  expected?: string[];
}

/** One name with two texts. */
interface Difference {
  kind: string;
  name: string;
  /** Where the other one stands. */
  one: string;
  /** The name under which this one is kept; undefined: it is not imported. */
  kept: string | undefined;
  tools: readonly string[];
  /** Where they differ: `- ` the other's lines, `+ ` those of this one. */
  lines: readonly string[];
}

/** An output that somebody changed. */
interface Edited {
  /** With the parts of it that are concerned. */
  path: string;
  file: string;
}

/** What a detector saw. */
interface Seen {
  /** Where, in words: `server db`. */
  what: string;
  reason: string;
  note?: string | undefined;
  fix?: string | undefined;
}
/** Things in one file that the spec does not say. */
interface Foreign {
  what: readonly string[];
  file: string;
  /** The target whose file it is; empty: none's. */
  tool: string;
  /** Lines for the spec's `accept:`. */
  accept: string;
}

/** What each code needs to be told. */
interface Facts {
  "spec/missing": { cwd: string };
  "spec/exists": { path: string };
  "spec/syntax": { reason: string; hint?: string };
  "spec/value": { where: string; reason: string };
  "spec/unknown-key": { key: string; where: string; near: string[]; known: readonly string[] };
  "spec/unknown-target": { id: string; near: string[]; known: readonly string[] };
  "spec/duplicate": { kind: string; name: string; other: string };
  "spec/different": { kind: string; name: string; one: string; other: string };
  "spec/case": { kind: string; name: string; other: string };
  "spec/merge": { path: string };
  "spec/name": { kind: string; name: string; reason: string };
  "spec/path": { path: string; reason: string };
  "spec/secret": { where: string; kind: string; variable: string };
  "spec/no-item": { name: string; near: string[]; kind?: string };
  "spec/unknown-shell": { name: string; known: readonly string[] };
  "spec/unknown-provider": { name: string; near: string[]; known: readonly string[] };
  "spec/description": { name: string };
  "spec/only-block": { reason: string };
  "spec/not-here": { key: string; where: string };
  "spec/no-file": { path: string };
  "spec/personal": { path: string };
  "spec/import-outside": { path: string };
  "format/unreadable": { reason: string };
  "format/misread": { tool: string; reason: string };
  "format/strict": { tool: string; reason: string };
  "import/unread": { reason: string };
  "import/conflict": { kind: string; name: string; other: string };
  "import/merged": { kind: string; name: string; places: readonly string[] };
  "import/near": Difference;
  "import/different": Difference;
  "import/secret": { where: string; kind: string; variable: string };
  "import/argument": { name: string; tool: string };
  "import/nothing": { titles: string; root: string };
  "import/both": { what: string; path: string; lines: readonly string[]; now: "changed" | "stood" | "gone" };
  "import/blocked": { what: string; path: string; reason: string };
  "import/in-place": { path: string };
  "import/not-ours": { path: string; tools: string };
  "import/no-file": { path: string };
  "import/no-name": { name: string; near: string[]; known: readonly string[] };
  "import/mixed": { tools: readonly string[]; paths: readonly string[] };
  "drift/missing": { path: string };
  "drift/stale": { path: string };
  "drift/upgraded": { path: string };
  "drift/edited": Edited;
  "drift/conflict": Edited & { unwanted: boolean };
  "drift/orphan": { path: string };
  "drift/foreign": { path: string; tools: string };
  "drift/secret": { path: string };
  "drift/merge": { path: string };
  "drift/ledger": Record<never, never>;
  "drift/unwritable": { reason: string };
  "drift/unstaged": { path: string; isNew: boolean };
  "drift/ignored": { path: string };
  "loss/kind": { target: string; kinds: readonly string[]; why: string };
  "loss/item": { target: string; item: string; why: string };
  "loss/field": { target: string; item: string; field: string; why: string; their: string; changed: boolean };
  "loss/weak": { target: string; item: string; field: string; why: string };
  "loss/leak": { target: string; item: string; own: boolean };
  "loss/unreasoned": { target: string; item: string; field: string };
  "model/context-drop": { model: string; first: string; later: readonly string[]; date: string };
  "model/no-tools": { model: string; steps: readonly string[]; date: string };
  "model/same-vendor": { model: string; server?: string; vendor?: string };
  "shadow/twice": { target: string; item: string; places: string };
  "shadow/file": { hidden: string; by: string; tools: string; why: string };
  "security/runs": Foreign;
  "security/redirects": Foreign;
  "security/changed": Foreign & { said: "spec" | "accept" };
  "security/unread": { reason: string };
  "security/permissive": Seen;
  "security/hidden": Seen;
  "security/comment": Seen;
  "security/secret": { what: string; kind: string };
  "security/unpinned": Seen;
  "security/known-bad": Seen;
  "security/command": Seen;
  "security/env-home": Seen;
  "security/endpoint": Seen;
  "disk/refused": { path: string; reason: string };
  "usage/wrong": { reason: string; advice: string };
  "launch/unknown-tool": { name: string; near: string[]; known: readonly string[] };
  "launch/no-commit": { commit: string; reason: string };
  "launch/unknown-verb": { name: string; near: string[]; known: readonly string[] };
  "launch/no-gateway": Record<never, never>;
  "launch/run-only": { name: string; why: string };
  "launch/settings": { name: string; why: string };
  "launch/no-program": { program: string; title: string };
  "launch/port-taken": { port: number };
  "launch/running": { port: number; pid: number };
  "launch/no-chain": Record<never, never>;
  "launch/loopback": { provider: string; origin: string };
  "launch/untrusted": { lines: readonly string[]; command: string };
}
export type Code = keyof Facts;

const orList = (near: string[], known: readonly string[]): string =>
  near.length ? `did you mean ${near.map((n) => `"${n}"`).join(" or ")}?` : `known: ${known.join(", ")}`;

const fate = ({ one, kept, tools, lines }: Difference): string => {
  const what =
    kept === undefined
      ? "it stays as it is and is not imported"
      : `kept as "${kept}", for ${tools.join(", ")}`;
  return [lines.length ? `${what}; - stands in ${one}, + here:` : what, ...lines].join("\n");
};

/** A word as a shell takes it. */
const quoted = (word: string): string =>
  /^[\w./@:+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
/** What a change in a file meets in the spec. */
const inSpec: Record<Facts["import/both"]["now"], string> = {
  changed: " and in the spec too: the spec keeps its own",
  stood: ", which tells it in other words than the spec: the spec keeps its own",
  gone: ", and the spec does not hold it any more",
};
const takeBack = ({ file }: Edited): Pick<Text, "note" | "fix"> => ({
  note: "bring the edit into the spec; `portable build --force` overwrites it and keeps a copy",
  fix: `portable import ${quoted(file)}`,
});

const listed = (what: readonly string[]): string =>
  what.length > SHOWN
    ? `${what.slice(0, SHOWN).join(", ")} and ${what.length - SHOWN} more`
    : what.join(", ");
const SHOWN = 3;
const seen = ({ what, reason, note, fix }: Seen): Text => ({
  reason: `${what}: ${reason}`,
  ...(note !== undefined && { note }),
  ...(fix !== undefined && { fix }),
});
const acceptable = ({ accept, tool }: Foreign): Pick<Text, "note" | "fix"> => ({
  note: `take it out${tool && `, bring it into the spec (\`portable import ${tool}\`)`}, or, once somebody has read it, accept it in portable.yaml:`,
  fix: accept,
});

const texts: { [C in Code]: (f: Facts[C]) => Text } = {
  "spec/missing": (f) => ({
    reason: `no portable.yaml in ${f.cwd} or above`,
    note: "write one, or let portable look at what is there",
    fix: "portable init",
  }),
  "spec/exists": (f) => ({
    reason: `${f.path} is there already`,
    note: "change it by hand, or bring in more with `portable import`",
    fix: "portable build",
  }),
  "spec/syntax": (f) => ({ reason: f.reason, ...(f.hint && { note: "quote the value", fix: f.hint }) }),
  "spec/value": (f) => ({ reason: `${f.where}: ${f.reason}` }),
  "spec/unknown-key": (f) => ({
    reason: `unknown key "${f.key}" in ${f.where}`,
    note: orList(f.near, f.known),
    expected: [...f.known],
  }),
  "spec/unknown-target": (f) => ({
    reason: `unknown target "${f.id}"`,
    note: orList(f.near, f.known),
    expected: [...f.known],
  }),
  "spec/duplicate": (f) => ({
    reason: `the ${f.kind} "${f.name}" stands twice`,
    note: `also in ${f.other}; rename one or remove it`,
  }),
  "spec/different": (f) => ({
    reason: `the ${f.kind} "${f.name}" stands in ${f.one} and in ${f.other} with different text`,
    note: "keep one, or give each a name of its own",
  }),
  "spec/case": (f) => ({
    reason: `the ${f.kind}s "${f.name}" and "${f.other}" differ only by case`,
    note: "on many disks they are one file: rename one",
  }),
  "spec/merge": (f) => ({
    reason: `${f.path} holds both sides of a merge that is not finished`,
    note: "keep what it should say and take out the lines with <<<<<<<, ======= and >>>>>>>",
  }),
  "spec/name": (f) => ({ reason: `"${f.name}" cannot name a ${f.kind}: ${f.reason}` }),
  "spec/path": (f) => ({
    reason: `"${f.path}" ${f.reason}`,
    note: "paths are relative to the repository and stay inside it",
  }),
  "spec/secret": (f) => ({
    reason: `${f.where} holds a literal secret (${f.kind})`,
    note: "put it into the environment and name it here; whoever may have seen it, replace it",
    fix: `\${${f.variable}}`,
  }),
  "spec/no-item": (f) => ({
    reason: `nothing in the spec is called "${f.name}"`,
    note: f.near.length ? orList(f.near, []) : "what there is:",
    ...(!f.near.length && { fix: f.kind === undefined ? "portable explain" : `portable explain ${f.kind}` }),
  }),
  "spec/unknown-shell": (f) => ({
    reason: `nothing is known of the shell "${f.name}"`,
    note: orList([], f.known),
  }),
  "spec/unknown-provider": (f) => ({
    reason: `no provider "${f.name}"`,
    note: orList(f.near, f.known),
    expected: [...f.known],
  }),
  "spec/description": (f) => ({
    reason: `the rule "${f.name}" is for when it is relevant, and nothing says when`,
    note: "add a description: tools decide by it",
  }),
  "spec/only-block": (f) => ({ reason: f.reason }),
  "spec/not-here": (f) => ({
    reason: `"${f.key}" cannot stand in ${f.where}`,
    note: "move it to portable.yaml at the root",
  }),
  "spec/no-file": (f) => ({ reason: `there is no file ${f.path}` }),
  "spec/personal": (f) => ({
    reason: `${f.path} is for one person alone, and Git does not ignore it`,
    note: `write /${f.path} into .gitignore; where it is committed already: git rm --cached ${f.path}`,
  }),
  "spec/import-outside": (f) => ({
    reason: `@${f.path} leaves the repository`,
    note: "copy the text in, or name a file of the repository",
  }),
  "format/unreadable": (f) => ({ reason: f.reason }),
  "format/misread": (f) => ({
    reason: `${f.tool} does not read this as it was meant: ${f.reason}`,
    note: "the next build writes it as the tool reads it",
  }),
  "format/strict": (f) => ({ reason: `${f.tool} ignores the whole file: ${f.reason}` }),
  "import/unread": (f) => ({ reason: f.reason, note: "it stays as it is and is not imported" }),
  "import/conflict": (f) => ({
    reason: `the ${f.kind} "${f.name}" is not imported: the spec has another of this name`,
    note: `compare with ${f.other}`,
  }),
  "import/merged": (f) => ({
    reason: `the ${f.kind} "${f.name}" stands in ${f.places.join(" and ")}: one item`,
  }),
  "import/near": (f) => ({
    reason: `the ${f.kind} "${f.name}" stands in ${f.one} too, nearly the same`,
    note: fate(f),
  }),
  "import/different": (f) => ({
    reason: `the ${f.kind} "${f.name}" stands in ${f.one} too, with different text`,
    note: fate(f),
  }),
  "import/secret": (f) => ({
    reason: `${f.where} holds a literal secret (${f.kind}); the spec gets \${${f.variable}}`,
    note: `set ${f.variable} in the environment, then write \${${f.variable}} in this file too; whoever may have seen the secret, replace it`,
  }),
  "import/argument": (f) => ({
    reason: `the command "${f.name}" has numbered arguments: the spec counts them from {{1}}, whatever ${f.tool} does`,
  }),
  "import/nothing": (f) => ({ reason: `nothing to import: no file of ${f.titles} in ${f.root}` }),
  "import/both": (f) => ({
    reason: `the ${f.what} changed in ${f.path}${inSpec[f.now]}`,
    note: [...f.lines, "write it in the spec as it should be, then overwrite the file; a copy is kept"].join(
      "\n",
    ),
    fix: "portable build --force",
  }),
  "import/blocked": (f) => ({ reason: `${f.what} not taken from ${f.path}: ${f.reason}` }),
  "import/in-place": (f) => ({
    reason: `${f.path} is the spec where it stands: there is nothing to bring in`,
    note: "a change in it reaches the other tools by the next build",
    fix: "portable build",
  }),
  "import/not-ours": (f) => ({
    reason: `${f.path} holds nothing that the spec wrote or could take from there`,
    ...(f.tools
      ? {
          note: "import what the tool has, or name the file in the spec under `from:` or `rules:`",
          fix: `portable import ${f.tools}`,
        }
      : { note: "no tool reads it" }),
  }),
  "import/no-file": (f) => ({ reason: `there is no file ${f.path}, and none was written there` }),
  "import/no-name": (f) => ({
    reason: `there is no file and no target "${f.name}"`,
    note: orList(f.near, f.known),
    expected: [...f.known],
  }),
  "import/mixed": (f) => ({
    reason: `import takes tools (${f.tools.join(", ")}) or files (${f.paths.join(", ")}), not both at once`,
    note: "import the one, then the other",
    fix: `portable import ${f.paths.map(quoted).join(" ")}`,
  }),
  "drift/missing": (f) => ({ reason: `${f.path} is missing`, fix: "portable build" }),
  "drift/stale": (f) => ({ reason: `${f.path} is older than the spec`, fix: "portable build" }),
  "drift/upgraded": (f) => ({
    reason: `${f.path} was written by another version of portable`,
    fix: "portable build",
  }),
  "drift/edited": (f) => ({
    reason: `${f.path} was edited by hand since it was built`,
    ...takeBack(f),
  }),
  "drift/conflict": (f) =>
    f.unwanted
      ? {
          reason: `${f.path} was edited by hand, and nothing in the spec wants it any more`,
          note: "put into the spec what should stay; `portable build --force` takes it away and keeps a copy",
          fix: "portable build --force",
        }
      : { reason: `${f.path} was edited by hand, and the spec changed too`, ...takeBack(f) },
  "drift/orphan": (f) => ({
    reason: `${f.path} is ours, and nothing in the spec wants it any more`,
    fix: "portable build",
  }),
  "drift/foreign": (f) => ({
    reason: `${f.path} stands there and is not ours: it is left as it is`,
    note: "import it, or name it in the spec under `from:` or `rules:`",
    fix: `portable import ${f.tools}`,
  }),
  "drift/secret": (f) => ({
    reason: `${f.path} holds a literal secret where the spec has a reference: it is left as it is`,
    note: "write the reference there, as it stands in the spec; whoever may have seen the secret, replace it",
  }),
  "drift/merge": (f) => ({
    reason: `${f.path} holds both sides of a merge that is not finished`,
    note: "take either side, the next build writes what is ours from the spec; lines of your own need both",
    fix: `git checkout --ours -- ${quoted(f.path)}`,
  }),
  "drift/ledger": () => ({ reason: "portable.lock does not match what was built", fix: "portable build" }),
  "drift/unwritable": (f) => ({ reason: f.reason, note: "mend the file by hand; nothing in it was changed" }),
  "drift/unstaged": (f) => ({
    reason: f.isNew
      ? `${f.path} stands there and is not staged, and this commit needs a file there`
      : `${f.path} has changes that are not staged, and this commit changes it too`,
    note: `to commit what stands there: git add ${quoted(f.path)}\nto go without it: ${
      f.isNew ? "move it away" : `git restore ${quoted(f.path)}`
    }`,
  }),
  "drift/ignored": (f) => ({
    reason: `${f.path} is an output, and Git ignores it`,
    note: "take it out of .gitignore, or say `outputs: ignore` in portable.yaml",
  }),
  "loss/kind": (f) => ({ reason: `${f.target} gets no ${f.kinds.join(", ")}: ${f.why}` }),
  "loss/item": (f) => ({ reason: `${f.target} does not get the ${f.item}: ${f.why}` }),
  "loss/field": (f) => ({
    reason: f.changed
      ? `${f.target} gets the ${f.item} with another ${f.field}: ${f.why}`
      : `${f.target} gets the ${f.item} without ${f.their} ${f.field}: ${f.why}`,
  }),
  "loss/weak": (f) => ({
    reason: `${f.target} gets the ${f.item} weaker${f.field && ` (${f.field})`}: ${f.why}`,
  }),
  "loss/leak": (f) => ({
    reason: f.own
      ? `${f.target} has a ${f.item} of its own, which is left as it is`
      : `${f.target} sees the ${f.item}, which is not meant for it: it stands in a place that tools share`,
  }),
  "loss/unreasoned": (f) => ({
    reason: `${f.target} reads the ${f.item} differently (${f.field}), and portable does not know why`,
    note: "this is a fault of portable: please report it",
  }),
  "model/context-drop": (f) => ({
    reason: `the model ${f.model} goes on to ${f.later.join(", ")} after ${f.first}: a long session does not fit there`,
    note: `as of ${f.date}; say \`context:\` at the provider where it takes another number of tokens`,
  }),
  "model/no-tools": (f) => ({
    reason: `${f.steps.join(", ")} of the model ${f.model} can call no tools: an agent does nothing with it`,
    note: `as of ${f.date}; put a model there that can`,
  }),
  "model/same-vendor": (f) => ({
    reason:
      f.server === undefined
        ? `every step of the model ${f.model} is a model of ${f.vendor}'s: one that gets worse does so everywhere`
        : `every step of the model ${f.model} is asked at ${f.server}: when that is down, so are all of them`,
    note: "add a step of another vendor's, or a local one",
  }),
  "shadow/twice": (f) => ({
    reason: `${f.target} gets the ${f.item} twice: ${f.places}`,
    note: "`portable import --move` takes a page that stands in place into the spec, so that one page can import the other",
  }),
  "shadow/file": (f) => ({
    reason: `${f.tools} does not read ${f.hidden}: ${f.by} ${f.why}`,
    note: `keep the text in one of them, or take ${f.by} away`,
  }),
  "security/runs": (f) => ({
    reason: `${f.file} runs what the spec does not say: ${listed(f.what)}`,
    ...acceptable(f),
  }),
  "security/redirects": (f) => ({
    reason: `${f.file} sends requests where the spec does not say: ${listed(f.what)}`,
    ...acceptable(f),
  }),
  "security/changed": (f) => ({
    reason:
      f.said === "accept"
        ? `${listed(f.what)} in ${f.file} is not what was accepted: its hash changed`
        : `${listed(f.what)} in ${f.file} is not what the spec says`,
    ...(f.said === "accept"
      ? {
          note: "read it again; if it may stay, put this in place of the old lines under `accept:`",
          fix: f.accept,
        }
      : {
          note: "read it before anything starts it; `portable build --force` puts back what the spec says and keeps a copy",
        }),
  }),
  "security/unread": (f) => ({
    reason: `nobody can say what this file runs: ${f.reason}`,
    note: "mend the file, or take it away",
  }),
  "security/permissive": seen,
  "security/hidden": seen,
  "security/comment": seen,
  "security/secret": (f) => ({
    reason: `${f.what} holds a literal secret (${f.kind})`,
    note: "put it into the environment and name it here; whoever may have seen it, replace it",
  }),
  "security/unpinned": seen,
  "security/known-bad": seen,
  "security/command": seen,
  "security/env-home": seen,
  "security/endpoint": seen,
  "disk/refused": (f) => ({ reason: `${f.path}: ${f.reason}` }),
  "usage/wrong": (f) => ({ reason: f.reason, note: f.advice }),
  "launch/unknown-tool": (f) => ({
    reason: f.name ? `no tool "${f.name}" to start` : "no tool was named",
    note: orList(f.near, f.known),
    expected: [...f.known],
  }),
  "launch/no-commit": (f) => ({
    reason: `${f.commit}: ${f.reason}`,
    note: "name a commit, a branch or a tag",
  }),
  "launch/unknown-verb": (f) => ({
    reason: `portable proxy knows no "${f.name}"`,
    note: orList(f.near, f.known),
    expected: [...f.known],
  }),
  "launch/no-gateway": () => ({
    reason: "the spec names no gateway to send requests through",
    note: "say `gateway: proxy` in portable.yaml, or in portable.local.yaml for yourself alone",
  }),
  "launch/run-only": (f) => ({
    reason: `no variable sends ${f.name} there: ${f.why}`,
    fix: `portable run ${f.name}`,
  }),
  "launch/settings": (f) => ({ reason: `${f.name} cannot be sent to the gateway: ${f.why}` }),
  "launch/no-program": (f) => ({
    reason: `there is no program ${f.program}`,
    note: `install ${f.title}, or put it on the PATH`,
  }),
  "launch/port-taken": (f) => ({
    reason: `port ${f.port} is taken by another program`,
    note: "name another in portable.yaml or portable.local.yaml: proxy: port:",
  }),
  "launch/running": (f) => ({
    reason: `the proxy runs already on port ${f.port} (pid ${f.pid})`,
    fix: "portable proxy off --now",
  }),
  "launch/no-chain": () => ({
    reason: "the spec has no model with a chain to send requests to",
    note: "name one in portable.yaml: models: main: chain:",
  }),
  "launch/loopback": (f) => ({
    reason: `${f.origin} of the provider ${f.provider} is the container itself once LiteLLM runs in one`,
    note: "write host.docker.internal for this machine; the server must listen on more than 127.0.0.1",
  }),
  "launch/untrusted": (f) => ({
    reason: "this spec sends requests to addresses of its own, or runs commands for keys",
    note: [...f.lines, "if you know all of them, allow it once:"].join("\n"),
    fix: f.command,
  }),
};

/** Every code that a finding can have. */
export const codes = Object.keys(texts) as readonly Code[];

const warnings = new Set<Code>([
  "format/misread",
  "import/near",
  "import/unread",
  "launch/loopback",
  "model/context-drop",
  "model/no-tools",
  "model/same-vendor",
  "security/comment",
  "security/unpinned",
  "shadow/file",
  "shadow/twice",
  "spec/personal",
]);
const usual = (code: Code): Level => (warnings.has(code) ? "warning" : "error");

export const diagnostic = <C extends Code>(
  code: C,
  facts: Facts[C],
  more: Partial<Pick<Diagnostic, "place" | "level" | "targets" | "item" | "items" | "actual">> = {},
): Diagnostic => ({ code, level: usual(code), ...texts[code](facts), ...more });

/** Letters to add, drop, change or swap with the next (optimal string alignment). */
const distance = (a: string, b: string): number => {
  let [older, row]: number[][] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? older![j - 2]! + 1
          : Number.POSITIVE_INFINITY;
      next[j] = Math.min(
        row![j]! + 1,
        next[j - 1]! + 1,
        row![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
        swapped,
      );
    }
    [older, row] = [row, next];
  }
  return row![b.length]!;
};

/** The known words that a misspelt one is closest to, at most three. */
export const nearest = (word: string, known: readonly string[]): string[] => {
  const limit = Math.max(1, Math.floor(word.length / 3));
  return known
    .map((k) => [k, distance(word.slice(0, 64).toLowerCase(), k.toLowerCase())] as const)
    .filter(([, d]) => d <= limit)
    .sort((a, b) => a[1] - b[1])
    .slice(0, 3)
    .map(([k]) => k);
};
