import type { Program } from "./programs.ts";
import type { Word } from "./shell.ts";

/** A package as a program is told to fetch it; offsets are of the words. */
export interface Asked {
  registry: "npm" | "pypi" | "image";
  text: string;
  /** It is run at once, not only installed. */
  runs: boolean;
  start: number;
  end: number;
}

/** How a program reads its words. */
interface Grammar {
  registry: Asked["registry"];
  /** Flags that take the next word. */
  takes: RegExp;
  /** Flags whose value is what is fetched, in place of the first word. */
  from?: RegExp;
  /** Flags whose value is fetched beside it. */
  with?: RegExp;
  /** With these nothing is fetched. */
  never?: RegExp;
  /** Every word is a package, and none is run. */
  installs?: true;
  /** The first word names no package: a file or a module. */
  file?: true;
  /** The first word is a package only if it looks like this. */
  only?: RegExp;
}

// Flags after `npx --help`, `pnpm dlx --help`, `yarn dlx --help`, `bunx --help`, `uvx --help`, `uv run --help`,
// `pipx run --help`, `docker run --help`; read 2026-11.
const npx: Grammar = {
  registry: "npm",
  takes:
    /^(?:-c|--call|--registry|--cache|--userconfig|--globalconfig|--prefix|-w|--workspace|--node-options|--node-arg|-n|--loglevel|--shell|--script-shell|--npm)$/,
  from: /^(?:-p|--package)$/,
  never: /^(?:--no|--no-install|--offline)$/,
};
const pnpm: Grammar = {
  registry: "npm",
  takes: /^(?:-C|--dir|-F|--filter|--allow-build|--reporter|--registry|--config|--store-dir)$/,
  from: /^--package$/,
};
const uvValues =
  /^(?:-p|--python|-i|--index-url|--index|--default-index|--extra-index-url|-f|--find-links|--directory|--project|--env-file|--cache-dir|--config-file|--prerelease|--resolution|--index-strategy|--keyring-provider|--refresh-package|--reinstall-package|-P|--upgrade-package|--exclude-newer|--link-mode|--color|-c|--constraints|--overrides|-C|--config-setting|--with-editable|--with-requirements|--extra|--group|--package|--allow-insecure-host|-w)$/;
const uvx: Grammar = {
  registry: "pypi",
  takes: uvValues,
  from: /^--from$/,
  with: /^--with$/,
  never: /^--offline$/,
};
const pipx: Grammar = {
  registry: "pypi",
  takes: /^(?:--pip-args|--python|-i|--index-url|--path|--fetch-missing-python)$/,
  from: /^--spec$/,
};
const docker: Grammar = {
  registry: "image",
  // every other long flag of `docker run` takes a value, and so does a group of letters that ends in one that does
  takes:
    /^(?:--(?!rm$|init$|interactive$|tty$|detach$|privileged$|read-only$|quiet$|no-healthcheck$|oom-kill-disable$|publish-all$|sig-proxy$|help$|tls$|debug$|disable-content-trust$)[a-z-]+|-[itdPqD]*[evpwuhlmcaHP])$/,
};
const deno: Grammar = {
  registry: "npm",
  takes: /^(?:-c|--config|--import-map|--env-file|--lock|--cert)$/,
  only: /^(?:npm:|https?:)/,
};
const npmAdd: Grammar = {
  registry: "npm",
  takes: /^(?:--registry|--prefix|-C|--dir|--cwd|-w|--workspace|--filter|-F|--tag)$/,
  installs: true,
};
const pipAdd: Grammar = {
  registry: "pypi",
  takes:
    /^(?:-r|--requirement|-c|--constraint|-e|--editable|-t|--target|-i|--index-url|--extra-index-url|-f|--find-links|--python|-p|--prefix|--root)$/,
  installs: true,
};

/** Ways to fetch a package: the program and the words behind it, then how the rest is read. */
const launchers: readonly (readonly [program: RegExp, verbs: RegExp, Grammar])[] = [
  [/^npx$/, /^/, npx],
  [/^npm$/, /^(?:exec|x) /, npx],
  [/^(?:bunx|pnpx)$/, /^/, { ...npx, takes: /^(?:--registry)$/, never: /^--no-install$/ }],
  [/^bun$/, /^x /, { ...npx, takes: /^--registry$/, never: /^--no-install$/ }],
  [/^pnpm$/, /^dlx /, pnpm],
  [/^yarn$/, /^dlx /, { ...npx, takes: /^--registry$/ }],
  [/^deno$/, /^(?:run|x) /, deno],
  [/^uvx$/, /^/, uvx],
  [/^uv$/, /^(?:tool run|x) /, uvx],
  [/^uv$/, /^run /, { ...uvx, takes: uvValues, file: true }],
  [/^pipx$/, /^run /, pipx],
  [/^(?:docker|podman|nerdctl)$/, /^(?:container )?run /, docker],
  [/^npm$/, /^(?:i|install|add) /, npmAdd],
  [/^(?:pnpm|yarn|bun)$/, /^(?:global )?(?:i|install|add) /, npmAdd],
  [/^pip3?$/, /^install /, pipAdd],
  [/^python3?$/, /^-m pip install /, pipAdd],
  [/^uv$/, /^(?:pip|tool) install /, pipAdd],
  [/^pipx$/, /^install /, pipAdd],
];

const VERBS = 4;
/** How a program reads its words from which one on; undefined: it fetches nothing that is known here. */
const grammarOf = (p: Program): readonly [Grammar, number] | undefined => {
  const from = p.args.findIndex((w) => !w.text.startsWith("-") || w.text === "-m");
  const first = p.args.slice(Math.max(0, from), Math.max(0, from) + VERBS).map((w) => w.text);
  const line = `${first.join(" ")} `;
  for (const [program, verbs, grammar] of launchers) {
    const m = program.test(p.name) && verbs.exec(line);
    if (!m) continue;
    const count = m[0].split(" ").length - 1;
    return [grammar, count ? Math.max(0, from) + count : 0];
  }
  return undefined;
};

const valueIn = (w: Word, next: Word | undefined): Word | undefined => {
  const at = w.text.indexOf("=");
  if (!w.text.startsWith("--") || at < 0) return next;
  return { text: w.text.slice(at + 1), start: w.end - (w.text.length - at - 1), end: w.end };
};

/** What a program is told to fetch. */
export const askedOf = (p: Program): Asked[] => {
  const found = grammarOf(p);
  if (!found) return [];
  const [g, from] = found;
  const asked = (w: Word, runs: boolean): Asked => ({ registry: g.registry, runs, ...w });
  const [named, beside]: [Asked[], Asked[]] = [[], []];
  let first: Word | undefined;
  for (let i = from; i < p.args.length; i++) {
    const w = p.args[i]!;
    const flag = w.text.replace(/=.*$/s, "");
    const attached = flag !== w.text;
    const value = valueIn(w, p.args[i + 1]);
    if (g.never?.test(w.text)) return [];
    if (w.text === "--") continue;
    if (g.from?.test(flag)) named.push(...(value ? [asked(value, true)] : []));
    else if (g.with?.test(flag)) beside.push(...(value ? [asked(value, true)] : []));
    else if (!w.text.startsWith("-")) {
      if (g.installs) named.push(asked(w, false));
      else {
        first = w;
        break;
      }
      continue;
    } else if (!g.takes.test(flag)) continue;
    if (!attached) i++;
  }
  const own =
    first && !named.length && !g.file && (g.only?.test(first.text) ?? true) ? [asked(first, true)] : [];
  return [...named, ...own, ...beside];
};
