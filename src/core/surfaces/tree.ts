import type { Change, Content } from "../change.ts";
import { same } from "../data.ts";
import { fileAddress, fileOf } from "../ledger.ts";
import type { Skill, SkillFile } from "../spec.ts";
import { changed, type Job, keysUnder, type Surface, type World } from "../surface.ts";
import { toLf } from "../text.ts";

/** The same bytes; texts in other line ends are the same text. */
const alike = (a: Content, b: Content): boolean =>
  typeof a === "string" && typeof b === "string" ? toLf(a) === toLf(b) : same(a, b);

/** Where a file stands that is wanted so already but for its line ends, it counts as what is wanted. */
const asHinted = (
  name: string,
  files: Record<string, SkillFile>,
  hints: readonly Skill[],
): Record<string, SkillFile> => {
  const wanted = hints.find((h) => h.name === name)?.files ?? {};
  return Object.fromEntries(
    Object.entries(files).map(([p, f]) => [
      p,
      Object.hasOwn(wanted, p) && alike(wanted[p]!.content, f.content)
        ? { ...f, content: wanted[p]!.content }
        : f,
    ]),
  );
};

/**
 * A folder per item, its files kept as bytes with their mode: `.claude/skills/{name}/`. Only folders with `mark` count. Files
 * that `leave` knows as items of another kind are none of it, unless a wanted item holds them as they stand.
 */
export const tree = (
  path: string,
  mark: string,
  leave: (path: string, world: World) => boolean = () => false,
): Surface<Skill> => {
  const head = path.split("{name}")[0]!;
  const partsOf = (p: string): [name: string, file: string] | undefined => {
    if (!p.startsWith(head)) return undefined;
    const cut = p.indexOf("/", head.length);
    return cut < 0 ? undefined : [p.slice(head.length, cut), p.slice(cut + 1)];
  };
  const writeFile = (
    name: string,
    file: string,
    { content, exec }: SkillFile,
    world: World,
    job: Job,
  ): Change[] => {
    const p = `${head}${name}/${file}`;
    const at = fileAddress(p);
    const prior = world.files.get(p);
    const stands = prior !== undefined && alike(prior, content);
    const mode = !!exec === world.exec.has(p) ? undefined : !!exec;
    if ((!stands || mode !== undefined) && !job.may({ at, prior, next: content, item: name })) return [];
    job.owns(at, content);
    return changed(world, p, stands ? prior : content, mode);
  };
  return {
    path,
    slot: path,
    fields: [{ path: ["overrides"], note: "a skill's files are kept as they are" }],
    reads: [{ folder: head.replace(/\/$/, ""), deep: true }],
    read: (world, reading) => {
      const by = new Map<string, Record<string, SkillFile>>();
      const hints = new Map((reading.hints ?? []).map((i) => [i.name, (i as Skill).files]));
      for (const p of keysUnder(world.files, head)) {
        const content = world.files.get(p)!;
        const parts = partsOf(p);
        const hint = parts && hints.get(parts[0])?.[parts[1]];
        if (!parts || (!(hint && alike(hint.content, content)) && leave(p, world))) continue;
        const files = by.get(parts[0]) ?? {};
        files[parts[1]] = { content, ...(world.exec.has(p) && { exec: true as const }) };
        by.set(parts[0], files);
      }
      return [...by].flatMap(([name, files]): Skill[] => {
        if (Object.hasOwn(files, mark))
          return [
            {
              name,
              files: asHinted(name, files, (reading.hints ?? []) as readonly Skill[]),
              at: fileAddress(`${head}${name}/`),
            },
          ];
        reading.unread?.(`${head}${name}/`, `no ${mark} in this folder`);
        return [];
      });
    },
    write: (items, world, job) => {
      const out: Change[] = [];
      const wanted = new Set<string>();
      for (const item of items as readonly Skill[]) {
        if (item.at === fileAddress(`${head}${item.name}/`)) continue;
        for (const [file, content] of Object.entries(item.files)) {
          wanted.add(fileAddress(`${head}${item.name}/${file}`));
          out.push(...writeFile(item.name, file, content, world, job));
        }
      }
      for (const at of keysUnder(world.ledger, fileAddress(head))) {
        const p = fileOf(at);
        if (at.includes("#") || !partsOf(p) || wanted.has(at) || leave(p, world)) continue;
        const prior = world.files.get(p);
        if (prior !== undefined && job.may({ at, prior, next: undefined }))
          out.push(...changed(world, p, undefined));
      }
      return out;
    },
  };
};
