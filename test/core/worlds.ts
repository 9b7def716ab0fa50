import { printLedger, readLedger } from "../../src/core/ledger.ts";
import { type Plan, type PlanInput, plan } from "../../src/core/plan.ts";
import { drop } from "../../src/core/shape.ts";
import { emptySpec, type Kind, type Kinds, type Rule, type Spec } from "../../src/core/spec.ts";
import { emptyWorld, type Surface, type World } from "../../src/core/surface.ts";
import { type Keeps, type Target, target } from "../../src/core/target.ts";

const nothing = drop("not kept");
/** A target that keeps what is given and nothing else. */
export const tool = (id: string, keeps: Partial<Keeps>, expandsImports = false): Target =>
  target({
    id,
    title: id,
    docs: "",
    checked: { version: "1", on: "2026-11-22" },
    expandsImports,
    signs: [],
    keeps: {
      rule: nothing,
      command: nothing,
      agent: nothing,
      skill: nothing,
      hook: nothing,
      permission: nothing,
      ignore: nothing,
      setting: nothing,
      server: nothing,
      retrieval: nothing,
      provider: nothing,
      model: nothing,
      ...keeps,
    },
  });

export const withFiles = (files: Record<string, string | Uint8Array>, more: Partial<World> = {}): World => ({
  ...emptyWorld(),
  files: new Map(Object.entries(files)),
  ...more,
});
export const files = (w: World): Record<string, unknown> => Object.fromEntries(w.files);
export const always = (name: string, body: string, more: Partial<Rule> = {}): Rule => ({
  name,
  apply: { on: "always" },
  body,
  ...more,
});

/** A spec with items of one kind. */
export const only = <K extends Kind>(kind: K, ...items: Kinds[K][]): Spec => ({
  ...emptySpec(),
  [kind]: items,
});

/** One tool with one place, and its builds one upon the other. */
export const place = <K extends Kind>(kind: K, surface: Surface<Kinds[K]>) => {
  const t = tool("claude", { [kind]: surface } as unknown as Partial<Keeps>);
  const build = (world: World, items: readonly Kinds[K][], more: Partial<PlanInput> = {}): Plan =>
    plan({ targets: [t], spec: only(kind, ...items), world, ...more });
  const read = (world: World): Kinds[K][] => surface.read(world, { target: t.id });
  return { build, read };
};
/** The tree as the next run finds it. */
export const next = (p: Plan): World => ({
  ...p.after,
  ledger: readLedger(printLedger(p.ledger, "0")).ledger,
});
