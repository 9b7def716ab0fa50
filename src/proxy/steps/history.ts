import { hash } from "node:crypto";
import type { WireDialect } from "../../providers/index.ts";
import { fields, textOf } from "../dialects/dialect.ts";
import type { Edit, Setting } from "./edit.ts";
import { inList, type Json, listOf, put, roleOf, typeOf, without } from "./json.ts";
import { marksOfThought } from "./makers.ts";

/** Edits of what other targets have left in a conversation. */

/** Signatures of Anthropic and encrypted reasoning of OpenAI are far longer; others sign with nothing, or with an id. */
const SHORTEST_SIGNATURE = 64;
const isSigned = (text: unknown): boolean => textOf(text).length >= SHORTEST_SIGNATURE;

const isThought = (block: unknown): boolean =>
  typeOf(block) === "thinking" || typeOf(block) === "redacted_thinking";
const isReadable = (block: unknown, { isVendor, isForeign }: Setting): boolean => {
  const json = fields(block);
  if (isVendor && !isSigned(json["signature"] ?? json["data"])) return false;
  return !marksOfThought(json).some(isForeign);
};
const isEmpty = (block: unknown): boolean => typeOf(block) === "text" && fields(block)["text"] === "";

/** A turn of the model without other models' thoughts; undefined: nothing is left of it. */
const readableTurn = (turn: unknown, setting: Setting): unknown => {
  if (roleOf(turn) !== "assistant") return turn;
  const edited = inList(fields(turn), "content", (block) =>
    (isThought(block) && !isReadable(block, setting)) || isEmpty(block) ? undefined : block,
  );
  const { content } = edited;
  return Array.isArray(content) && !content.length ? undefined : edited;
};

const calls = (turn: unknown): boolean =>
  listOf(fields(turn)["content"]).some((block) => typeOf(block) === "tool_use");
/** Amid its own turn a model that thinks must have begun with a thought; another model has begun this one. */
const lacksThought = (json: Json): boolean => {
  const last = listOf(json["messages"]).findLast((turn) => roleOf(turn) === "assistant");
  const isAmid = last !== undefined && calls(last);
  return isAmid && !isThought(listOf(fields(last)["content"])[0]);
};
/** No thoughts in this one request, where the older way of asking for them forbids to go on without one. */
const thoughtless = (json: Json): Json => {
  if (fields(json["thinking"])["type"] !== "enabled" || !lacksThought(json)) return json;
  return without(json, ["thinking", "context_management"]);
};

const readableMessages = (json: Json, setting: Setting): Json => {
  const edited = inList(json, "messages", (turn) => readableTurn(turn, setting));
  return edited !== json && setting.isVendor ? thoughtless(edited) : edited;
};

/** Reasoning that the target can read: for the vendor encrypted or kept by it, for others as text of their own. */
const isReasoning = (item: Json, { isVendor, isForeign }: Setting): boolean => {
  const { id, encrypted_content: sealed, content } = item;
  if ([id, sealed].some((mark) => typeof mark === "string" && mark !== "" && isForeign(mark))) return false;
  if (!isVendor) return listOf(content).length > 0;
  if (listOf(content).length) return false;
  return typeof sealed === "string" ? isSigned(sealed) : textOf(id).startsWith("rs_");
};
const prefixes: Readonly<Record<string, string>> = {
  message: "msg_",
  function_call: "fc_",
  custom_tool_call: "ctc_",
  function_call_output: "fc",
  custom_tool_call_output: "ctc",
};
const LONGEST_ID = 64;
/** An item without an id that is not the target's own: OpenAI tells what an id stands for by how it begins. */
const withoutForeignId = (item: Json, { isForeign }: Setting): Json => {
  const id = textOf(item["id"]);
  const prefix = prefixes[typeOf(item)];
  if (id === "" || prefix === undefined) return item;
  const isOwn = id.startsWith(prefix) && id.length <= LONGEST_ID && !isForeign(id);
  return isOwn ? item : without(item, ["id"]);
};
const readableItems = (json: Json, setting: Setting): Json =>
  inList(json, "input", (item) => {
    const known = fields(item);
    if (typeOf(item) === "reasoning") return isReasoning(known, setting) ? item : undefined;
    return setting.isVendor && typeOf(item) !== "" ? withoutForeignId(known, setting) : item;
  });

const thoughtKeys = ["reasoning_content", "reasoning", "reasoning_details", "thinking_blocks"];
const readableChat = (json: Json, { isVendor, isForeign }: Setting): Json =>
  inList(json, "messages", (turn) => {
    const known = fields(turn);
    const marks = [known["reasoning_content"], known["reasoning"]].map(textOf).filter((mark) => mark !== "");
    const isOwn = !isVendor && marks.length > 0 && !marks.some(isForeign);
    return roleOf(turn) === "assistant" && !isOwn ? without(known, thoughtKeys) : turn;
  });

/** Gemini demands a signature of each function call; this word stands for one that another model has made. */
const NO_SIGNATURE = "skip_thought_signature_validator";
const readableContents = (json: Json, { isForeign }: Setting): Json =>
  inList(json, "contents", (turn) =>
    inList(fields(turn), "parts", (part) => {
      const known = fields(part);
      const mark = textOf(known["thoughtSignature"]);
      if (mark === "" || !isForeign(mark)) return part;
      return put(known, "thoughtSignature", known["functionCall"] === undefined ? undefined : NO_SIGNATURE);
    }),
  );

/** Which ids of tool calls a dialect takes. */
const rules: Partial<Record<WireDialect, { prefix: string; takes: RegExp }>> = {
  messages: { prefix: "toolu_", takes: /^[a-zA-Z0-9_-]{1,256}$/ },
  responses: { prefix: "call_", takes: /^.{1,64}$/s },
  chat: { prefix: "call_", takes: /^.{1,40}$/s },
};

/** Gives each call an id that the dialect takes, one of its own, and its result the same. */
const idsFor = ({ prefix, takes }: { prefix: string; takes: RegExp }) => {
  const current = new Map<string, string>();
  const given = new Set<string>();
  /** How often an id was called by. */
  const times = new Map<string, number>();
  const made = (id: string, nth: number): string => prefix + hash("sha1", `${nth} ${id}`, "hex").slice(0, 24);
  const fresh = (id: string): string => {
    let nth = times.get(id) ?? 0;
    let next = nth === 0 && takes.test(id) ? id : made(id, nth);
    while (given.has(next)) next = made(id, ++nth);
    times.set(id, nth + 1);
    return next;
  };
  return {
    call(id: unknown): unknown {
      if (typeof id !== "string") return id;
      const next = fresh(id);
      given.add(next);
      current.set(id, next);
      return next;
    },
    result(id: unknown): unknown {
      if (typeof id !== "string") return id;
      return current.get(id) ?? (takes.test(id) ? id : made(id, 0));
    },
  };
};
type Ids = ReturnType<typeof idsFor>;

const withIds: Partial<Record<WireDialect, (turn: Json, ids: Ids) => Json>> = {
  messages: (turn, ids) =>
    inList(turn, "content", (block) => {
      const known = fields(block);
      if (typeOf(block) === "tool_use") return put(known, "id", ids.call(known["id"]));
      return typeOf(block) === "tool_result"
        ? put(known, "tool_use_id", ids.result(known["tool_use_id"]))
        : block;
    }),
  responses: (item, ids) => {
    if (item["call_id"] === undefined) return item;
    return put(
      item,
      "call_id",
      typeOf(item).endsWith("_output") ? ids.result(item["call_id"]) : ids.call(item["call_id"]),
    );
  },
  chat: (turn, ids) => {
    const calling = inList(turn, "tool_calls", (call) =>
      put(fields(call), "id", ids.call(fields(call)["id"])),
    );
    return roleOf(turn) === "tool"
      ? put(calling, "tool_call_id", ids.result(calling["tool_call_id"]))
      : calling;
  },
};

const renamed = (dialect: WireDialect, key: string) => {
  const rule = rules[dialect]!;
  const rename = withIds[dialect]!;
  return (json: Json): Json => {
    const ids = idsFor(rule);
    return inList(json, key, (turn) =>
      typeof turn === "object" && turn !== null ? rename(fields(turn), ids) : turn,
    );
  };
};

const refusals =
  "ding113/claude-code-hub#518, vybestack/llxprt-code#2335, anthropics/anthropic-sdk-python#1598, 2026";

export const historyEdits: readonly Edit[] = [
  {
    id: "thoughts",
    dialects: ["messages"],
    to: "all",
    what: "drops thoughts that another model has signed, empty texts, and turns of which nothing is left",
    why: "Anthropic answers 400 to signatures and empty texts that it did not make, other servers to thoughts of others",
    source: refusals,
    apply: readableMessages,
  },
  {
    id: "reasoning",
    dialects: ["responses"],
    to: "all",
    what: "drops reasoning that another target has made, and ids of other targets' items",
    why: "OpenAI answers 400 (invalid_encrypted_content), llama-server to reasoning without text",
    source: "openai/codex#8132, farion1231/cc-switch#7333, 2026; llama-server 0.7.0, measured 2026-11-26",
    apply: readableItems,
  },
  {
    id: "reasoning-text",
    dialects: ["chat"],
    to: "all",
    what: `drops ${thoughtKeys.join(", ")} that another target has made`,
    why: "strict servers answer 400 to fields that they do not know",
    source: "BerriAI/litellm#22997, 2026",
    apply: readableChat,
  },
  {
    id: "thought-signatures",
    dialects: ["gemini"],
    to: "all",
    what: "replaces signatures that another target has made",
    why: "Gemini 3 answers 400 to them, and to function calls without one",
    source: "ai.google.dev/gemini-api/docs/thought-signatures, 2026-11-22",
    apply: readableContents,
  },
  {
    id: "tool-ids",
    dialects: ["messages"],
    to: "all",
    what: "renames ids of tool calls that are not ^[a-zA-Z0-9_-]+$ or stand twice, results with them",
    why: "Anthropic answers 400",
    source: "microsoft/vscode#325813, experientiallabs/experiential#801, 2026",
    apply: renamed("messages", "messages"),
  },
  {
    id: "call-ids",
    dialects: ["responses"],
    to: "all",
    what: "renames ids of tool calls that are longer than 64 characters or stand twice, results with them",
    why: "OpenAI answers 400",
    source: "experientiallabs/experiential#801, 2026-09-05",
    apply: renamed("responses", "input"),
  },
  {
    id: "tool-call-ids",
    dialects: ["chat"],
    to: "all",
    what: "renames ids of tool calls that are longer than 40 characters or stand twice, results with them",
    why: "OpenAI answers 400",
    source: "vercel/ai#5171, agno-agi/agno#5382, 2025",
    apply: renamed("chat", "messages"),
  },
];
