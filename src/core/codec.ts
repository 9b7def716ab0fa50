import { type Data, isObject, isUnread, Mismatch, same } from "./data.ts";
import { parse, type Spelling, say, type Template } from "./template.ts";

/** A JSON Schema of the tool's side, derived from the codec. */
export type Schema = { [key: string]: unknown };

/** How a value is read. */
export interface Reader {
  /** Present: read what the author meant where the tool reads something else, and say so. */
  salvage?: (note: string) => void;
  /** An optional key whose value cannot be read: it counts as absent and stays as it is. */
  skipped?: (key: string, reason: string) => void;
  /** Our fields read so far from the same record: a body may depend on the arguments above it. */
  around?: Data;
}

/** One declaration, both directions. `A` is ours, `unknown` is the tool's plain data. */
export interface Codec<A> {
  /** Theirs to ours. Throws `Mismatch` where the data is not ours to read. */
  get(theirs: unknown, reader?: Reader): A;
  /** Ours to theirs, keeping whatever in `prior` we do not own. Throws `Mismatch` where the tool cannot say it. */
  put(ours: A, prior?: unknown, around?: Data): unknown;
  /**
   * What stands there says all that is wanted, where reading it back alone does not tell: a row says more of its item
   * (`around`) than the value read from it.
   */
  stands?(ours: A, prior: unknown, around?: Data): boolean;
  /** Keys of ours that hold more than is read, as they stand: the more is one tool's own. */
  more?(theirs: Data): Data;
  /** What can be said about it: reasons of losses, the documents, the keys that are ours. */
  readonly fields: readonly Field[];
  readonly schema: Schema;
  /** The fields of ours that a record places. */
  readonly names?: readonly string[];
}

export type Level = "note" | "warning" | "error";
/** A fact about one place in our data; `*` in the path stands for each element. */
export interface Field {
  path: readonly string[];
  /** The tool's key; where it stands alone the fact is only that the key is ours. */
  theirs?: string;
  /** Why a value may be lost here. */
  note?: string;
  level?: Level;
  /** Reads back as written, yet is not enforced: always reported. */
  weak?: boolean;
  /** The note holds only for these values. */
  only?: (ours: any, item: any) => boolean;
  /** The note holds only in these cases of a union. */
  cases?: readonly { depth: number; tag: string; is: string }[];
}

const told = (x: unknown): string => {
  if (isUnread(x)) return "text that could not be read";
  if (Array.isArray(x)) return "a list";
  if (isObject(x)) return "a map";
  return x === undefined
    ? "nothing"
    : typeof x === "string"
      ? "text"
      : typeof x === "boolean"
        ? "true or false"
        : x === null
          ? "null"
          : "a number";
};
/** Never shows the value: it may be a secret. */
const fail = (want: string, got: unknown): never => {
  throw new Mismatch(`expected ${want}, found ${told(got)}`);
};

export const codec = <A>(
  get: (theirs: unknown, reader?: Reader) => A,
  put: (ours: A, prior?: unknown, around?: Data) => unknown,
  schema: Schema = {},
  fields: readonly Field[] = [],
): Codec<A> => ({ get, put, schema, fields });

const primitive = <A>(is: (x: unknown) => x is A, name: string, schema: Schema): Codec<A> =>
  codec(
    (x) => (is(x) ? x : fail(name, x)),
    (a) => a,
    schema,
  );
export const text = primitive((x): x is string => typeof x === "string", "text", { type: "string" });
export const flag = primitive((x): x is boolean => typeof x === "boolean", "true or false", {
  type: "boolean",
});
export const count = primitive((x): x is number => typeof x === "number", "a number", { type: "number" });
/** A whole number from `low` to `high`, both of them included. */
export const integer = (low: number, high = Number.MAX_SAFE_INTEGER): Codec<number> => {
  const isBounded = high < Number.MAX_SAFE_INTEGER;
  const of = primitive(
    (x): x is number => Number.isSafeInteger(x) && (x as number) >= low && (x as number) <= high,
    isBounded ? `a whole number from ${low} to ${high}` : `a whole number from ${low} on`,
    { type: "integer", minimum: low, ...(isBounded && { maximum: high }) },
  );
  return { ...of, put: (n) => of.get(n) };
};
export const anything: Codec<unknown> = codec(
  (x) => (isUnread(x) ? fail("a readable value", x) : x),
  (a) => a,
);
export const object = primitive<Data>((x): x is Data => isObject(x) && !isUnread(x), "a map", {
  type: "object",
});
export const oneOf = <const T extends string>(...words: readonly T[]): Codec<T> =>
  codec(
    (x) => (words.includes(x as T) ? (x as T) : fail(`one of ${words.join(", ")}`, x)),
    (a) => a,
    { enum: [...words] },
  );

const under = (at: string, fields: readonly Field[]): Field[] =>
  fields.map(({ theirs: _, ...f }) => ({
    ...f,
    path: [at, ...f.path],
    ...(f.cases && { cases: f.cases.map((c) => ({ ...c, depth: c.depth + 1 })) }),
  }));
const mapValues = <A, B>(o: Record<string, A>, f: (a: A, key: string) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(o).map(([k, v]) => [k, f(v, k)]));

export const list = <A>(of: Codec<A>): Codec<A[]> =>
  codec(
    (x, r) => (Array.isArray(x) ? x.map((v) => of.get(v, r)) : fail("a list", x)),
    (a, prior) => a.map((v, i) => of.put(v, Array.isArray(prior) ? prior[i] : undefined)),
    { type: "array", items: of.schema },
    under("*", of.fields),
  );
export const dict = <A>(of: Codec<A>): Codec<Record<string, A>> =>
  codec(
    (x, r) => (isObject(x) && !isUnread(x) ? mapValues(x, (v) => of.get(v, r)) : fail("a map", x)),
    (a, prior) => mapValues(a, (v, k) => of.put(v, isObject(prior) ? prior[k] : undefined)),
    { type: "object", additionalProperties: of.schema },
    under("*", of.fields),
  );
/** A change of notation: `map(base, fromTool, toTool)`. Both may throw `Mismatch`. */
export const map = <A, B>(
  base: Codec<A>,
  get: (a: A) => B,
  put: (b: B) => A,
  fields: readonly Field[] = base.fields,
): Codec<B> =>
  codec(
    (x, r) => get(base.get(x, r)),
    (b, prior) => base.put(put(b), prior),
    base.schema,
    fields,
  );
/** Numbers that the tool counts in another unit: `scaled(count, 1000)` is seconds for our milliseconds. */
export const scaled = (base: Codec<number>, factor: number): Codec<number> =>
  map(
    base,
    (n) => Number((n * factor).toPrecision(15)),
    (n) => n / factor,
  );
/** Several of ours in one text, parted by commas outside braces. */
export const commas: Codec<string[]> = map(
  text,
  (s) =>
    s
      .split(/,(?![^{]*\})/)
      .map((p) => p.trim())
      .filter(Boolean),
  (a) =>
    a.some((p) => p.trim() !== p || p === "" || p.split(/,(?![^{]*\})/).length > 1)
      ? fail("words without commas", a)
      : a.join(", "),
);

/** Read with the first that can; write with the first whose writing reads back, so the first is the usual spelling. */
export const either = <A>(first: Codec<A>, ...others: Codec<A>[]): Codec<A> => {
  const all = [first, ...others];
  const get = (x: unknown, r?: Reader): A => {
    for (const c of all) {
      const value = attempt(() => c.get(x, r));
      if (value !== undefined) return value;
    }
    return first.get(x, r);
  };
  const put = (ours: A, prior?: unknown, around?: Data): unknown => {
    for (const c of all) {
      const theirs = attempt(() => c.put(ours, prior, around));
      if (
        theirs !== undefined &&
        same(
          attempt(() => get(theirs, around ? { around } : {})),
          ours,
        )
      )
        return theirs;
    }
    return first.put(ours, prior, around);
  };
  return { ...first, schema: { anyOf: all.map((c) => c.schema) }, get, put };
};
/** Read as the tool does, but at import as `meant` where that says something else; `note` tells what is wrong. */
export const salvaged = <A>(tool: Codec<A>, meant: Codec<A>, note: string): Codec<A> => ({
  ...tool,
  get: (x, r) => {
    if (!r?.salvage) return tool.get(x, r);
    const read = attempt(() => tool.get(x, r));
    const wanted = attempt(() => meant.get(x, r));
    if (wanted === undefined || same(read, wanted)) return read ?? tool.get(x, r);
    r.salvage(note);
    return wanted;
  },
});
/** The value, or undefined where it is a mismatch; other errors pass. */
export const attempt = <T>(f: () => T): T | undefined => {
  try {
    return f();
  } catch (e) {
    if (e instanceof Mismatch) return undefined;
    throw e;
  }
};
/** A put that leaves alone what already reads as wanted. */
export const settled = <A>(c: Codec<A>): Codec<A> => ({
  ...c,
  put: (ours, prior, around) => {
    if (prior !== undefined) {
      const read = attempt(() => c.get(prior, around ? { around } : {}));
      if (read !== undefined && same(read, ours) && (c.stands?.(ours, prior, around) ?? true)) return prior;
    }
    return c.put(ours, prior, around);
  },
});

const unsayable = (s: Spelling): string =>
  s.gloss && !s.can.length
    ? "what stands in {{...}} is described in words: the tool does not fill it in"
    : `${s.id} has no way to say this`;

/**
 * Text with holes in a tool's spelling. What it cannot say is refused; with a `gloss`, holes are told in words.
 * Either way it is a loss with a reason.
 */
export const spelled = (of: Spelling | ((around: Data) => Spelling)): Codec<Template> => {
  const spelling = typeof of === "function" ? of : () => of;
  const reason = (t: Template, item: Data): boolean => say(spelling(item), t).unsaid.length > 0;
  return codec(
    (x, r) => parse(spelling(r?.around ?? {}), text.get(x)),
    (t, _, around) => {
      const s = spelling(around ?? {});
      const said = say(s, t);
      if (!said.unsaid.length || (s.gloss && said.unsaid.every((p) => typeof p !== "string")))
        return said.text;
      throw new Mismatch(`${s.id} cannot say this`);
    },
    { type: "string" },
    [{ path: [], note: unsayable(spelling({})), only: reason }],
  );
};
