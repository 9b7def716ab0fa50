import { fields, parsed } from "./dialects/dialect.ts";

/** A request's body: as it came, and as it reads. */
export interface Body {
  bytes: Buffer;
  json: Readonly<Record<string, unknown>>;
}

/** Reads a body; undefined: it is no JSON object. */
export const bodyOf = (bytes: Buffer): Body | undefined => {
  const value = parsed(bytes.toString());
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? { bytes, json: fields(value) }
    : undefined;
};

/** The same bytes with another model; nothing else changes. */
export const withModel = ({ bytes, json }: Body, model: string): Buffer => {
  if (json["model"] === model) return bytes;
  const place = placeOf(bytes, "model", json["model"]);
  if (!place) return bytes;
  const name = Buffer.from(JSON.stringify(model));
  return Buffer.concat([bytes.subarray(0, place[0]), name, bytes.subarray(place[1])]);
};

const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;
const isOpening = (byte: number): boolean => byte === 123 || byte === 91;
const isClosing = (byte: number): boolean => byte === 125 || byte === 93;

/** Where the string behind an opening quote ends. */
const stringEnd = (bytes: Buffer, open: number): number => {
  let at = open + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at + 1;
};

const textAt = (bytes: Buffer, start: number, end: number): unknown =>
  parsed(bytes.toString("utf8", start, end));

/** Where a string stands under a key at the top of an object that is well-formed; undefined: nowhere. */
const placeOf = (
  bytes: Buffer,
  key: string,
  value: unknown,
): readonly [start: number, end: number] | undefined => {
  let depth = 0;
  let isKey = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (isOpening(byte)) isKey = ++depth === 1;
    else if (isClosing(byte)) depth--;
    else if (byte === COMMA) isKey = depth === 1;
    else if (byte === QUOTE) {
      const end = stringEnd(bytes, i);
      if (isKey && textAt(bytes, i, end) === key) {
        const start = bytes.indexOf(QUOTE, end);
        const valueEnd = start < 0 ? 0 : stringEnd(bytes, start);
        if (valueEnd && textAt(bytes, start, valueEnd) === value) return [start, valueEnd];
      }
      isKey = false;
      i = end - 1;
    }
  }
  return undefined;
};
