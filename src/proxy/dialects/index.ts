import { chat } from "./chat.ts";
import type { Call, Dialect, Head } from "./dialect.ts";
import { gemini } from "./gemini.ts";
import { messages } from "./messages.ts";
import { responses } from "./responses.ts";

/** All of them; the first that knows a request has it. */
export const dialects: readonly Dialect[] = [messages, gemini, responses, chat];

/** The dialect of a request, and what it wants; undefined: no dialect knows it. */
export const dialectOf = (head: Head): { dialect: Dialect; call: Call } | undefined => {
  for (const dialect of dialects) {
    const call = dialect.find(head);
    if (call) return { dialect, call };
  }
  return undefined;
};
