import type { Change } from "../change.ts";
import { same } from "../data.ts";
import type { Item, Skill, SkillFile } from "../spec.ts";
import { changed, type Surface } from "../surface.ts";

/** A folder per item, its files kept as bytes with their mode: `.claude/skills/{name}/`. Only folders with `mark` count. */
export const tree = (path: string, mark: string): Surface<Skill> => {
  const head = path.split("{name}")[0]!;
  const partsOf = (p: string): [name: string, file: string] | undefined => {
    if (!p.startsWith(head)) return undefined;
    const cut = p.indexOf("/", head.length);
    return cut < 0 ? undefined : [p.slice(head.length, cut), p.slice(cut + 1)];
  };
  return {
    path,
    slot: path,
    fields: [],
    reads: [{ folder: head.replace(/\/$/, ""), deep: true }],
    read: (world, reading) => {
      const by = new Map<string, Record<string, SkillFile>>();
      for (const [p, content] of world.files) {
        const parts = partsOf(p);
        if (!parts) continue;
        const files = by.get(parts[0]) ?? {};
        files[parts[1]] = { content, ...(world.exec.has(p) && { exec: true as const }) };
        by.set(parts[0], files);
      }
      return [...by].flatMap(([name, files]): Skill[] => {
        if (Object.hasOwn(files, mark)) return [{ name, files, at: `${head}${name}/` }];
        reading.unread?.(`${head}${name}/`, `no ${mark} in this folder`);
        return [];
      });
    },
    write: (items, world, job) => {
      const out: Change[] = [];
      const wanted = new Set<string>();
      for (const item of items as readonly Skill[]) {
        if (item.at === `${head}${item.name}/`) continue;
        for (const [file, { content, exec }] of Object.entries(item.files)) {
          const p = `${head}${item.name}/${file}`;
          wanted.add(p);
          const prior = world.files.get(p);
          const sameMode = !!exec === world.exec.has(p);
          if (prior !== undefined && same(prior, content) && sameMode) job.owns(p, content);
          else if (job.may({ at: p, prior, next: content, item: (item as Item).name })) {
            job.owns(p, content);
            out.push(...(prior !== undefined && same(prior, content) ? [{ path: p, before: prior, after: content, exec: !!exec }] : changed(world, p, content, exec)));
          }
        }
      }
      for (const at of world.ledger.keys()) {
        if (at.includes("#") || !partsOf(at) || wanted.has(at)) continue;
        const prior = world.files.get(at);
        if (prior !== undefined && job.may({ at, prior, next: undefined })) out.push(...changed(world, at, undefined));
      }
      return out;
    },
  };
};
