import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Mismatch } from "../../src/core/data.ts";
import type { Spec } from "../../src/core/spec.ts";
import { kinds } from "../../src/core/spec.ts";
import type { World } from "../../src/core/surface.ts";
import { yaml } from "../../src/formats/yaml.ts";
import validate, { type Fault } from "../../src/generated/spec-validator.js";
import { optionsCodec } from "../../src/spec/option-shape.ts";
import { specSchema } from "../../src/spec/schema.ts";
import { specFile, specSurfaces, yamlKinds } from "../../src/spec/surfaces.ts";
import { targetIds } from "../../src/targets/index.ts";
import { spec as anySpec } from "../arbitraries.ts";
import { written } from "./written.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Doc = { [key: string]: Json };
type Path = (string | number)[];

/** The codecs read all of the document. */
const codecsAccept = (doc: Doc): boolean => {
  const files = new Map([[specFile, JSON.stringify(doc, null, 1)]]);
  const world: World = { files, exec: new Set(), links: new Map(), ledger: new Map() };
  let unread = 0;
  const note = (): void => void unread++;
  try {
    optionsCodec.get(yaml.parse(files.get(specFile)!), { skipped: note });
  } catch (e) {
    if (!(e instanceof Mismatch)) throw e;
    return false;
  }
  for (const kind of yamlKinds) specSurfaces[kind].read(world, { target: "spec", unread: note });
  return unread === 0;
};

const pathsIn = (v: Json, at: Path = []): Path[] => {
  const inner = Array.isArray(v)
    ? v.map((x, i) => [i, x] as const)
    : typeof v === "object" && v !== null
      ? Object.entries(v)
      : [];
  return [...(at.length ? [at] : []), ...inner.flatMap(([k, x]) => pathsIn(x, [...at, k]))];
};
const changed = (v: Json, [head, ...rest]: Path, to: Json | undefined): Json => {
  if (Array.isArray(v))
    return v.flatMap((x, i) =>
      i !== head ? [x] : rest.length ? [changed(x, rest, to)] : to === undefined ? [] : [to],
    );
  const map = v as Doc;
  const key = String(head);
  const { [key]: old, ...others } = map;
  if (rest.length) return { ...map, [key]: changed(old!, rest, to) };
  return to === undefined ? others : { ...map, [key]: to };
};

const documentOf = (spec: Spec): Doc => yaml.parse(written(spec).files.get(specFile) as string) as Doc;
const values: fc.Arbitrary<Json | undefined> = fc.constantFrom<(Json | undefined)[]>(
  undefined,
  null,
  true,
  0,
  12,
  -1,
  1.5,
  "x",
  "",
  "1",
  [],
  ["x"],
  [1],
  [null],
  [[]],
  {},
  { x: 1 },
  { type: "http" },
  { type: "nope" },
);
const mutated: fc.Arbitrary<Doc> = anySpec.chain((spec) => {
  const doc = documentOf(spec);
  const paths = pathsIn(doc);
  return fc.tuple(fc.constantFrom(...paths), values).map(([path, to]) => changed(doc, path, to) as Doc);
});

/**
 * What only the schema says: that a section or a row has the wrong form (the surfaces read what is in a section and pass by
 * what is none), and which targets there are. The loader asks the schema first.
 */
const SECTION =
  /^\/(?:(?:mcpServers|retrieval|providers|models|hooks)(?:\/[^/]+)?|ignore(?:\/\d+)?|settings(?:\/[^/]+)?|permissions(?:\/[^/]+)?|skills)$/;
const isNull = (doc: Doc, pointer: string): boolean =>
  pointer
    .split("/")
    .slice(1)
    .map((s) => s.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<any>((v, k) => v?.[k], doc) === null;
const schemaAlone = (f: Fault, doc: Doc): boolean =>
  isNull(doc, f.instancePath) ||
  f.keyword === "additionalProperties" ||
  (f.keyword === "type" && SECTION.test(f.instancePath)) ||
  (f.keyword === "enum" && /^\/(?:targets|from)\b/.test(f.instancePath)) ||
  (/^\/(?:targets|from)$/.test(f.instancePath) && typeof doc[f.instancePath.slice(1)] === "string");
const isOnlySchema = (doc: Doc): boolean => (validate.errors ?? []).every((f) => schemaAlone(f, doc));

describe("the schema and the codecs", () => {
  test("both accept whatever the spec's surfaces write", () => {
    fc.assert(
      fc.property(anySpec, (spec) => {
        const doc = documentOf(spec);
        expect(validate(doc), JSON.stringify(validate.errors)).toBe(true);
        expect(codecsAccept(doc)).toBe(true);
      }),
      { numRuns: 60, seed: 20261122, endOnFailure: true },
    );
  });

  test("say the same of a document with one place changed", () => {
    let refused = 0;
    fc.assert(
      fc.property(mutated, (doc) => {
        const schema = validate(doc);
        const alone = !schema && isOnlySchema(doc);
        if (alone) return;
        if (!schema) refused++;
        expect(
          { codecs: codecsAccept(doc), doc },
          `the schema says ${schema}: ${JSON.stringify(validate.errors)}`,
        ).toEqual({ codecs: schema, doc });
      }),
      { numRuns: 200, seed: 20261122, endOnFailure: true },
    );
    expect(refused).toBeGreaterThan(100);
  });

  test("an unknown key is refused wherever keys are named", () => {
    fc.assert(
      fc.property(anySpec, (spec) => {
        for (const path of ["", "mcpServers", "retrieval", "providers", "models", "hooks"]) {
          const doc = documentOf(spec);
          const under = path === "" ? doc : Object.values((doc[path] ?? {}) as Record<string, Doc>)[0];
          if (!under) continue;
          under["no-such-key"] = "x";
          expect(validate(doc), path).toBe(false);
        }
      }),
      { numRuns: 30, seed: 20261122, endOnFailure: true },
    );
  });
});

describe("the published schema", () => {
  const published = readFileSync(join(import.meta.dirname, "../../schemas/portable.schema.json"), "utf8");

  test("is the one that the code gives (npm run build)", () =>
    expect(published).toBe(`${JSON.stringify(specSchema(targetIds), null, 2)}\n`));

  test("names every part of portable.yaml", () => {
    const names = Object.keys(JSON.parse(published).properties);
    expect(names).toEqual(
      expect.arrayContaining([
        "portable",
        "targets",
        "from",
        "rules",
        "outputs",
        "accept",
        "proxy",
        "mcpServers",
        "retrieval",
        "providers",
        "models",
        "hooks",
        "permissions",
        "ignore",
        "settings",
        "skills",
      ]),
    );
    expect(kinds.length).toBeGreaterThan(0);
  });
});
