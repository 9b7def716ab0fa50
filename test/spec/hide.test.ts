import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Item, type Kind, kinds, type Spec } from "../../src/core/spec.ts";
import { literalsOf, secretOf } from "../../src/spec/check.ts";
import { hide } from "../../src/spec/hide.ts";
import { spec as anySpec } from "../arbitraries.ts";

const key = ["sk", "ant", "api03", "Kp4sTd".repeat(7)].join("-");

/** Words of ours, not of the user. */
const ours = new Set(["type", "on", "effect", "arg"]);
const isOurs = (key: string, v: unknown): boolean =>
  ours.has(key) || (key === "env" && typeof v === "string");
const inner = (v: object): [string, unknown][] => Object.entries(v).filter(([k, x]) => !isOurs(k, x));

/** Every text of a value, and the value with the n-th replaced. */
const textsIn = (v: unknown): number => {
  if (typeof v === "string") return 1;
  return typeof v === "object" && v !== null && !(v instanceof Uint8Array)
    ? inner(v).reduce<number>((n, [, x]) => n + textsIn(x), 0)
    : 0;
};
const withText = (v: unknown, n: number, to: (old: string) => string): unknown => {
  if (typeof v === "string") return n === 0 ? to(v) : v;
  if (typeof v !== "object" || v === null || v instanceof Uint8Array) return v;
  let left = n;
  const out = Object.entries(v).map(([k, x]) => {
    if (isOurs(k, x)) return [k, x] as const;
    const changed = withText(x, left, to);
    left -= textsIn(x);
    return [k, changed] as const;
  });
  return Array.isArray(v) ? out.map(([, x]) => x) : Object.fromEntries(out);
};

const anyItem = fc.tuple(anySpec, fc.nat()).chain(([spec, n]) => {
  const all = kinds.flatMap((kind) =>
    (spec as Spec)[kind].map((item) => [kind, item as Item] as [Kind, Item]),
  );
  return all.length
    ? fc.constant(all[n % all.length]!)
    : fc.constant<[Kind, Item]>(["rule", { name: "a", apply: { on: "always" }, body: "x" }]);
});

describe("a secret in an item", () => {
  test("is never in what import writes", () => {
    let hidden = 0;
    fc.assert(
      fc.property(anyItem, fc.nat(), fc.constantFrom("", " x "), ([kind, item], n, around) => {
        const { name, ...rest } = item;
        const exposed = {
          name,
          ...(withText(rest, n % Math.max(1, textsIn(rest)), () => around + key + around) as object),
        } as Item;
        const out = hide(kind, exposed);
        if (out.item && out.found.length) hidden++;
        expect(JSON.stringify(out.item ?? "")).not.toContain(key);
        expect(JSON.stringify(out.found.map(({ kind: k, variable }) => [k, variable]))).not.toContain(key);
      }),
      { numRuns: 200, seed: 20261122 },
    );
    expect(hidden).toBeGreaterThan(50);
  });

  test("an item without one is the same object", () => {
    fc.assert(
      fc.property(anyItem, ([kind, item]) => {
        if (literalsOf(kind, item).some((l) => secretOf(l))) return;
        expect(hide(kind, item).item).toBe(item);
      }),
      { numRuns: 100, seed: 20261122 },
    );
  });

  test("what stands around it is kept", () => {
    const server = (v: string): Item =>
      ({
        name: "db",
        transport: { type: "http", url: ["https://x.example"], headers: { Authorization: [v] } },
      }) as Item;
    const headers = (i: Item | undefined) => (i as any).transport.headers.Authorization;
    expect(headers(hide("server", server(`Bearer ${key}`)).item)).toEqual([
      "Bearer ",
      { env: "DB_AUTHORIZATION" },
    ]);
    const rule = { name: "a", apply: { on: "always" }, body: `Call it with ${key}, twice: ${key}.` } as Item;
    expect((hide("rule", rule).item as any).body).toBe("Call it with ${A_KEY}, twice: ${A_KEY}.");
    const fallback = {
      name: "db",
      transport: { type: "stdio", command: ["x"], env: { TOKEN: [{ env: "TOKEN", or: key }] } },
    } as unknown as Item;
    expect((hide("server", fallback).item as any).transport.env.TOKEN).toEqual([{ env: "TOKEN" }]);
  });
});
