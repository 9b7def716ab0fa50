import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { factsFor, knownIds } from "../src/providers/model-facts.ts";
import { missing, programs, versionOf } from "./python.ts";

type Row = Record<string, unknown>;
/** The table of models inside the installed LiteLLM. */
const table = (): Record<string, Row> | undefined => {
  const bin = programs("litellm");
  const lib = bin && join(bin, "..", "lib");
  const name = "model_prices_and_context_window_backup.json";
  const path = lib && join(lib, readdirSync(lib)[0]!, "site-packages", "litellm", name);
  return path && existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
};
/** Where LiteLLM has a vendor's own model. */
const prefixes = ["gemini/", "", "xai/", "mistral/", "moonshot/", "zai/", "dashscope/"];

test(`the table says what LiteLLM ${versionOf("litellm", "litellm") ?? ""} says of every model that it has`, (context) => {
  const theirs = table();
  context.skip(!theirs, missing);
  const known = knownIds().filter((id) => !id.endsWith("*"));
  const differing = known.flatMap((id) => {
    const own = id.startsWith("github-copilot/")
      ? id.replace("github-copilot/", "github_copilot/")
      : undefined;
    const row: Row | undefined = theirs![own ?? prefixes.map((p) => p + id).find((k) => theirs![k]) ?? id];
    if (!row) return [`${id}: not there`];
    const bare = id.slice(id.indexOf("/") + 1);
    const { context: size, output, tools, vision, reasoning } = factsFor(bare, own ? "github-copilot" : "");
    const seen = { size, output, tools, vision, reasoning };
    const said = {
      size: row["max_input_tokens"] ?? undefined,
      output: row["max_output_tokens"] ?? undefined,
      tools: row["supports_function_calling"] ?? undefined,
      vision: row["supports_vision"] ?? undefined,
      reasoning: row["supports_reasoning"] ?? undefined,
    };
    return JSON.stringify(seen) === JSON.stringify(said) ? [] : [`${id}: ${JSON.stringify([seen, said])}`];
  });
  expect(known.length).toBeGreaterThan(100);
  expect(differing).toEqual([]);
});
