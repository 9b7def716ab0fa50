import { hash } from "node:crypto";
import type { WireDialect } from "../../providers/index.ts";
import { fields } from "../dialects/dialect.ts";
import { type Json, listOf, typeOf } from "./json.ts";

/**
 * Who made what in a conversation, as far as it was not the target the client asked for: hashes of signatures, encrypted
 * reasoning and item ids.
 */
export type Makers = Map<string, string>;

const MOST_MARKS = 20_000;

const texts = (...values: readonly unknown[]): string[] =>
  values.filter((value): value is string => typeof value === "string" && value !== "");

/** What a turn carries that only its maker understands. */
const marksIn: Readonly<Record<WireDialect, (turn: Json) => string[]>> = {
  messages: ({ content }) => listOf(content).flatMap((block) => marksOfThought(fields(block))),
  chat: ({ reasoning_content, reasoning }) => texts(reasoning_content, reasoning),
  responses: ({ encrypted_content, id }) => texts(encrypted_content, id),
  gemini: ({ parts }) => listOf(parts).flatMap((part) => texts(fields(part)["thoughtSignature"])),
};

/** A thought without a signature is known by its text. */
export const marksOfThought = (block: Json): string[] => {
  if (typeOf(block) === "redacted_thinking") return texts(block["data"]);
  if (typeOf(block) !== "thinking") return [];
  return texts(block["signature"] || block["thinking"]);
};

const printOf = (mark: string): string => hash("sha1", mark, "base64url");

/** Notes that a target has made these turns. */
export const attribute = (
  makers: Makers,
  dialect: WireDialect,
  turns: readonly unknown[],
  maker: string,
): void => {
  for (const turn of turns)
    for (const mark of marksIn[dialect](fields(turn))) note(makers, printOf(mark), maker);
};

const note = (makers: Makers, print: string, maker: string): void => {
  if (makers.has(print)) return;
  if (makers.size >= MOST_MARKS) makers.delete(makers.keys().next().value!);
  makers.set(print, maker);
};

/** Who made what a mark stands on; undefined: the target that the client asked for, as far as is known. */
export const makerOf = (makers: Makers, mark: string): string | undefined => makers.get(printOf(mark));
