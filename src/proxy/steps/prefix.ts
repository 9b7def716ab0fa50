import type { WireDialect } from "../../providers/index.ts";
import { type Json, listOf, put, roleOf, without } from "./json.ts";

const START = { role: "user", content: "." };
const limitKeys = [
  "max_tokens",
  "max_completion_tokens",
  "max_output_tokens",
  "stream_options",
  "tool_choice",
];

const leading = (turns: readonly unknown[]): readonly unknown[] => {
  const first = turns.findIndex((turn) => roleOf(turn) !== "system" && roleOf(turn) !== "developer");
  return first < 0 ? turns : turns.slice(0, first);
};

/**
 * A request that does nothing but bring tools and instructions into a server's prompt cache: an answer of one token, behind
 * what every conversation of this client begins with. Undefined: the dialect has none.
 */
export const prefixOf = (dialect: WireDialect, json: Json): Json | undefined => {
  const rest = { ...without(json, [...limitKeys, "thinking"]), stream: false };
  switch (dialect) {
    case "messages":
      return { ...rest, max_tokens: 1, messages: [START] };
    case "chat":
      return { ...rest, max_tokens: 1, messages: [...leading(listOf(json["messages"])), START] };
    case "responses":
      return put({ ...rest, max_output_tokens: 1 }, "input", [...leading(listOf(json["input"])), START]);
    default:
      return undefined;
  }
};
