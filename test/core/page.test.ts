import { describe, expect, test } from "vitest";
import { plan } from "../../src/core/plan.ts";
import type { Rule } from "../../src/core/spec.ts";
import { emptyWorld, type World } from "../../src/core/surface.ts";
import { page } from "../../src/core/surfaces/page.ts";
import { always, files, next, only, place, tool, withFiles } from "./worlds.ts";

const shared = page("AGENTS.md");
const own = page("CLAUDE.md", shared);
const agents = tool("agents", { rule: shared });
const claude = tool("claude", { rule: own }, true);
const { build, read } = place("rule", page("CLAUDE.md"));
const both = (world: World, ...rules: Rule[]) =>
  plan({ targets: [agents, claude], spec: only("rule", ...rules), world });
const region = (name: string, text: string, mark = "") =>
  `<!-- portable:rule ${name}${mark} -->\n${text}\n<!-- portable:end ${name} -->\n`;
const [a, b, c] = [always("a", "Be brief."), always("b", "Be kind."), always("c", "Be sure.")];

describe("a page of our own", () => {
  test("one rule is the page, several are regions, and back again", () => {
    const one = next(build(emptyWorld(), [a]));
    expect(files(one)).toEqual({ "CLAUDE.md": "Be brief.\n" });
    const two = next(build(one, [a, b]));
    expect(files(two)).toEqual({ "CLAUDE.md": `${region("a", "Be brief.")}\n${region("b", "Be kind.")}` });
    const back = next(build(two, [b]));
    expect(files(back)).toEqual({ "CLAUDE.md": "Be kind.\n" });
    expect(files(next(build(back, [])))).toEqual({});
    for (const [w, rules] of [
      [one, [a]],
      [two, [a, b]],
      [back, [b]],
    ] as const)
      expect(build(w, rules)).toMatchObject({ changes: [], drifts: [], losses: [] });
  });

  test("the only rule is renamed or rewritten", () => {
    const one = next(build(emptyWorld(), [a]));
    expect(read(next(build(one, [b])))).toMatchObject([{ name: "b", body: "Be kind." }]);
    expect(build(one, [b]).drifts).toMatchObject([{ cause: "stale", ours: true }]);
  });

  test("keeps its line ends when its text changes", () => {
    const one = next(build(emptyWorld(), [a]));
    const crlf = { ...one, files: new Map([["CLAUDE.md", "Be brief.\r\n"]]) };
    const p = build(crlf, [always("a", "Be\nkind.")]);
    expect(files(p.after)).toEqual({ "CLAUDE.md": "Be\r\nkind.\r\n" });
    expect(files(build(next(p), [always("a", "Be\nkind."), b]).after)["CLAUDE.md"]).not.toMatch(/(?<!\r)\n/);
  });

  test("an edited page is left alone, with its cause", () => {
    const one = next(build(emptyWorld(), [a]));
    const edited = withFiles({ "CLAUDE.md": "Be brief!\n" }, { ledger: one.ledger });
    for (const [rules, cause] of [
      [[a], "edited"],
      [[b], "conflict"],
      [[], "conflict"],
      [[a, b], "conflict"],
    ] as const) {
      const p = build(edited, rules);
      expect(p.drifts.filter((d) => d.at === "CLAUDE.md")).toMatchObject([{ cause, ours: false }]);
      expect(String(p.after.files.get("CLAUDE.md"))).toContain("Be brief!\n");
      expect(p.losses.filter((l) => !l.why)).toEqual([]);
      expect(build(next(p), [...rules]).changes).toEqual([]);
    }
    const beside = build(edited, [a, b]);
    expect(beside.after.files.get("CLAUDE.md")).toBe(`Be brief!\n\n${region("b", "Be kind.")}`);
    expect(beside.losses).toMatchObject([
      { name: "a", why: "CLAUDE.md is not ours to change", refused: true },
    ]);
    expect(files(build(edited, [b], { force: true }).after)).toEqual({ "CLAUDE.md": "Be kind.\n" });
  });

  test("an edited region is left alone, its neighbours are not", () => {
    const two = next(build(emptyWorld(), [a, b]));
    const text = String(two.files.get("CLAUDE.md")).replace("Be brief.", "Be brief!");
    const p = build(withFiles({ "CLAUDE.md": text }, { ledger: two.ledger }), [
      always("a", "Be short."),
      always("b", "Be nice."),
      c,
    ]);
    expect(p.after.files.get("CLAUDE.md")).toBe(
      `${region("a", "Be brief!")}\n${region("b", "Be nice.")}\n${region("c", "Be sure.")}`,
    );
    expect(p.losses).toMatchObject([
      { name: "a", field: ["body"], why: "CLAUDE.md is not ours to change", refused: true },
    ]);
    expect(p.ledger.get("CLAUDE.md#rule/a")).toEqual(two.ledger.get("CLAUDE.md#rule/a"));
    expect(
      build(withFiles({ "CLAUDE.md": text }, { ledger: two.ledger }), [b]).after.files.get("CLAUDE.md"),
    ).toContain("Be brief!");
  });

  test.each<[Rule, string]>([
    [{ ...a, apply: { on: "manual" } }, "> Applies only when it is asked for by name."],
    [{ ...a, apply: { on: "relevant" }, description: "x: y" }, "> Applies when this is relevant: x: y"],
    [{ ...a, apply: { on: "globs", globs: ["a/**", "*.{ts,tsx}"] } }, "> Applies to `a/**`, `*.{ts,tsx}`."],
  ])("a line says when a rule applies, and it reads back: %#", (rule, line) => {
    const p = build(emptyWorld(), [rule]);
    expect(p.after.files.get("CLAUDE.md")).toBe(region("a", `${line}\n\nBe brief.`, " when"));
    expect(read(p.after)).toMatchObject([{ ...rule, at: "CLAUDE.md#rule/a" }]);
    expect(p.losses).toMatchObject([{ field: ["apply"], weak: true }]);
  });

  test("a rule that only looks as if it had such a line, or a marker, is read as it is", () => {
    for (const body of [
      "> Applies to `x`.\n\nBe brief.",
      region("z", "x").trimEnd(),
      "<!-- portable:end a -->",
      "---\na: b\n---",
      "@AGENTS.md",
    ])
      for (const rules of [[always("a", body)], [always("a", body), b]]) {
        const p = build(emptyWorld(), rules);
        expect(read(next(p))).toMatchObject(rules);
        expect(build(next(p), rules).changes).toEqual([]);
      }
  });

  test("what a marker or a lead line cannot say is a loss with a reason", () => {
    const p = build(emptyWorld(), [always("x when", "A"), { ...b, apply: { on: "globs", globs: ["`"] } }, c]);
    expect(p.losses.map((l) => [l.name, l.why])).toEqual([
      ["x when", "a marker cannot hold this name"],
      ["b", "no words for when it applies"],
    ]);
    const later = build(next(build(emptyWorld(), [a, b, c])), [
      { ...b, apply: { on: "globs", globs: ["`"] } },
      a,
      c,
    ]);
    expect(later.after.files.get("CLAUDE.md")).not.toContain("kind");
  });
});

describe("a page of the user", () => {
  const mine = withFiles({ "CLAUDE.md": "\uFEFF\r\n# Mine\r\n\r\nText" });
  const home = always("CLAUDE", "# Mine\n\nText", { at: "CLAUDE.md" });

  test("is refused until it is imported or a rule in place", () => {
    const p = build(mine, [a, b]);
    expect(p.changes).toEqual([]);
    expect(p.drifts).toMatchObject([{ at: "CLAUDE.md", cause: "foreign", ours: false, item: "rule a, b" }]);
    expect(p.losses.map((l) => l.why)).toEqual([
      "CLAUDE.md is not ours to change",
      "CLAUDE.md is not ours to change",
    ]);
    expect(read(mine)).toMatchObject([{ name: "CLAUDE", body: "# Mine\n\nText", at: "CLAUDE.md" }]);
  });

  test("that says just what the spec says is ours from then on", () => {
    const p = build(withFiles({ "CLAUDE.md": "\r\nBe brief.\r\n" }), [a]);
    expect(p).toMatchObject({ changes: [], drifts: [], losses: [] });
    expect(p.ledger.get("CLAUDE.md")?.outside).toBe("a");
  });

  test("keeps its bytes as a rule in place, gets regions in its line ends, and loses them again", () => {
    expect(build(mine, [home])).toMatchObject({ changes: [], drifts: [], losses: [] });
    const p = build(mine, [home, a, b]);
    const text = String(p.after.files.get("CLAUDE.md"));
    expect(text.startsWith("\uFEFF\r\n# Mine\r\n\r\nText\r\n\r\n<!-- portable:rule a -->\r\n")).toBe(true);
    expect(text).not.toMatch(/(?<!\r)\n/);
    expect(p.losses).toEqual([]);
    expect(build(next(p), [home, a, b]).changes).toEqual([]);
    expect(read(next(p)).map((r) => r.name)).toEqual(["a", "b"]);
    expect(files(next(build(next(p), [home])))).toEqual(files(mine));
    expect(files(next(build(next(p), [])))).toEqual(files(mine));
  });

  test("keeps regions that are not ours", () => {
    const text = `# Mine\n\n${region("z", "Theirs")}`;
    for (const rules of [[a], [a, b], []])
      expect(build(withFiles({ "CLAUDE.md": text }), rules).after.files.get("CLAUDE.md")).toContain(
        region("z", "Theirs"),
      );
    const clash = build(withFiles({ "CLAUDE.md": region("a", "Theirs") }), [a]);
    expect(clash.changes).toEqual([]);
    expect(clash.losses).toMatchObject([{ name: "a", why: "CLAUDE.md is not ours to change" }]);
  });

  test.each([
    ["an end is missing", (t: string) => t.replace("<!-- portable:end a -->\n", "")],
    ["a beginning is missing", (t: string) => t.replace("<!-- portable:rule a -->\n", "")],
    ["a region stands twice", (t: string) => `${t}${region("a", "x")}`],
  ])("with damaged markers is refused with the place: %s", (_, damage) => {
    const two = next(build(emptyWorld(), [a, b]));
    const broken = { ...two, files: new Map([["CLAUDE.md", damage(String(two.files.get("CLAUDE.md")))]]) };
    for (const rules of [[a, c], [a], []]) {
      const p = build(broken, rules);
      expect(p.changes).toEqual([]);
      const [refusal, ...more] = p.refusals;
      expect(more).toEqual([]);
      expect(refusal).toMatchObject({ path: "CLAUDE.md", reason: expect.stringMatching(/marker|twice/) });
      expect(String(broken.files.get("CLAUDE.md")).slice(refusal!.start)).toMatch(/^<!-- portable:/);
      expect(p.ledger).toEqual(two.ledger);
      expect(p.losses.filter((l) => !l.why)).toEqual([]);
    }
  });

  test("is no text", () => {
    const bytes = withFiles({ "CLAUDE.md": new Uint8Array([255, 0]) });
    expect(build(bytes, [a]).refusals).toMatchObject([{ path: "CLAUDE.md", reason: "not text in UTF-8" }]);
    expect(build(bytes, [])).toMatchObject({ changes: [], refusals: [] });
  });
});

describe("a page that imports another", () => {
  const text = `${region("a", "Be brief.")}\n${region("b", "Be kind.")}`;

  test("is one line where both want the same, and reads as all of it", () => {
    const p = both(emptyWorld(), a, b);
    expect(files(p.after)).toEqual({ "AGENTS.md": text, "CLAUDE.md": "@AGENTS.md\n" });
    expect(own.read(p.after, { target: "claude" }).map((r) => r.name)).toEqual(["a", "b"]);
    expect(p.losses).toEqual([]);
    expect(both(next(p), a, b)).toMatchObject({ changes: [], drifts: [] });
    expect(files(next(both(next(p))))).toEqual({});
  });

  test("has regions of its own beside the import", () => {
    const p = both(emptyWorld(), a, b, { ...c, targets: ["claude"] });
    expect(p.after.files.get("CLAUDE.md")).toBe(
      `${region("@AGENTS.md", "@AGENTS.md")}\n${region("c", "Be sure.")}`,
    );
    expect(p.losses).toEqual([]);
    expect(files(next(both(next(p), a, b)))["CLAUDE.md"]).toBe("@AGENTS.md\n");
  });

  test("is written in full where the other holds more, or holds it otherwise", () => {
    const more = both(emptyWorld(), a, { ...b, except: ["claude"] });
    expect(files(more.after)).toEqual({ "AGENTS.md": text, "CLAUDE.md": "Be brief.\n" });
    const blocks = always("a", "x\n<!-- portable:only claude -->\ny\n<!-- portable:end -->");
    expect(files(both(emptyWorld(), blocks).after)).toEqual({ "AGENTS.md": "x\n", "CLAUDE.md": "x\ny\n" });
    expect(both(emptyWorld(), blocks).losses).toEqual([]);
  });

  test("is written in full where the other may not be written", () => {
    const p = both(withFiles({ "AGENTS.md": "Mine\n" }), a, b);
    expect(files(p.after)).toEqual({ "AGENTS.md": "Mine\n", "CLAUDE.md": text });
    expect(new Set(p.losses.map((l) => `${l.target} ${l.why}`))).toEqual(
      new Set(["agents AGENTS.md is not ours to change"]),
    );
  });

  test("by the user's own line keeps it, whoever is selected", () => {
    const stub = withFiles({ "CLAUDE.md": "@AGENTS.md\n", "AGENTS.md": "Mine\n" });
    const home = always("AGENTS", "Mine", { at: "AGENTS.md" });
    expect(both(stub, home)).toMatchObject({ changes: [], drifts: [], losses: [] });
    const p = both(stub, home, a);
    expect(p.after.files.get("CLAUDE.md")).toBe("@AGENTS.md\n");
    expect(p.losses).toEqual([]);
    const alone = plan({ targets: [claude], spec: only("rule", a), world: stub });
    expect(alone.after.files.get("CLAUDE.md")).toBe(`@AGENTS.md\n\n${region("a", "Be brief.")}`);
    expect(files(next(plan({ targets: [claude], spec: only("rule"), world: next(alone) })))).toEqual(
      files(stub),
    );
  });

  test("with text of the user in place keeps it and imports only where it says so", () => {
    const home = always("mine", "Mine", { at: "CLAUDE.md" });
    const p = both(withFiles({ "CLAUDE.md": "Mine\n" }), { ...home, targets: ["claude"] }, a);
    expect(files(p.after)).toEqual({
      "AGENTS.md": "Be brief.\n",
      "CLAUDE.md": `Mine\n\n${region("a", "Be brief.")}`,
    });
    const q = both(
      withFiles({ "CLAUDE.md": "Mine\n@AGENTS.md\n" }),
      { ...home, body: "Mine\n@AGENTS.md", targets: ["claude"] },
      a,
    );
    expect(files(q.after)).toEqual({ "AGENTS.md": "Be brief.\n", "CLAUDE.md": "Mine\n@AGENTS.md\n" });
    expect(q.losses).toEqual([]);
  });
});

describe("a page that is a link", () => {
  const linked = (link: string, real: string, text: string): World =>
    withFiles({ [real]: text, [link]: text }, { links: new Map([[link, real]]) });

  test.each([
    ["CLAUDE.md", "AGENTS.md"],
    ["AGENTS.md", "CLAUDE.md"],
  ])("%s -> %s: one file is written, both read it", (link, real) => {
    const p = both(linked(link, real, ""), a, b);
    expect(p.changes.map((ch) => ch.path)).toEqual([real]);
    expect(p.losses).toEqual([]);
    expect(p.after.files.get(link)).toBe(p.after.files.get(real));
    const again = both(next(p), a, b);
    expect(again).toMatchObject({ changes: [], drifts: [] });
    const one = both(next(p), a);
    expect(files(one.after)).toEqual({ "AGENTS.md": "Be brief.\n", "CLAUDE.md": "Be brief.\n" });
    expect(one.losses).toEqual([]);
    expect(both(next(one), a)).toMatchObject({ changes: [], drifts: [], losses: [] });
  });

  test("is written through the link where only its own tool is selected", () => {
    const p = plan({ targets: [claude], spec: only("rule", a), world: linked("CLAUDE.md", "AGENTS.md", "") });
    expect(p.changes).toEqual([{ path: "AGENTS.md", before: "", after: "Be brief.\n" }]);
    expect(p.losses).toEqual([]);
  });
});
