import { type CST, Lexer, Parser } from "yaml";
import { Mismatch } from "../core/data.ts";

/** Longest YAML text that is read, UTF-16 units. */
export const MAX_LENGTH = 1024 * 1024;
/** Deepest nesting of maps and lists that is read. */
export const MAX_DEPTH = 64;
/** Most values that a document may hold, aliases counted as what they stand for. */
export const MAX_NODES = 100_000;
/** Most `*alias` nodes that a document may hold. */
export const MAX_ALIASES = 100;

/** A value takes at most this many of the marks counted below. */
const MARKS_PER_NODE = 3;
const OPENS_NODE = /^[\x1f\-?:,[{"'*]/;

/**
 * The syntax tokens of a text. The nesting is watched on the parser's own stack, mark by mark, before anything
 * recursive sees it: composing a document that nests some 800 levels deep, twice in one process, aborts Node
 * beyond any `catch` (yaml 2.9.1, measured 2026-11). Lexing and this parser do not recurse.
 */
export function* guardedTokens(text: string): Generator<CST.Token, void> {
  if (text.length > MAX_LENGTH) throw new Mismatch("the text is longer than 1 MiB");
  const parser = new Parser();
  let marks = 0;
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    // The stack holds the document, the open maps and lists, and at most one scalar.
    if (parser.stack.length > MAX_DEPTH + 2) throw tooDeep(parser.offset);
    if (OPENS_NODE.test(lexeme) && ++marks > MAX_NODES * MARKS_PER_NODE) throw tooMany(parser.offset);
  }
  yield* parser.end();
}

export const tooDeep = (at?: number): Mismatch => new Mismatch(`nests deeper than ${MAX_DEPTH} levels`, at);
export const tooMany = (at?: number): Mismatch => new Mismatch(`holds more than ${MAX_NODES} values`, at);
