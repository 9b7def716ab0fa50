import { advisoryOn } from "./advisories.ts";
import { shown, type WordHit } from "./hit.ts";
import { type Asked, askedOf } from "./launchers.ts";
import { inlineCode, isShell, programOf } from "./programs.ts";
import { type Call, callsIn, type Word } from "./shell.ts";
import { argvOf, shifted } from "./words.ts";

export type Registry = "npm" | "pypi" | "image" | "source";

/** A package that a command fetches. */
export interface Launch {
  registry: Registry;
  /** Of a package or image; for a `source` where it comes from. */
  name: string;
  /** As written behind the name: a version, range, tag, commit or digest; undefined: none. */
  version: string | undefined;
  /** One exact version, commit or digest, or a reference that says it. */
  pinned: boolean;
  /** It is run at once, not only installed. */
  runs: boolean;
  /** Which word names it (0: the command), and where in it. */
  arg: number;
  start: number;
  end: number;
}

type Spec = Pick<Launch, "registry" | "name" | "version" | "pinned">;

const REFERENCE = /\$|\{\{|%\w+%/;
const COMMIT = /^[a-f0-9]{7,40}$/i;
const EXACT = /^[v=]?\d+\.\d+\.\d+(?:[-+.][\w.+-]+)?$/;

/** `git+https://x/y@abc`, `github:a/b#abc`, `https://x/y.tgz`. */
const source = (text: string): Spec => {
  const [, name = text, version] =
    /^(.+?)(?:#(?:commit[=:])?|(?<=[\w/.-])@(?=[^/:]+$))([^#]*)$/.exec(text) ?? [];
  const pinned = version !== undefined && (COMMIT.test(version) || REFERENCE.test(version));
  return { registry: "source", name, version: version || undefined, pinned };
};
const isSource = (text: string): boolean =>
  /^(?:git\+|git:|git@|ssh:|https?:|github:|gitlab:|bitbucket:|gist:)/i.test(text);
const isLocal = (text: string): boolean =>
  /^(?:\.{0,2}[\\/]|~|\.{1,2}$|file:|link:|workspace:|[A-Za-z]:\\)/.test(text);

const npm = (text: string): Spec | undefined => {
  const spec = text.replace(/^npm:/, "");
  if (isSource(spec)) return source(spec);
  const [, name, version] = /^((?:@[\w.~-]+\/)?[\w.~-]+)(?:@(.+))?$/.exec(spec) ?? [];
  // `owner/repository` is a repository of GitHub to npx
  if (name === undefined) return /^[\w.-]+\/[\w.-]+(?:#.*)?$/.test(spec) ? source(spec) : undefined;
  if (version !== undefined && isSource(version)) return source(version);
  const target = /^npm:(.+)$/.exec(version ?? "")?.[1];
  if (target) return npm(target);
  return {
    registry: "npm",
    name,
    version,
    pinned: !!version && (EXACT.test(version) || REFERENCE.test(version)),
  };
};

const pypi = (text: string): Spec | undefined => {
  const direct = /^[\w.-]+(?:\[[\w,.-]*\])?\s*@\s*(.+)$/.exec(text)?.[1];
  if (isSource(text)) return source(text);
  if (direct && isSource(direct)) return source(direct);
  const [, name, sign, version] =
    /^([\w.-]+)(?:\[[\w,.\s-]*\])?\s*(===?|@|[<>~!]=?|\^)?\s*(.*)$/.exec(text) ?? [];
  if (name === undefined || (version && !sign)) return undefined;
  const exact = /^(?:===?|@)$/.test(sign ?? "") && /^v?\d+(?:\.\d+)+[\w.+!-]*$/.test(version!);
  const written = sign && sign !== "@" && !exact ? `${sign}${version}` : version || undefined;
  return { registry: "pypi", name, version: written, pinned: exact || REFERENCE.test(version ?? "") };
};

const image = (text: string): Spec | undefined => {
  const [, name, tag, digest] =
    /^((?:[\w.-]+(?::\d+)?\/)?[\w./-]+?)(?::([^:@/]+))?(?:@(sha256:[a-f0-9]{64}))?$/.exec(text) ?? [];
  if (name === undefined) return undefined;
  const version = digest ?? tag;
  const exact = !!digest || /^v?\d+\.\d+[\w.-]*$/.test(tag ?? "") || REFERENCE.test(tag ?? "");
  return { registry: "image", name, version, pinned: exact };
};

const readers = { npm, pypi, image };
const specOf = ({ registry, text }: Asked): Spec | undefined =>
  isLocal(text) || /^[$%{]/.test(text) ? undefined : readers[registry](text);

interface Found extends Spec {
  runs: boolean;
  start: number;
  end: number;
}
const DEEPEST = 4;
const inCalls = (calls: readonly Call[], line: string, depth: number): Found[] =>
  calls.flatMap((call) => {
    const p = programOf(call);
    if (!p) return [];
    const code = isShell(p) ? (inlineCode(p.name, p.args)?.code ?? undefined) : undefined;
    if (code && depth < DEEPEST) return inScript(line, code, depth + 1);
    return askedOf(p).flatMap((a) => {
      const spec = specOf(a);
      return spec ? [{ ...spec, runs: a.runs, start: a.start, end: a.end }] : [];
    });
  });
const inScript = (line: string, word: Word, depth: number): Found[] =>
  shifted(line, word, inCalls(callsIn(word.text), word.text, depth));

/** Packages that a shell line fetches. */
export const lineLaunches = (line: string): Launch[] =>
  inCalls(callsIn(line), line, 0).map((f) => ({ ...f, arg: 0 }));

/** Packages that a command and its arguments fetch; a command with blanks and no arguments is a line. */
export const launches = (command: string, args: readonly string[]): Launch[] => {
  if (!args.length && /\s/.test(command)) return lineLaunches(command);
  const { line, call, within } = argvOf(command, args);
  return inCalls([call], line, 0).map((f) => ({ ...f, ...within(f) }));
};

const pin: Readonly<Record<Registry, (l: Launch) => readonly [fix: string, look: string]>> = {
  npm: ({ name }) => [`${name}@<version>`, `npm view ${name} version`],
  pypi: ({ name }) => [`${name}==<version>`, `pip index versions ${name}`],
  image: ({ name }) => [`${name}@sha256:<digest>`, `docker buildx imagetools inspect ${name}`],
  source: ({ name }) => [`${name}#<commit>`, `git ls-remote ${name.replace(/^git\+/, "")}`],
};

const unpinned = (l: Launch, word: string): WordHit<"unpinned"> => {
  const [fix, look] = pin[l.registry](l);
  const what = l.version === undefined ? "names no version" : `follows "${l.version}"`;
  return {
    rule: "unpinned",
    level: "warning",
    arg: l.arg,
    start: l.start,
    end: l.end,
    reason: `${shown(l.name)} ${what}: whatever is published next runs here`,
    evidence: shown(word.slice(l.start, l.end)),
    note: `write the version that you have checked; \`${look}\` tells the newest`,
    fix,
  };
};

const known = (l: Launch, word: string): WordHit<"advisory"> | undefined => {
  const bad = l.registry === "npm" || l.registry === "pypi";
  const a = bad ? advisoryOn(l.registry, l.name, l.pinned ? bareVersion(l.version) : undefined) : undefined;
  if (!a) return undefined;
  const fixed = a.ranges?.at(-1)?.[1];
  const [, look] = pin[l.registry](l);
  return {
    rule: "advisory",
    level: "error",
    arg: l.arg,
    start: l.start,
    end: l.end,
    reason: `${l.name}${l.pinned ? ` ${bareVersion(l.version)}` : ""} ${a.what} (${a.id}, ${a.on})`,
    evidence: shown(word.slice(l.start, l.end)),
    note: fixed
      ? `take ${fixed} or later; \`${look}\` tells the newest; ${a.url}`
      : `remove it; whoever ran it, replace every credential of that machine; ${a.url}`,
  };
};
const bareVersion = (version: string | undefined): string | undefined => version?.replace(/^[v=]+/, "");

const hitsOf = (found: readonly Launch[], wordOf: (l: Launch) => string, here: ReadonlySet<string>) =>
  found.flatMap((l): WordHit<"unpinned" | "advisory">[] => {
    const bad = known(l, wordOf(l));
    if (bad) return [bad];
    return l.pinned || !l.runs || here.has(l.name) ? [] : [unpinned(l, wordOf(l))];
  });

/**
 * What is wrong with the packages that a command fetches and runs: not pinned (warning), known to be bad (error). Packages in
 * `here` are those that the repository's own manifest pins: a runner takes them from there.
 */
export const packageHits = (
  command: string,
  args: readonly string[],
  here: ReadonlySet<string> = new Set(),
): WordHit<"unpinned" | "advisory">[] =>
  hitsOf(launches(command, args), (l) => [command, ...args][l.arg]!, here);
