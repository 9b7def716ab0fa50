import type { Code } from "../core/diagnostic.ts";
import { type Diagnostic, diagnostic, type Place } from "../core/diagnostic.ts";
import { secretIn } from "../core/secrets.ts";
import { argvRisks, risks } from "./commands.ts";
import { type Declared, endpoint, redirectKind } from "./endpoints.ts";
import type { Hit, WordHit } from "./hit.ts";
import { packageHits } from "./packages.ts";
import type { Runs } from "./runs.ts";

/** Codes of what a detector sees. */
export type SeenCode = Extract<
  Code,
  `security/${"permissive" | "hidden" | "comment" | "unpinned" | "known-bad" | "command" | "env-home" | "endpoint"}`
>;
/** What is wrong with something that runs or redirects, whoever wrote it. */
export type Flaw = { needle: string } & (
  | { code: SeenCode; hit: Pick<Hit, "level" | "reason" | "note" | "fix"> }
  | { code: "security/secret"; kind: string }
);

const cut = (text: string, { start, end }: Pick<Hit, "start" | "end">): string =>
  text.slice(start, end) || text;
/** One word is a program that is started without anything else. */
const isWord = (line: string): boolean => /^[\w./-]+$/.test(line) && !line.includes("/dev/");
const lineFlaws = (line: string): Flaw[] =>
  isWord(line)
    ? []
    : [
        ...risks(line).map((hit): Flaw => ({ code: "security/command", hit, needle: cut(line, hit) })),
        ...packageFlaws(line.trim().split(/\s+/)),
      ];
const wordCode = (rule: "unpinned" | "advisory"): SeenCode =>
  rule === "unpinned" ? "security/unpinned" : "security/known-bad";
const packageFlaws = (argv: readonly string[]): Flaw[] => {
  const [command, ...args] = argv;
  if (!command) return [];
  return packageHits(command, args).map(
    (hit): Flaw => ({ code: wordCode(hit.rule), hit, needle: argv[hit.arg] ?? command }),
  );
};
/** A package that is fetched and run with plain words behind it: nothing but its version can be wrong. Most servers start so. */
const isPlainLaunch = (command: string, args: readonly string[]): boolean =>
  /^(?:npx|uvx|bunx)$/.test(command) && args.every((a) => /^(?:-y|--yes|[@a-z][\w./@-]*)$/i.test(a));
const argvFlaws = (argv: readonly string[]): Flaw[] => {
  const [command, ...args] = argv;
  if (!command) return [];
  if (isPlainLaunch(command, args)) return packageFlaws(argv);
  const seen = argvRisks(command, args).map(
    (hit: WordHit): Flaw => ({ code: "security/command", hit, needle: cut(argv[hit.arg] ?? command, hit) }),
  );
  return [...seen, ...packageFlaws(argv)];
};

/** Requests of a tool go where this says. */
const endpointFlaws = (name: string, value: string, declared: Declared): Flaw[] =>
  endpoint(name, value, declared).map((hit): Flaw => ({ code: "security/endpoint", hit, needle: value }));

const named = (name: string): string =>
  redirectKind(name) ? name : /proxy/i.test(name) ? "HTTPS_PROXY" : "base_url";

const secretFlaws = ({ env, headers, urls, argv, lines }: Runs): Flaw[] =>
  [
    ...Object.entries(env),
    ...Object.entries(headers),
    ...urls.map((u): [string, string] => ["url", u]),
    ...[...argv, ...lines].map((w): [string, string] => ["", w]),
  ].flatMap(([name, value]): Flaw[] => {
    const secret = secretIn(name, value);
    return secret ? [{ code: "security/secret", kind: secret.kind, needle: value }] : [];
  });

/** What can be wrong with an entry by itself. `name`: the key under which a base URL stands. */
export const flawsOf = (runs: Runs, declared: Declared, name?: string): Flaw[] => [
  ...runs.lines.flatMap(lineFlaws),
  ...argvFlaws(runs.argv),
  ...(name === undefined ? [] : runs.urls.flatMap((url) => endpointFlaws(named(name), url, declared))),
  ...Object.entries(runs.env).flatMap(([variable, value]) =>
    redirectKind(variable) ? endpointFlaws(variable, value, declared) : [],
  ),
  ...secretFlaws(runs),
];

/** A flaw as a finding. */
export const flawFinding = (flaw: Flaw, what: string, place: Place): Diagnostic => {
  if (flaw.code === "security/secret")
    return diagnostic(flaw.code, { what, kind: flaw.kind }, { place, item: what });
  const { level, reason, note, fix } = flaw.hit;
  return diagnostic(flaw.code, { what, reason, note, fix }, { place, level, item: what });
};
export const isGrave = (flaw: Flaw): boolean => flaw.code === "security/secret" || flaw.hit.level === "error";
