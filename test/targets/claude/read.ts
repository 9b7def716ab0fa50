import { emptySpec, type Item, type Kind, kinds, type Spec } from "../../../src/core/spec.ts";
import { emptyWorld, type World } from "../../../src/core/surface.ts";
import { readTool } from "../../../src/spec/in-place.ts";
import { claude } from "../../../src/targets/claude.ts";

export const worldOf = (files: Record<string, string>): World => ({
  ...emptyWorld(),
  files: new Map(Object.entries(files)),
});

export interface Read {
  spec: Spec;
  /** Codes and texts of what was said. */
  said: string[];
}

/** What Claude Code's files mean: as the tool reads them, or (`meant`) as their author did. */
export const read = (files: Record<string, string>, meant = false): Read => {
  const { spec, diagnostics } = readTool(claude, worldOf(files), meant);
  return { spec, said: diagnostics.map((d) => `${d.code}: ${d.reason}`) };
};

/** The items of one kind, by name: what they hold and the tool's own keys. */
export const items = (files: Record<string, string>, kind: Kind, meant = false): Record<string, unknown> =>
  Object.fromEntries((read(files, meant).spec[kind] as Item[]).map((item) => [item.name, content(item)]));

const content = ({ name: _, at: __, targets: ___, paths: ____, ...rest }: Item): object => rest;

/** Nothing but this kind was found. */
export const others = (spec: Spec, ...kept: Kind[]): Kind[] =>
  kinds.filter((k) => !kept.includes(k) && spec[k].length > emptySpec()[k].length);
