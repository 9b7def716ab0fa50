import { fields } from "../dialects/dialect.ts";
import type { Edit, Setting } from "./edit.ts";
import { inList, type Json, put, typeOf, without } from "./json.ts";

/** Edits for targets that are not the client's own vendor, in more than one dialect. */

const research = "Claude Code 2.1.330 and Codex 0.169.0 against llama-server 0.7.0, measured 2026-11-22";

const accountKeys = ["metadata", "user", "safety_identifier", "prompt_cache_key", "client_metadata"];
const vendorKeys = [
  "context_management",
  "output_config",
  "service_tier",
  "container",
  "mcp_servers",
  "inference_geo",
  "speed",
  "store",
  "include",
  "prompt_cache_retention",
  "prompt_cache_options",
  "web_search_options",
];

const limits = ["max_tokens", "max_completion_tokens", "max_output_tokens"];
const LEAST_ANSWER = 256;

const clamped = (json: Json, { facts, tokens }: Setting): Json => {
  if (facts.context === undefined) return json;
  const most = Math.max(LEAST_ANSWER, facts.context - tokens);
  const shorter = limits.reduce((at, key) => (Number(at[key]) > most ? put(at, key, most) : at), json);
  const budget = Number(fields(json["thinking"])["budget_tokens"]);
  return shorter !== json && budget >= most ? without(shorter, ["thinking"]) : shorter;
};

const images: ReadonlySet<string> = new Set(["image", "image_url", "input_image"]);
const unseen: Readonly<Record<string, string>> = {
  image: "text",
  image_url: "text",
  input_image: "input_text",
};
const NOT_SEEN = "[an image that this model cannot see]";

const blind = (part: unknown): unknown => {
  const type = typeOf(part);
  if (images.has(type)) return { type: unseen[type], text: NOT_SEEN };
  return type === "tool_result" ? inList(fields(part), "content", blind) : part;
};
const withoutImages = (turn: unknown): unknown => {
  const inContent = inList(fields(turn), "content", blind);
  return typeOf(turn).endsWith("_output") ? inList(inContent, "output", blind) : inContent;
};

export const localEdits: readonly Edit[] = [
  {
    id: "account",
    dialects: ["messages", "chat", "responses"],
    to: "others",
    what: `drops ${accountKeys.join(", ")}`,
    why: "they tell another server whose device, account and session it is",
    source: research,
    apply: (json) => without(json, accountKeys),
  },
  {
    id: "vendor-fields",
    dialects: ["messages", "chat", "responses"],
    to: "others",
    what: `drops ${vendorKeys.join(", ")}`,
    why: "strict servers answer 400 to fields that only one vendor has",
    source: research,
    apply: (json) => without(json, vendorKeys),
  },
  {
    id: "answer-length",
    dialects: ["messages", "chat", "responses"],
    to: "others",
    what: `lowers ${limits.join(", ")} to what the context has room for`,
    why: "clients ask for up to 128000 tokens, which smaller servers refuse",
    source: research,
    apply: clamped,
  },
  {
    id: "images",
    dialects: ["messages", "chat", "responses"],
    to: "others",
    what: "replaces images by a line of text, where the model is known to read text only",
    why: "llama-server refuses the whole request",
    source: "ggml-org/llama.cpp@tools/server/server-common.cpp, 2026-11",
    apply(json, { facts }) {
      if (facts.vision !== false) return json;
      return inList(inList(json, "messages", withoutImages), "input", withoutImages);
    },
  },
];
