import { fields, textOf } from "../dialects/dialect.ts";
import type { Edit } from "./edit.ts";
import { inList, type Json, listOf, mapped, put, roleOf, typeOf, without, wordsOf } from "./json.ts";
import { isBilling } from "./turns.ts";

/** Edits of Anthropic Messages for targets that are not Anthropic. */

const measured = "Claude Code 2.1.330 against llama-server 0.7.0, measured 2026-11-22";

const asBlocks = (content: unknown): readonly unknown[] =>
  typeof content === "string" ? [{ type: "text", text: content }] : listOf(content);

const reminder = (turn: unknown): object => ({
  type: "text",
  text: `<system-reminder>\n${wordsOf(fields(turn)["content"])}\n</system-reminder>`,
});

/** A later instruction becomes a part of the person's turn before it: templates take roles in turn, and the prefix stays. */
const intoTurns = (turns: readonly unknown[]): readonly unknown[] => {
  const out: unknown[] = [];
  /** The content of the last turn, once it is one of our own. */
  let grown: unknown[] | undefined;
  for (const turn of turns) {
    const last = out.at(-1);
    if (roleOf(turn) !== "system") {
      out.push(turn);
      grown = undefined;
    } else if (grown) grown.push(reminder(turn));
    else {
      const isPersons = roleOf(last) === "user";
      grown = [...(isPersons ? asBlocks(fields(last)["content"]) : []), reminder(turn)];
      if (isPersons) out[out.length - 1] = put(fields(last), "content", grown);
      else out.push({ role: "user", content: grown });
    }
  }
  return out;
};

/** Those before the first answer are the same in every conversation, so that they belong to the prefix. */
const hoisted = (json: Json): Json => {
  const turns = listOf(json["messages"]);
  if (!turns.some((turn) => roleOf(turn) === "system")) return json;
  const answer = turns.findIndex((turn) => roleOf(turn) === "assistant");
  const early = turns.slice(0, answer < 0 ? turns.length : answer);
  const instructions = early.filter((turn) => roleOf(turn) === "system");
  const system = [
    ...asBlocks(json["system"]),
    ...instructions.flatMap((turn) => asBlocks(fields(turn)["content"])),
  ];
  const rest = [...early.filter((turn) => roleOf(turn) !== "system"), ...turns.slice(early.length)];
  return { ...json, ...(system.length && { system }), messages: intoTurns(rest) };
};

const toolKeys = ["defer_loading", "allowed_callers", "input_examples", "eager_input_streaming", "strict"];
const isVendorRun = (tool: unknown): boolean => typeOf(tool) !== "" && typeOf(tool) !== "custom";
const choosesGone = (json: Json): boolean => {
  const { type, name } = fields(json["tool_choice"]);
  return type === "tool" && !listOf(json["tools"]).some((tool) => fields(tool)["name"] === name);
};

const known: ReadonlySet<string> = new Set([
  "text",
  "image",
  "document",
  "tool_use",
  "tool_result",
  "thinking",
  "redacted_thinking",
]);
/** What another server knows of a block; undefined: nothing. */
const plainBlock = (block: unknown): unknown => {
  const type = typeOf(block);
  if (type === "tool_result") return inList(fields(block), "content", plainBlock);
  if (type === "tool_reference") return { type: "text", text: textOf(fields(block)["tool_name"]) };
  return known.has(type) ? block : undefined;
};

const inTurns = (json: Json, each: (block: unknown) => unknown): Json =>
  inList(json, "messages", (turn) => inList(fields(turn), "content", each));

export const messagesEdits: readonly Edit[] = [
  {
    id: "late-instructions",
    dialects: ["messages"],
    to: "others",
    what: "moves system messages behind `system`, later ones into the person's turn before them",
    why: "what stands behind a person's text cannot be cached, and many templates take no system message there",
    source: measured,
    apply: hoisted,
  },
  {
    id: "billing-block",
    dialects: ["messages"],
    to: "others",
    what: "drops the system block x-anthropic-billing-header",
    why: "it differs in each conversation, so that no prompt cache gets past it: 4.3 s became 0.08 s",
    source: measured,
    apply: (json) =>
      Array.isArray(json["system"])
        ? put(
            json,
            "system",
            mapped(json["system"], (block) => (isBilling(block) ? undefined : block)),
          )
        : json,
  },
  {
    id: "vendor-tools",
    dialects: ["messages"],
    to: "others",
    what: "drops tools that run at Anthropic, and tool fields of its betas",
    why: "no other server runs them",
    source: "platform.claude.com/docs/en/agents-and-tools/tool-use/overview, 2026-11-22",
    apply(json) {
      const edited = inList(json, "tools", (tool) =>
        isVendorRun(tool) ? undefined : without(fields(tool), toolKeys),
      );
      return edited !== json && choosesGone(edited) ? without(edited, ["tool_choice"]) : edited;
    },
  },
  {
    id: "vendor-blocks",
    dialects: ["messages"],
    to: "others",
    what: "drops content that only Anthropic makes and reads, such as results of its own web search",
    why: "llama-server passes over it, stricter servers answer 400",
    source: "ggml-org/llama.cpp@tools/server/server-chat.cpp, 2026-11",
    apply: (json) => inTurns(json, plainBlock),
  },
];
