import { same } from "../data.ts";
import { addressOf, fileAddress } from "../ledger.ts";
import { held, type Item, type Rule } from "../spec.ts";
import { applied, type Job, keysUnder, realPath, type Surface, type World } from "../surface.ts";

/** Where the paths of the pages stand: rows that are words, `.aider.conf.yml` -> `read`. */
export interface Carrier {
  rows: Surface<Item>;
  file: string;
  at: readonly string[];
}

const plain = (path: string): string => path.replace(/^\.\//, "");

/**
 * A page that a tool loads because a list of paths names it; one that is not in the list is not read. Rules that `shared` shows
 * as this tool wants them, and nothing else, are loaded from there, so that the text is written once. Paths that
 * stand in the list already are their author's.
 */
export const listed = (own: Surface<Rule>, shared: Surface<Rule>, carrier: Carrier): Surface<Rule> => {
  const namedIn = (world: World): Map<string, string> =>
    new Map(carrier.rows.read(world, { target: "" }).map((row) => [plain(row.name), row.name]));
  const read: Surface<Rule>["read"] = (world, reading) => {
    const named = namedIn(world);
    const rules = [own, shared].flatMap((p) => (named.has(p.path) ? p.read(world, reading) : []));
    return rules.filter((r, i) => rules.findIndex((o) => o.name === r.name) === i);
  };
  /** What the shared page shows: as this plan has it, or as it stands where it is nobody's to write. */
  const shownIn = (items: readonly Rule[], world: World, job: Job): ReadonlyMap<string, Item> => {
    const planned = job.holds(shared);
    const atHome = items.some(
      (i) => i.at !== undefined && realPath(world, i.at) === realPath(world, shared.path),
    );
    if (planned.size || !atHome) return planned;
    const standing = shared.read(world, { target: job.readers[0] ?? "", hints: items });
    return new Map(standing.map((r) => [r.name, r]));
  };
  const loaded = (items: readonly Rule[], world: World, job: Job): ReadonlySet<string> => {
    if (realPath(world, shared.path) === realPath(world, own.path)) return new Set();
    const wanted = new Map(items.map((i) => [i.name, i]));
    const shown = [...shownIn(items, world, job).values()] as Rule[];
    const alike = (r: Rule): boolean => wanted.has(r.name) && same(held(r), held(wanted.get(r.name)!));
    return new Set(shown.every(alike) ? shown.map((r) => r.name) : []);
  };
  const isOursIn = ({ ledger }: World): boolean =>
    ledger.has(fileAddress(own.path)) || keysUnder(ledger, addressOf(own.path, ["rule"], "")).length > 0;
  /** The row as ours to write, or as one that stands there and is not. */
  const rowOf = (path: string, world: World): Item => {
    const name = namedIn(world).get(path) ?? path;
    const at = addressOf(carrier.file, carrier.at, name);
    return namedIn(world).has(path) && !world.ledger.has(at) ? { name, at } : { name };
  };
  return {
    ...own,
    through: shared,
    reads: [...own.reads, ...shared.reads],
    read,
    write: (items, world, job) => {
      const elsewhere = loaded(items, world, job);
      const mine = items.filter((i) => !elsewhere.has(i.name));
      let holds = mine.some((i) => i.at !== undefined && realPath(world, i.at) === realPath(world, own.path));
      const owns: Job["owns"] = (...unit) => {
        holds = true;
        job.owns(...unit);
      };
      const changes = own.write(mine, world, { ...job, owns });
      const now = applied(world, changes);
      // somebody edited it: what stands there is still what we wrote
      holds ||= mine.length > 0 && now.files.has(own.path) && isOursIn(world);
      const pages = [...(elsewhere.size ? [shared.path] : []), ...(holds ? [own.path] : [])];
      return [
        ...changes,
        ...carrier.rows.write(
          pages.map((p) => rowOf(p, now)),
          now,
          job,
        ),
      ];
    },
  };
};
