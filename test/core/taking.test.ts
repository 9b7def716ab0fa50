import { expect, test } from "vitest";
import { text } from "../../src/core/codec.ts";
import { drop, key } from "../../src/core/shape.ts";
import type { Agent } from "../../src/core/spec.ts";
import { emptyWorld } from "../../src/core/surface.ts";
import { each } from "../../src/core/surfaces/each.ts";
import { taking } from "../../src/core/surfaces/taking.ts";
import { yaml } from "../../src/formats/dialects.ts";
import { markdown } from "../../src/formats/markdown.ts";
import { files, next, place } from "./worlds.ts";

const no = drop("no place");
const short = place<"agent">(
  "agent",
  taking(
    each<Agent>(".x/{name}.md", markdown(yaml), {
      description: no,
      model: no,
      tools: no,
      body: key("body", text),
    }),
    (a) => a.name.length < 3,
    "names have two letters at most",
  ),
);
const agent = (name: string): Agent => ({ name, body: "B." });

test("takes what the tool would take, and says why of the rest", () => {
  const p = short.build(emptyWorld(), [agent("ab"), agent("abc")]);
  expect(files(next(p))).toEqual({ ".x/ab.md": "B.\n" });
  expect(p.losses).toMatchObject([{ name: "abc", field: [], why: "names have two letters at most" }]);
  expect(short.read(next(p)).map((a) => a.name)).toEqual(["ab"]);
});
