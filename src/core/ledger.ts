import { Mismatch } from "./data.ts";
import { byCodeUnit } from "./text.ts";

/** What we wrote at one address, and for whom. */
export interface Entry {
  /** Git blob id of what was last written (over LF text), or `-` for a file or container that only holds our rows. */
  id: string;
  targets: readonly string[];
  /** On a page: the rule that the text outside all regions is. */
  outside?: string;
  /** What other branches wrote here, where Git kept the lines of several. */
  others?: readonly Entry[];
}
/** By address: a path, or `path#key/name` for a row, setting or region of a shared file. */
export type Ledger = ReadonlyMap<string, Entry>;

export const ledgerPath = "portable.lock";
export const container = "-";

/** Where a row or region stands in a shared file. */
export const addressOf = (path: string, at: readonly (string | number)[], name: string): string =>
  `${coded(path)}#${[...at, name].join("/")}`;
const coded = (path: string): string => path.replace(/[%#]/g, (c) => (c === "#" ? "%23" : "%25"));
/** The address of a whole file: its path, with `%23` for a `#` in it. */
export const fileAddress = coded;
/** The file of an address. */
export const fileOf = (address: string): string => {
  const end = address.indexOf("#");
  const path = end < 0 ? address : address.slice(0, end);
  return path.includes("%") ? path.replace(/%2([35])/g, (_, c: string) => (c === "3" ? "#" : "%")) : path;
};
/** Whether an address is that of an item's whole folder. */
export const isFolderAddress = (address: string): boolean => address.endsWith("/") && !address.includes("#");
/** Where a container stands that only holds our rows; no row's address ends like it. */
export const containerAddress = (path: string, at: readonly (string | number)[]): string =>
  addressOf(path, at, "");

const escaped = (s: string): string =>
  s.replace(/[\\\t\n\r]/g, (c) => ({ "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" })[c]!);
const unescaped = (s: string): string =>
  s.replace(/\\(.)/g, (_, c: string) => ({ t: "\t", n: "\n", r: "\r" })[c] ?? c);

/** An entry, and what other branches wrote there. */
export const branches = (entry: Entry): readonly Entry[] => [entry, ...(entry.others ?? [])];
/** Whether that is how we left it, on any branch. */
export const isAsLeft = (entry: Entry, id: string): boolean => branches(entry).some((e) => e.id === id);

/** The entry with what stands there by now. */
export const leftAs = (entry: Entry | undefined, id: string, targets: readonly string[]): Entry => ({
  id,
  targets,
  ...(entry?.outside !== undefined && { outside: entry.outside }),
});

const printed = (at: string, e: Entry): string =>
  [
    escaped(at),
    e.id,
    [...e.targets].sort().join(","),
    ...(e.outside === undefined ? [] : [escaped(e.outside)]),
  ].join("\t");

/** One line an entry, sorted: two branches that add different outputs merge without a conflict. */
export const printLedger = (ledger: Ledger, compiler: string): string => {
  const lines = [...ledger]
    .sort(([a], [b]) => byCodeUnit(a, b))
    .flatMap(([at, entry]) =>
      branches(entry)
        .map((e) => printed(at, e))
        .sort(byCodeUnit),
    );
  return [`portable.lock 1 ${compiler}`, ...lines].join("\n") + "\n";
};

export interface ReadLedger {
  ledger: Ledger;
  /** Version that wrote it. */
  compiler: string | undefined;
  /** It holds conflict markers or lines that are no entries: the next build makes it anew from what still agrees. */
  broken: boolean;
}

const alike = (a: Entry, b: Entry): boolean =>
  a.id === b.id && a.outside === b.outside && a.targets.join() === b.targets.join();
const add = (ledger: Map<string, Entry>, at: string, entry: Entry): void => {
  const known = ledger.get(at);
  const others = known ? branches(known).filter((e) => !alike(e, entry)) : [];
  ledger.set(at, others.length ? { ...entry, others } : entry);
};

/** Of what several branches wrote at a file, the one that stands there comes first; `idAt` gives the id of a file's text. */
export const withStanding = (ledger: Ledger, idAt: (path: string) => string | undefined): Ledger => {
  const out = new Map(ledger);
  for (const [at, entry] of ledger) {
    if (!entry.others) continue;
    const id = at.includes("#") ? undefined : idAt(fileOf(at));
    const all = branches(entry);
    const first = all.find((e) => e.id === id) ?? all.find((e) => e.id === container) ?? entry;
    const others = all.filter((e) => e !== first).map(({ others: _, ...e }) => e);
    out.set(at, { ...first, others });
  }
  return out;
};

/** Throws `Mismatch` for a format that is newer than this one. */
export const readLedger = (text: string | undefined): ReadLedger => {
  const ledger = new Map<string, Entry>();
  if (text === undefined) return { ledger, compiler: undefined, broken: false };
  const [head = "", ...lines] = text.split(/\r?\n/);
  const version = /^portable\.lock (\d+) (\S+)$/.exec(head);
  if (version && version[1] !== "1")
    throw new Mismatch(`${ledgerPath} was written by a newer version (${version[2]}) of portable`);
  let broken = !version;
  for (const line of lines) {
    if (line === "") continue;
    const [at, id, targets, outside] = line.split("\t");
    if (!at || !/^(?:[0-9a-f]{40}|-)$/.test(id ?? "") || !/^[\w,-]*$/.test(targets ?? "\0")) {
      broken = true;
      continue;
    }
    add(ledger, unescaped(at), {
      id: id!,
      targets: targets!.split(",").filter(Boolean),
      ...(outside !== undefined && { outside: unescaped(outside) }),
    });
  }
  return { ledger, compiler: version?.[2], broken };
};
