import { fields } from "../dialects/dialect.ts";
import type { Edit } from "./edit.ts";
import { inList, type Json, put, roleOf, typeOf, without } from "./json.ts";

/** Edits of OpenAI's dialects for targets that are not OpenAI. */

const converter =
  "ggml-org/llama.cpp@tools/server/server-chat.cpp, 2026-11; llama-server 0.7.0, measured 2026-11-26";

/** A call with free text, as Codex makes for apply_patch, said as a function call; Codex takes either. */
const asFunctionCall = ({ call_id, name, input }: Json): object => ({
  type: "function_call",
  call_id,
  name,
  arguments: JSON.stringify({ input }),
});

/** Texts stay, everything else is named. */
const outputPart = (part: unknown): unknown => {
  const type = typeOf(part);
  if (type === "input_text") return part;
  const { text } = fields(part);
  return { type: "input_text", text: typeof text === "string" ? text : `[${type || "something"} left out]` };
};

const plainItem = (item: unknown): unknown => {
  const json = fields(item);
  switch (typeOf(item)) {
    case "custom_tool_call":
      return asFunctionCall(json);
    case "custom_tool_call_output":
      return inList(put(json, "type", "function_call_output"), "output", outputPart);
    case "function_call_output":
      return inList(json, "output", outputPart);
    case "function_call":
    case "reasoning":
    case "message":
      return item;
    case "":
      return roleOf(item) === "assistant" ? put(json, "type", "message") : item;
    default:
      return undefined;
  }
};

const isFunction = (tool: unknown): boolean => typeOf(tool) === "function";
const onlyFunctions = (json: Json): Json => {
  const edited = inList(json, "tools", (tool) => (isFunction(tool) ? tool : undefined));
  const choice = json["tool_choice"];
  return edited !== json && typeof choice === "object" && !isFunction(choice)
    ? without(edited, ["tool_choice"])
    : edited;
};

/** Copilot CLI 1.0.102 offers a tool with free text beside its functions where a model's name tells of it. */
const plainCall = (call: unknown): unknown => {
  const { name, input } = fields(fields(call)["custom"]);
  if (typeOf(call) !== "custom") return call;
  return {
    id: fields(call)["id"],
    type: "function",
    function: { name, arguments: JSON.stringify({ input }) },
  };
};
const plainCalls = (turn: unknown): unknown =>
  Array.isArray(fields(turn)["tool_calls"]) ? inList(fields(turn), "tool_calls", plainCall) : turn;

const asSystem = (turn: unknown): unknown =>
  roleOf(turn) === "developer" ? put(fields(turn), "role", "system") : turn;

export const openaiEdits: readonly Edit[] = [
  {
    id: "plain-items",
    dialects: ["responses"],
    to: "others",
    what: "says calls with free text as function calls, drops items that only OpenAI makes and reads",
    why: 'llama-server answers 400, "Cannot determine type of item"',
    source: converter,
    apply: (json) => inList(json, "input", plainItem),
  },
  {
    id: "plain-calls",
    dialects: ["chat"],
    to: "others",
    what: "says calls with free text as function calls",
    why: "only OpenAI makes and reads them",
    source: converter,
    apply: (json) => inList(json, "messages", plainCalls),
  },
  {
    id: "function-tools",
    dialects: ["responses", "chat"],
    to: "others",
    what: "drops tools that are no functions",
    why: "they run at OpenAI, or need its grammars",
    source: converter,
    apply: onlyFunctions,
  },
  {
    id: "system-role",
    dialects: ["chat"],
    to: "others",
    what: "says the role developer as system",
    why: "chat templates of open models know no developer",
    source: "platform.openai.com/docs/guides/text, 2026-11-22",
    apply: (json) => inList(json, "messages", asSystem),
  },
];
