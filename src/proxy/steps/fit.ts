import type { Candidate } from "../candidates.ts";
import type { Dialect } from "../dialects/dialect.ts";
import type { Asked, Ordered } from "../engine.ts";
import type { Miss } from "../log.ts";
import type { Facts } from "./facts.ts";

/** Room for an answer, in tokens. */
const LEAST_ANSWER = 256;
/** What an image counts, whatever its bytes. */
const IMAGE_TOKENS = 1_600;
/** Nothing shorter is an image. */
const LEAST_IMAGE = 2_048;

const isEncoded = (text: string): boolean =>
  text.length >= LEAST_IMAGE && (text.startsWith("data:") || /^[\w+/-]{256}/.test(text));

/** The characters of encoded images and files in a body, and how many there are. */
const encodedIn = (value: unknown): { count: number; chars: number } => {
  if (typeof value === "string") return isEncoded(value) ? { count: 1, chars: value.length } : NONE;
  if (typeof value !== "object" || value === null) return NONE;
  let [count, chars] = [0, 0];
  for (const part of Object.values(value)) {
    const found = encodedIn(part);
    count += found.count;
    chars += found.chars;
  }
  return { count, chars };
};
const NONE = { count: 0, chars: 0 };

/** The tokens of a request, roughly: four bytes each, images apart. */
export const tokensOf = ({ tokens, body }: Pick<Asked, "tokens" | "body">): number => {
  const { count, chars } = encodedIn(body?.json);
  return Math.ceil(tokens - chars / 4) + count * IMAGE_TOKENS;
};

/** Leaves out the candidates whose context is known to be too small; the closer look is taken only where that decides. */
export const fitting = (
  asked: Asked,
  candidates: readonly Candidate[],
  factsOf: (candidate: Candidate) => Facts,
): Ordered => {
  const room = (candidate: Candidate): number => factsOf(candidate).context ?? Number.POSITIVE_INFINITY;
  if (candidates.every((candidate) => asked.tokens + LEAST_ANSWER <= room(candidate))) return { candidates };
  const tokens = tokensOf(asked);
  const fits = (candidate: Candidate): boolean => tokens + LEAST_ANSWER <= room(candidate);
  const left = candidates.filter((candidate) => !fits(candidate));
  if (!left.length) return { candidates };
  const most = Math.max(...left.map(room));
  return {
    candidates: candidates.filter(fits),
    left: left.map((candidate) => tooSmall(candidate, room(candidate), tokens)),
    ...(left.length === candidates.length && {
      refusal: { status: 400, body: tooLong(asked.dialect, tokens, most) },
    }),
  };
};

const tooSmall = ({ target }: Candidate, room: number, tokens: number): Miss => ({
  target: target.id,
  reason: `room for ${room} tokens, about ${tokens} needed: use /compact or a new session`,
});

const HINT =
  "Shorten the conversation (/compact), start a new one, or go on in a tool whose model has more room";

/**
 * The error by which clients know that a conversation is too long: Claude Code 2.1.330 by "prompt is too long", OpenAI's by the
 * code `context_length_exceeded`; both 2026-11-22.
 */
export const tooLong = (dialect: Dialect, tokens: number, room: number): unknown => {
  if (dialect.id === "messages")
    return dialect.fault(400, `prompt is too long: ${tokens} tokens > ${room} maximum. ${HINT}`);
  const message = `The request has about ${tokens} tokens, more than the ${room} that fit. ${HINT}`;
  if (dialect.id === "gemini") return dialect.fault(400, message);
  return { error: { message, type: "invalid_request_error", param: null, code: "context_length_exceeded" } };
};
