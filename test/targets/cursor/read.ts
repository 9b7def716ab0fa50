import { emptySpec, type Item, type Kind, type Spec } from "../../../src/core/spec.ts";
import { emptyWorld, type World } from "../../../src/core/surface.ts";
import { readTool } from "../../../src/spec/in-place.ts";
import { cursor } from "../../../src/targets/cursor.ts";

export const worldOf = (files: Record<string, string>): World => ({
  ...emptyWorld(),
  files: new Map(Object.entries(files)),
});
export const spec = (some: Partial<Spec>): Spec => ({ ...emptySpec(), ...some });

/** What Cursor's files mean: as the tool reads them, or (`meant`) as their author did; and what was said of them. */
export const read = (files: Record<string, string>, meant = false): { spec: Spec; said: string[] } => {
  const found = readTool(cursor, worldOf(files), meant);
  return { spec: found.spec, said: found.diagnostics.map((d) => `${d.code}: ${d.reason}`) };
};

/** The items of one kind, by name: what they hold and the tool's own keys. */
export const items = (files: Record<string, string>, kind: Kind, meant = false): Record<string, unknown> =>
  Object.fromEntries((read(files, meant).spec[kind] as Item[]).map((item) => [item.name, content(item)]));
const content = ({ name: _, at: __, ...rest }: Item): object => rest;
