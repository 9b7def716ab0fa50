import type { WireDialect } from "../../providers/index.ts";
import type { Candidate } from "../candidates.ts";
import { fields } from "../dialects/dialect.ts";
import type { Asked } from "../engine.ts";
import type { Edit, Setting } from "./edit.ts";
import { historyEdits } from "./history.ts";
import { type Json, listOf, typeOf } from "./json.ts";
import { localEdits } from "./local.ts";
import { messagesEdits } from "./local-messages.ts";
import { openaiEdits } from "./local-openai.ts";
import { turnsOf } from "./turns.ts";

/** Headers that tell whose session it is, or that switch on what only the vendor has. */
const PRIVATE =
  /^(?:anthropic-(?:beta|dangerous-.*)|x-app|x-claude-.*|x-stainless-.*|x-codex-.*|x-openai-.*|openai-beta|session[-_]id|thread-id|conversation_id|originator|x-client-request-id|x-goog-api-client)$/i;

/** What is done to headers, as an edit among the others. */
export const headerEdit: Omit<Edit, "apply"> = {
  id: "headers",
  dialects: ["messages", "chat", "responses", "gemini"],
  to: "others",
  what: "drops anthropic-beta, openai-beta, x-stainless-*, and headers that name the session",
  why: "they tell another server whose session it is, and strict ones answer 400 to betas that they do not know",
  source: "Claude Code 2.1.330 and Codex 0.169.0, measured 2026-11-22",
};

/** Everything that is ever changed in a body, in the order in which it happens. */
export const edits: readonly Edit[] = [...localEdits, ...messagesEdits, ...openaiEdits, ...historyEdits];

/** What `--show-edits` lists. */
export const allEdits: readonly Omit<Edit, "apply">[] = [headerEdit, ...edits];

const dialects: readonly WireDialect[] = ["messages", "chat", "responses", "gemini"];
const listFor = (isVendor: boolean): ReadonlyMap<WireDialect, readonly Edit[]> =>
  new Map(
    dialects.map((id) => [
      id,
      edits.filter((edit) => edit.dialects.includes(id) && (edit.to === "all" || !isVendor)),
    ]),
  );
const forVendor = listFor(true);
const forOthers = listFor(false);

/** A body as it is edited for a target, and by which edits. */
export interface Edited {
  json: Json;
  by: readonly Edit[];
}

/** Edits a body; the same object where there is nothing to do. */
export const edited = (dialect: WireDialect, json: Json, setting: Setting): Edited => {
  const by: Edit[] = [];
  let now = json;
  for (const edit of (setting.isVendor ? forVendor : forOthers).get(dialect) ?? []) {
    const next = edit.apply(now, setting);
    if (next === now) continue;
    by.push(edit);
    now = next;
  }
  return { json: now, by };
};

/** Headers without those that are nobody else's business. */
export const publicHeaders = (headers: readonly string[]): readonly string[] =>
  headers.filter((_, i) => !PRIVATE.test(headers[i - (i % 2)]!));

/** The body of an edited request; the model is the target's, where the body names it. */
export const printed = (asked: Asked, { model }: Candidate, json: Json): Buffer =>
  Buffer.from(JSON.stringify(asked.call.model === undefined ? { ...json, model } : json));

/** Turns in which a model has left something that not every target takes. */
const suspicious: Readonly<Record<WireDialect, (turn: Json) => boolean>> = {
  messages: ({ content }) =>
    listOf(content).some((block) => "signature" in fields(block) || typeOf(block) === "redacted_thinking"),
  chat: (turn) => "reasoning_content" in turn,
  responses: (turn) => typeOf(turn) === "reasoning",
  gemini: () => false,
};
/** Whether a history may hold what another target has left there: a quick look. */
export const isSuspicious = (dialect: WireDialect, json: Json): boolean =>
  turnsOf(dialect, json).some((turn) => suspicious[dialect](fields(turn)));
