import { expect, test } from "vitest";
import { text } from "../../src/core/codec.ts";
import { plan } from "../../src/core/plan.ts";
import { drop, except, key, maybe } from "../../src/core/shape.ts";
import type { Agent, Rule } from "../../src/core/spec.ts";
import { emptyWorld } from "../../src/core/surface.ts";
import { each } from "../../src/core/surfaces/each.ts";
import { page } from "../../src/core/surfaces/page.ts";
import { pageName } from "../../src/core/text.ts";
import { yamlOrLine } from "../../src/formats/dialects.ts";
import { markdown } from "../../src/formats/markdown.ts";
import { always, only, tool } from "./worlds.ts";

const shared = page("AGENTS.md");
const own = each<Rule>("own/{name}.md", markdown(yamlOrLine), {
  description: maybe("description", text),
  apply: key("apply", text as never) as never,
  agents: drop("no agents"),
  body: key(
    "body",
    text,
    except((b) => b.includes("!"), "no exclamations"),
  ),
});
const losses = (rule: Rule) =>
  plan({
    targets: [
      tool("one", { rule: shared }),
      tool("two", { rule: [{ place: shared, when: () => false }, { place: { ...own, write: () => [] } }] }),
    ],
    spec: only("rule", rule),
    world: emptyWorld(),
  }).losses.filter((l) => l.target === "two");

test("what its own place cannot hold may reach a tool from another, and is lost only as that one loses it", () => {
  expect(losses(always("a", "Be kind!"))).toEqual([]);
  expect(losses(always("a", "Be kind!", { description: "D" })).map((l) => [l.field.join(), l.why])).toEqual([
    ["description", "AGENTS.md has no place for a description"],
  ]);
  const told = losses(always("a", "A\n<!-- portable:only one -->\nB\n<!-- portable:end -->"));
  expect(told.map((l) => [l.field.join(), l.why])).toEqual([
    ["body", "it stands in a place shared with a target that sees more of it"],
  ]);
});

test("two tools' own keys of one name cannot both stand in a file that they share", () => {
  const agents = each<Agent>("a/{name}.md", markdown(yamlOrLine), {
    description: maybe("description", text),
    model: maybe("model", text),
    tools: drop("no tools"),
    body: key("body", text),
  });
  const agent: Agent = { name: "a", body: "B", overrides: { one: { x: 1, y: 1 }, two: { x: 2 } } };
  const p = plan({
    targets: [tool("one", { agent: agents }), tool("two", { agent: agents })],
    spec: only("agent", agent),
    world: emptyWorld(),
  });
  expect(p.losses.map((l) => [l.target, l.field.join("."), l.why])).toEqual([
    ["one", "overrides.x", "the place is shared with a tool whose own key of this name stands there"],
  ]);
});

test("a page's name is its path without the ending", () => {
  const names = ["AGENTS.md", ".cursorrules", ".claude/CLAUDE.md", "docs/.hidden", "a.b.md"].map(pageName);
  expect(names).toEqual(["AGENTS", "cursorrules", "claude-CLAUDE", "docs-.hidden", "a.b"]);
});
