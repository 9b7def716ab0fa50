import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { build } from "../src/commands/build.ts";
import type { Result } from "../src/commands/context.ts";
import { importTools } from "../src/commands/import.ts";
import { init } from "../src/commands/init.ts";
import { loadProject } from "../src/commands/project.ts";
import { verify } from "../src/commands/verify.ts";
import { isUnread } from "../src/core/data.ts";
import type { Diagnostic } from "../src/core/diagnostic.ts";
import { fileOf } from "../src/core/ledger.ts";
import { held, type Item, kinds } from "../src/core/spec.ts";
import { surfacesOf } from "../src/core/target.ts";
import { read } from "../src/disk/snapshot.ts";
import { readTool } from "../src/spec/in-place.ts";
import { targets } from "../src/targets/index.ts";
import {
  age,
  append,
  type CorpusFile,
  type CorpusProject,
  checkout,
  corpus,
  formatFor,
  isBookkeeping,
  isToolFile,
  LINE,
  lineDiff,
  NO_CORPUS,
  projects,
  realFile,
  removeCheckouts,
  standing,
  table,
  totals,
  tree,
  young,
} from "./corpus.ts";

/** Leaves of plain data, and those among them that no dialect could read. */
const leaves = (value: unknown): { read: number; unread: number } => {
  if (isUnread(value)) return { read: 0, unread: 1 };
  if (typeof value !== "object" || value === null || value instanceof Uint8Array)
    return { read: 1, unread: 0 };
  const inner = Object.values(value).map(leaves);
  return { read: inner.reduce((n, l) => n + l.read, 0), unread: inner.reduce((n, l) => n + l.unread, 0) };
};

afterAll(removeCheckouts);

describe.skipIf(corpus.length === 0)(`formats on real files (${NO_CORPUS})`, () => {
  test("every file is read, and an edit that changes nothing gives its bytes back", () => {
    const counts = new Map<string, [files: number, keys: number, read: number, unread: number]>();
    for (const file of corpus) {
      const { folder, path, kind, text } = file;
      const format = formatFor(file);
      const data = format.parse(text);
      const edits = Object.entries(data).map(([key, value]) => ({ path: [key], value }));
      expect(format.edit(text, []), `${folder}/${path}`).toBe(text);
      expect(format.edit(text, edits), `${folder}/${path}`).toBe(text);
      const { read, unread } = leaves(data);
      const [files, keys, r, u] = counts.get(kind) ?? [0, 0, 0, 0];
      counts.set(kind, [files + 1, keys + edits.length, r + read, u + unread]);
    }
    const rows = [...counts].sort().map(([kind, row]) => [kind, ...row]);
    totals("formats", ["kind", "files", "keys", "values read", "left verbatim"], rows);
    expect(corpus.length).toBe(285);
  });
});

const expectUntouched = (project: CorpusProject, root: string): void => {
  for (const file of project.files) {
    const was = file.link === undefined ? readFileSync(file.source, "latin1") : `-> ${file.link}`;
    expect(standing(root, file.path), `${project.name}/${file.path}`).toBe(was);
  }
};

const said = (r: Result): string => `exit ${r.exit}\n${r.text}`;
const expectClean = (what: string, r: Result): void => expect(r.exit, `${what}: ${said(r)}`).toBe(0);

/** Builds, verifies and builds again: the first build touches no source, the second touches nothing. */
const settle = (project: CorpusProject, root: string): void => {
  expectClean(`${project.name}, build`, build({ cwd: root }));
  expectUntouched(project, root);
  expectClean(`${project.name}, verify`, verify({ cwd: root }));
  age(root);
  expectClean(`${project.name}, second build`, build({ cwd: root }));
  expect(young(root), `${project.name}: written by a second build`).toEqual([]);
};

/** The items of a loaded project by the file they were read from, as the spec sees them. */
const itemsByFile = (root: string): Map<string, Item[]> => {
  const out = new Map<string, Item[]>();
  for (const { prefix, spec } of loadProject(root).folders)
    for (const item of kinds.flatMap((kind) => spec[kind] as Item[])) {
      if (item.at === undefined) continue;
      const path = prefix + fileOf(item.at);
      out.set(path, [...(out.get(path) ?? []), item]);
    }
  return out;
};

/** What a file gave; a skill is a whole folder. */
const itemsOf = (items: ReadonlyMap<string, Item[]>, path = ""): Item[] | undefined =>
  items.get(path) ?? items.get(path.replace(/[^/]*$/, ""));

/** What a command said of a file. */
const toldOf = (r: Result, file: CorpusFile): Diagnostic[] =>
  r.diagnostics.filter((d) => d.place?.file === file.path);

/** Why a file gives no item: what the command said of it, or that it holds nothing; undefined: it should give one. */
const reasonFor = (r: Result, file: CorpusFile): string | undefined => {
  const told = toldOf(r, file)[0]?.reason;
  if (told !== undefined || !file.path.endsWith(".json")) return told;
  return leaves(formatFor(file).parse(file.text)).read === 0 ? "it holds no value" : undefined;
};

/** Appends a line to a file of the spec and builds: each output that changes gains that line and loses none. */
const outputsGaining = (project: CorpusProject, root: string, path: string): string[] => {
  append(root, path);
  const before = tree(root);
  expectClean(`${project.name}, build after a line in ${path}`, build({ cwd: root }));
  const after = tree(root);
  expect([...after.keys()]).toEqual([...before.keys()]);
  const changed = [...after.keys()].filter((p) => after.get(p) !== before.get(p) && !isBookkeeping(p));
  for (const p of changed)
    expect(lineDiff(before.get(p)!, after.get(p)!), `${project.name}, ${p} after a line in ${path}`).toEqual({
      gone: [],
      come: [LINE],
    });
  expectClean(`${project.name}, verify after a line in ${path}`, verify({ cwd: root }));
  return changed;
};

const GUEST = ".portable/rules/a-guest.md";
/** A rule of the spec comes to where files stand in place: no line goes, and when the rule goes, all is as before. */
const expectGuest = (project: CorpusProject, root: string): number => {
  // a region needs the line above it to end, so a final newline may stay
  const outputs = (): Map<string, string> =>
    new Map(
      [...tree(root)].flatMap(([path, text]) =>
        isBookkeeping(path) ? [] : [[path, text.replace(/\r?\n$/, "")] as const],
      ),
    );
  const before = outputs();
  mkdirSync(join(root, dirname(GUEST)), { recursive: true });
  writeFileSync(join(root, GUEST), "A guest that leaves again.\n");
  expectClean(`${project.name}, build with a guest`, build({ cwd: root }));
  for (const { path } of project.files)
    expect(lineDiff(before.get(path)!, outputs().get(path)!).gone, `${path} with a guest`).toEqual([]);
  const gains = outputsGaining(project, root, GUEST).length;
  expect(gains, `${project.name}: nothing shows the guest`).toBeGreaterThan(0);
  rmSync(join(root, GUEST));
  expectClean(`${project.name}, build without the guest`, build({ cwd: root }));
  expect(outputs(), `${project.name}, without the guest`).toEqual(before);
  return gains;
};

/** What the tools read in a tree, by tool, kind and name. */
const asRead = (project: CorpusProject, root: string): Record<string, unknown> =>
  Object.fromEntries(
    targets
      .filter((t) => project.tools.includes(t.id))
      .flatMap((t) => {
        const files = read(
          root,
          surfacesOf(t).flatMap((s) => s.place.reads),
        );
        const { spec } = readTool(t, { ...files, ledger: new Map() }, true);
        return kinds.flatMap((kind) => (spec[kind] as Item[]).map((i) => [`${t.id} ${kind} ${i.name}`, i]));
      }),
  );

/** Every output is lost: the spec alone gives files that say the same. */
const expectRebuilt = (project: CorpusProject, root: string): void => {
  const before = asRead(project, root);
  for (const at of loadProject(root).lock.ledger.keys())
    if (!at.includes("#") || /\.json$/.test(fileOf(at))) rmSync(join(root, fileOf(at)), { force: true });
  expectClean(`${project.name}, build of what was lost`, build({ cwd: root }));
  expect(asRead(project, root), project.name).toEqual(before);
};

const specRules = (root: string): string[] =>
  [...tree(root).keys()].filter((p) => /^\.portable\/rules\/.+\.md$/.test(p));
const pagesInPlace = (root: string): string[] => {
  const pages = loadProject(root).folders.flatMap(({ prefix, spec }) =>
    spec.rule.flatMap((r) => (r.at === undefined || r.at.includes("#") ? [] : [prefix + fileOf(r.at)])),
  );
  return [...new Set(pages)];
};
const itemCount = (root: string): number =>
  loadProject(root).folders.reduce(
    (n, { spec }) => n + kinds.reduce((m, kind) => m + spec[kind].length, 0),
    0,
  );

type Row = (string | number)[];
const HEAD = [
  "project",
  "files",
  "items",
  "reported",
  "no item",
  "built",
  "rules +1 line",
  "outputs +1 line",
];

describe.skipIf(corpus.length === 0)(
  `projects with files of Claude Code and AGENTS.md (${NO_CORPUS})`,
  () => {
    const all = projects();
    const imported: Row[] = [];
    const inPlace: Row[] = [];
    const byKind = new Map<string, number[]>();
    const reasons = new Map<string, string>();
    const count = (kind: string, add: readonly number[]): void => {
      const old = byKind.get(kind) ?? add.map(() => 0);
      byKind.set(
        kind,
        add.map((n, i) => n + old[i]!),
      );
    };

    test("each such file is in exactly one project", () => {
      const places = all.flatMap((p) => p.files.filter(isToolFile).map((f) => f.source));
      expect([...places].sort()).toEqual(
        corpus
          .filter(isToolFile)
          .map((f) => f.source)
          .sort(),
      );
    });

    /** Files that give no item; each must have a reason. */
    const without = (
      project: CorpusProject,
      r: Result,
      gives: (file: CorpusFile) => boolean,
    ): CorpusFile[] => {
      const none = project.files.filter((f) => isToolFile(f) && !gives(f));
      for (const file of none) {
        const reason = reasonFor(r, file);
        expect(reason, `${project.name}/${file.path}: no item and no reason`).toBeDefined();
        reasons.set(`${project.name}/${file.path}`, reason!);
      }
      return none;
    };
    const own = (project: CorpusProject): CorpusFile[] => project.files.filter(isToolFile);
    const built = (project: CorpusProject, root: string): string[] =>
      [...tree(root).keys()].filter((p) => !isBookkeeping(p) && !project.files.some((f) => f.path === p));

    test.each(all)("import, $name", (project) => {
      const root = checkout(project);
      const before = tree(root);
      const taken = importTools({ cwd: root }, project.tools);
      const ours = new Set([...loadProject(root).lock.ledger.keys()].map(fileOf));
      const pages = new Set(taken.data["pages"] as string[] | undefined);
      const stands = (path: string | undefined): boolean =>
        path !== undefined && (ours.has(path) || pages.has(path));
      const none = without(project, taken, (f) => stands(f.path) || stands(realFile(project, f)?.path));
      for (const f of own(project))
        count(f.kind, [0, 0, 0, 0, toldOf(taken, f).length, none.includes(f) ? 1 : 0]);
      const told = own(project).reduce((n, f) => n + toldOf(taken, f).length, 0);
      if (none.length === own(project).length) {
        expect(taken.diagnostics.map((d) => d.code)).toContain("import/nothing");
        expect(tree(root)).toEqual(before);
        imported.push([project.name, own(project).length, 0, told, none.length, 0, 0, 0]);
        return;
      }
      expectClean(`${project.name}, import`, taken);
      expectUntouched(project, root);
      const items = itemCount(root);
      settle(project, root);
      const outputs = built(project, root);
      const rules = specRules(root);
      let gains = 0;
      for (const path of rules) {
        const changed = outputsGaining(project, root, path);
        expect(changed.length, `${project.name}: no output shows the line in ${path}`).toBeGreaterThan(0);
        gains += changed.length;
      }
      expectRebuilt(project, root);
      imported.push([
        project.name,
        own(project).length,
        items,
        told,
        none.length,
        outputs.length,
        rules.length,
        gains,
      ]);
    });

    test.each(all)("in place, $name", (project) => {
      const root = checkout(project);
      const begun = init({ cwd: root, from: project.tools.join(",") });
      expectClean(`${project.name}, init`, begun);
      const items = itemsByFile(root);
      const none = without(
        project,
        begun,
        (f) => !!(itemsOf(items, f.path) ?? itemsOf(items, realFile(project, f)?.path)),
      );
      for (const file of own(project)) {
        const mine = file.link === undefined ? (itemsOf(items, file.path) ?? []) : [];
        const fields = leaves(mine.map((i) => held(i as never))).read;
        const kept = leaves(mine.map((i) => i.overrides ?? {})).read;
        count(file.kind, [1, mine.length, fields, kept, 0, 0]);
      }
      settle(project, root);
      const outputs = built(project, root);
      const pages = pagesInPlace(root);
      const guest = expectGuest(project, root);
      const gains = pages.reduce((n, path) => n + outputsGaining(project, root, path).length, guest);
      const told = own(project).reduce((n, f) => n + toldOf(begun, f).length, 0);
      inPlace.push([
        project.name,
        own(project).length,
        itemCount(root),
        told,
        none.length,
        outputs.length,
        pages.length,
        gains,
      ]);
    });

    afterAll(() => {
      const rows = [...byKind].sort().map(([kind, row]) => [kind, ...row]);
      totals(
        "Claude Code and AGENTS.md, by kind",
        ["kind", "files", "items", "fields read", "own keys kept", "reported", "no item"],
        rows,
      );
      table("files without an item", ["file", "reason"], [...reasons]);
      totals("import, build, verify, build", HEAD, imported);
      totals("in place (from:), build, verify, build", HEAD, inPlace);
    });
  },
);
