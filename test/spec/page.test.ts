import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { specPage } from "../../scripts/spec-page.ts";
import { about, meaningOf } from "../../src/spec/about.ts";
import { specSchema } from "../../src/spec/schema.ts";
import { headSchemas } from "../../src/spec/surfaces.ts";
import { targetIds } from "../../src/targets/index.ts";
import { inRepository, portable } from "./run.ts";

const page = specPage();
const schema = specSchema(targetIds) as { properties: Record<string, any> };
/** Every path of keys in a schema, as `about` names it. */
const pathsIn = (s: any, at: string): string[] => {
  const own = Object.entries(s?.properties ?? {}).flatMap(([k, v]) => {
    const path = at === "" ? k : `${at}.${k}`;
    return [path, ...pathsIn(v, path)];
  });
  const named = s?.additionalProperties?.properties ? pathsIn(s.additionalProperties, `${at}.*`) : [];
  const cases = (s?.anyOf ?? []).filter((c: any) => c.type === "object");
  return [
    ...own,
    ...named,
    ...(s?.items ? pathsIn(s.items, at) : []),
    ...cases.flatMap((c: any) => pathsIn(c, at)),
  ];
};
const known = [
  ...pathsIn(schema, ""),
  ...Object.entries(headSchemas()).flatMap(([kind, s]) => pathsIn(s, kind)),
].filter((path) => !path.endsWith(".body") || path.startsWith("retrieval"));

describe("docs/spec.md", () => {
  test("is what the schema gives", () =>
    expect(readFileSync(join(import.meta.dirname, "../../docs/spec.md"), "utf8")).toBe(page));

  test("says of every key what it is, and of no other", () => {
    expect(known.length).toBeGreaterThan(100);
    expect(known.filter((path) => !meaningOf(path))).toEqual([]);
    expect(Object.keys(about).filter((path) => !known.includes(path))).toEqual([]);
  });

  test("its examples are a spec", () => {
    const blocks = [...page.matchAll(/^## (.+)\n[\s\S]*?^```yaml\n([\s\S]*?)^```/gm)];
    expect(blocks.map(([, name]) => name)).toEqual(Object.keys(schema.properties));
    const doc = Object.assign({}, ...blocks.map(([, , text]) => parse(text!)));
    expect(Object.keys(doc)).toEqual(Object.keys(schema.properties));
    const heads = [...page.matchAll(/^## (\.portable\/\w+\/)NAME\.md\n[\s\S]*?^```md\n([\s\S]*?)^```/gm)];
    expect(heads).toHaveLength(3);
    const texts = Object.fromEntries(heads.map(([, folder, text]) => [`${folder}one.md`, text!]));
    return inRepository(
      {
        ...texts,
        "portable.yaml": JSON.stringify({ ...doc, from: [], gateway: "none" }),
        "docs/style.md": "A.\n",
        "docs/web.md": "B.\n",
        ".portable/skills/pdf/SKILL.md": "---\nname: pdf\ndescription: Reads PDFs\n---\n",
      },
      async (root) => {
        const { out, err } = await portable(root, "explain", "--json");
        expect(
          JSON.parse(out || err).diagnostics.filter((d: any) => d.level === "error" || /^spec/.test(d.code)),
        ).toEqual([]);
        const names = JSON.parse(out).data?.items ?? JSON.parse(out).items;
        expect(Object.keys(names)).toEqual(expect.arrayContaining(["rule", "command", "agent", "model"]));
      },
    );
  });
});
