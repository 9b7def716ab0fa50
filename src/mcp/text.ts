import type { Found } from "./shapes.ts";

const encoder = new TextEncoder();
const bytesOf = (text: string): number => encoder.encode(text).length;
/** The beginning of a text that fits into so many bytes of UTF-8, no character cut in two. */
const fitting = (text: string, bytes: number): string => {
  const { read } = encoder.encodeInto(text.slice(0, bytes), new Uint8Array(bytes));
  return text.slice(0, read);
};

const block = ({ title, url, score, text }: Found, n: number): string =>
  [
    `${n + 1}. ${title ?? "(no title)"}${score === undefined ? "" : ` (score ${score})`}`,
    ...(url === undefined ? [] : [url]),
    text,
  ].join("\n");

/** Results as text for a model, at most so many bytes and a note of what is left out. */
export const textOf = (found: readonly Found[], maxBytes: number): string => {
  if (!found.length) return "No results";
  let [out, room] = ["", maxBytes];
  for (const [n, result] of found.entries()) {
    const text = (n ? "\n\n" : "") + block(result, n);
    const size = bytesOf(text);
    if (size > room) {
      const left = found.length - n - 1;
      const note = `[cut at ${maxBytes} bytes${left ? `, ${left} more left out` : ""}]`;
      return `${out}${fitting(text, room)}\n\n${note}`;
    }
    out += text;
    room -= size;
  }
  return out;
};
