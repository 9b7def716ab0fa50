import { hash } from "node:crypto";
import type { WireDialect } from "../../providers/index.ts";
import { fields } from "../dialects/dialect.ts";
import { type Json, listOf, roleOf, typeOf } from "./json.ts";

/** Under which key each dialect keeps the turns of a conversation. */
const turnKey: Readonly<Record<WireDialect, string>> = {
  messages: "messages",
  chat: "messages",
  responses: "input",
  gemini: "contents",
};

/** The turns of a conversation, oldest first. */
export const turnsOf = (dialect: WireDialect, json: Json): readonly unknown[] =>
  listOf(json[turnKey[dialect]]);

/** Turns that only instruct, and that clients put anywhere. */
const instructs = (turn: unknown): boolean => roleOf(turn) === "system" || roleOf(turn) === "developer";

const results: Readonly<Record<WireDialect, (turn: unknown) => boolean>> = {
  messages: (turn) => listOf(fields(turn)["content"]).some((block) => typeOf(block) === "tool_result"),
  chat: (turn) => roleOf(turn) === "tool" || roleOf(turn) === "function",
  responses: (turn) => typeOf(turn).endsWith("_output"),
  gemini: (turn) =>
    listOf(fields(turn)["parts"]).some((part) => fields(part)["functionResponse"] !== undefined),
};
const isByModel = (turn: unknown): boolean =>
  roleOf(turn) === "assistant" || roleOf(turn) === "model" || (roleOf(turn) === "" && typeOf(turn) !== "");

/** The turns that the model has made, with results of tools where the dialect keeps them apart. */
export const madeIn = (dialect: WireDialect, json: Json): readonly unknown[] =>
  turnsOf(dialect, json).filter(isByModel);

/** Whether the model is amid its own turn: it has called a tool, or is to go on with what it said. A person's word ends that. */
export const isAmidTurn = (dialect: WireDialect, json: Json): boolean => {
  const last = turnsOf(dialect, json).findLast((turn) => !instructs(turn));
  return last !== undefined && (results[dialect](last) || isByModel(last));
};

const BILLING = "x-anthropic-billing-header:";
/** Claude Code's block for billing, another one in each conversation (2.1.330, measured 2026-11-22). */
export const isBilling = (block: unknown): boolean => {
  const { text } = fields(block);
  return typeof text === "string" && text.startsWith(BILLING);
};

const instructionsOf = (json: Json): unknown => {
  const { system, instructions, systemInstruction } = json;
  return Array.isArray(system)
    ? system.filter((block) => !isBilling(block))
    : (system ?? instructions ?? systemInstruction);
};

/** What a conversation is known by as long as it grows: its instructions, and its first word by a person. */
export const openingOf = (dialect: WireDialect, json: Json): string => {
  const first = turnsOf(dialect, json).find((turn) => roleOf(turn) === "user") ?? json[turnKey[dialect]];
  const text = JSON.stringify([
    instructionsOf(json),
    fields(first)["content"] ?? fields(first)["parts"] ?? first,
  ]);
  return hash("sha1", text, "base64url");
};
