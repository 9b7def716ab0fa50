import { attempt, type Codec } from "../codec.ts";
import type { Data } from "../data.ts";
import { canonical, idOf } from "../own.ts";
import type { World } from "../surface.ts";
import type { Row, RowsOptions } from "./rows.ts";

/** A row that is looked for; without data the tool cannot say it. */
export interface Hint {
  name: string;
  data: Data | undefined;
}
export interface Naming {
  names: Map<Row, string>;
  taken: Set<string>;
}

/**
 * Gives each row a name: the file's own, else that of the row we wrote there, else that of the item it says, in
 * whatever spelling, else of an item with the same key. Each name is given once.
 */
export const naming = (
  rows: readonly Row[],
  prefix: string,
  world: World,
  hints: readonly Hint[],
  codec: Codec<any>,
  options: RowsOptions,
): Naming => {
  const names = new Map<Row, string>();
  const taken = new Set<string>();
  const give = (row: Row, name: string): void => {
    names.set(row, name);
    taken.add(name);
  };
  /** Gives names to nameless rows that agree in a key. */
  const pair = (wanted: readonly [name: string, key: string][], keyOf: (data: Data) => string): void => {
    const open = new Map<string, Row[]>();
    for (const row of rows)
      if (!names.has(row)) open.set(keyOf(row.data), [...(open.get(keyOf(row.data)) ?? []), row]);
    for (const [name, key] of wanted) {
      const row = taken.has(name) ? undefined : open.get(key)?.shift();
      if (row) give(row, name);
    }
  };
  const said = hints.flatMap((h) => (h.data ? [[h.name, h.data] as const] : []));
  for (const row of rows) if (row.name !== undefined) give(row, row.name);
  if (names.size === rows.length) return { names, taken };
  pair(
    [...world.ledger]
      .filter(([at]) => at.startsWith(prefix))
      .map(([at, e]) => [at.slice(prefix.length), e.id]),
    idOf,
  );
  pair(
    said.map(([name, data]) => [name, canonical(data)]),
    canonical,
  );
  /** Two spellings of one meaning agree; a row that cannot be read agrees with nothing but itself. */
  const meaning = (data: Data): string => canonical(attempt(() => codec.get(data)) ?? data);
  pair(
    said.map(([name, data]) => [name, meaning(data)]),
    meaning,
  );
  if (options.key)
    pair(
      said.map(([name, data]) => [name, options.key!(data)]),
      options.key,
    );
  return { names, taken };
};
