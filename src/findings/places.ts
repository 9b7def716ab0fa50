import { isObject } from "../core/data.ts";
import type { Path } from "../core/format.ts";
import { addressOf, fileAddress } from "../core/ledger.ts";
import type { Lax } from "./permissive.ts";
import { isNothing, type Runs, runsIn } from "./runs.ts";
import type { Spot } from "./spots.ts";

/** One thing in a tool's file that runs or redirects. */
export interface Entry {
  /** `server db`. */
  what: string;
  kind: string;
  /** Address as `accept:` names it: `.mcp.json#mcpServers/db`. */
  at: string;
  path: Path;
  value: unknown;
  /** A program starts, or code is loaded; else a request goes elsewhere. */
  starts: boolean;
  /** A command without arguments is a line for a shell. */
  shell: boolean;
  runs: Runs;
}

/** Something that lets an agent do more than it should. */
export interface Licence {
  at: string;
  path: Path;
  reason: string;
}

/** Where a pattern with `*` for any key or index leads. */
export const found = (doc: unknown, pattern: Path, at: Path = []): { path: Path; value: unknown }[] => {
  const [step, ...rest] = pattern;
  if (step === undefined) return doc === undefined ? [] : [{ path: at, value: doc }];
  if (Array.isArray(doc)) return step === "*" ? doc.flatMap((v, i) => found(v, rest, [...at, i])) : [];
  if (!isObject(doc)) return [];
  const keys = step === "*" ? Object.keys(doc) : Object.hasOwn(doc, step) ? [step as string] : [];
  return keys.flatMap((k) => found(doc[k], rest, [...at, k]));
};

/** What names an element of a list. */
const label = (value: unknown): string | undefined => {
  if (!isObject(value)) return undefined;
  const name = value["name"] ?? value["label"] ?? value["model_name"] ?? value["slug"];
  return typeof name === "string" ? name : undefined;
};

/** The keys that lead to a value, with names in place of the indices of lists; an unnamed element is its list's. */
export const keysTo = (doc: unknown, path: Path): string[] => {
  const keys: string[] = [];
  let node: any = doc;
  for (const step of path) {
    node = node?.[step];
    const key = typeof step === "string" ? step : label(node);
    if (key === undefined) break;
    keys.push(key);
  }
  return keys;
};

const addressIn = (file: string, keys: readonly string[]): string =>
  keys.length ? addressOf(file, keys.slice(0, -1), keys.at(-1)!) : fileAddress(file);

/** Kinds that one key of many does not tell apart. */
const dotted = new Set(["helper", "base URL", "status line"]);

const entryAt = (doc: unknown, file: string, spot: Spot, path: Path, value: unknown): Entry[] => {
  if (spot.when && !spot.when(value, path)) return [];
  const runs = spot.reads ? spot.reads(value, path) : runsIn(value, !!spot.shell);
  if (isNothing(runs)) return [];
  const keys = keysTo(doc, path);
  const starts = runs.lines.length + runs.argv.length + runs.loads.length > 0;
  const name = spot.kind === "hook" ? keys[1] : dotted.has(spot.kind) ? keys.join(".") : keys.at(-1);
  return [
    {
      shell: !!spot.shell,
      what: `${spot.kind} ${name ?? file}`,
      kind: spot.kind,
      at: addressIn(file, keys),
      path,
      value,
      starts,
      runs,
    },
  ];
};

/** Everything in a document that runs or redirects. */
export const entriesIn = (doc: unknown, file: string, spots: readonly Spot[]): Entry[] =>
  spots.flatMap((spot) =>
    found(doc, spot.at).flatMap(({ path, value }) => entryAt(doc, file, spot, path, value)),
  );

/** Everything in a document that takes a question away from the user. */
export const licencesIn = (doc: unknown, file: string, lax: readonly Lax[]): Licence[] =>
  lax.flatMap(({ at, bad }) =>
    found(doc, at).flatMap(({ path, value }) => {
      const reason = bad(value, doc);
      return reason === undefined ? [] : [{ at: addressIn(file, keysTo(doc, path)), path, reason }];
    }),
  );
