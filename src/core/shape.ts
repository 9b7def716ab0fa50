import {
  attempt,
  type Codec,
  codec,
  type Field,
  type Level,
  type Reader,
  type Schema,
  settled,
} from "./codec.ts";
import { type Data, isObject, isUnread, Mismatch } from "./data.ts";

/** The tool has no place for this; why, once. */
export interface Drop {
  drop: string;
  level?: Level;
}
/** `any`, so that it fits every slot without standing in each slot's type: errors then name the missing field. */
export const drop = (why: string, level?: Level): any =>
  ({ drop: why, ...(level && { level }) }) satisfies Drop;
export const isDrop = (x: unknown): x is Drop => isObject(x) && "drop" in x;

export interface Key<A> {
  key: string;
  codec: Codec<A>;
  required: boolean;
  facts: readonly Fact<A>[];
  /** Values without which the item would reach further: where one cannot be read, neither can the item. */
  narrows?: (theirs: unknown) => boolean;
}
export interface Must<A> extends Key<A> {
  required: true;
}
/** The field has no key of its own: its parts lie among its neighbours'. */
export interface Inline<A> {
  inline: Codec<A>;
}
interface Fact<A> {
  note: string;
  only: (ours: A, item: any) => boolean;
  weak?: boolean;
  level?: Level;
}

/** Values the tool cannot hold under this key, and why. */
export const except = <A>(only: (ours: A, item: any) => boolean, note: string, level?: Level): Fact<A> => ({
  only,
  note,
  ...(level && { level }),
});
/** Values that the tool keeps but does not enforce, and what it does instead: always reported. */
export const weak = <A>(only: (ours: A, item: any) => boolean, note: string, level?: Level): Fact<A> => ({
  ...except(only, note, level),
  weak: true,
});
export const key = <A>(name: string, of: Codec<A>, ...facts: Fact<NoInfer<A>>[]): Must<A> => ({
  key: name,
  codec: of,
  required: true,
  facts,
});
export const maybe = <A>(name: string, of: Codec<A>, ...facts: Fact<NoInfer<A>>[]): Key<A> => ({
  key: name,
  codec: of,
  required: false,
  facts,
});
/** An optional key that limits its item, with the values that do. */
export const narrowing = <A>(slot: Key<A>, narrows: (theirs: unknown) => boolean): Key<A> => ({
  ...slot,
  narrows,
});
export const inline = <A>(of: Codec<A>): Inline<A> => ({ inline: of });

type Slot<A, K extends keyof A> =
  | Inline<A[K]>
  | (undefined extends A[K] ? Key<NonNullable<A[K]>> : Must<A[K]>);
/** A place, or a reason, for every field of `A`; leaving one out is a type error. */
export type Shape<A> = { [K in keyof A]-?: Slot<A, K> };
/** Keys that hold a set value; of a list the first is written and all are read. */
type Fixed = Record<string, unknown>;
/** A shape, and the keys that mark it. */
export type Case<A> = Shape<A> | [Shape<A>, Fixed];

const firstOf = (v: unknown): unknown => (Array.isArray(v) ? v[0] : v);
const allowed = (v: unknown): unknown[] => (Array.isArray(v) ? v : [v]);

type Entry = { ours: string } & (Key<any> | Inline<any> | Drop);

const entriesOf = (shape: Shape<any>): Entry[] =>
  Object.entries(shape).map(([ours, slot]) => ({ ours, ...(slot as object) }) as Entry);

const deeper = (ours: string, f: Field): Field => ({
  ...f,
  path: [ours, ...f.path],
  ...(f.cases && { cases: f.cases.map((c) => ({ ...c, depth: c.depth + 1 })) }),
});

const fieldsOf = (entry: Entry): Field[] => {
  if ("drop" in entry)
    return [{ path: [entry.ours], note: entry.drop, ...(entry.level && { level: entry.level }) }];
  if ("inline" in entry) return entry.inline.fields.map((f) => deeper(entry.ours, f));
  return [
    { path: [entry.ours], theirs: entry.key },
    ...entry.facts.map((f): Field => ({ path: [entry.ours], ...f })),
    ...entry.codec.fields.map(({ theirs: _, ...f }) => deeper(entry.ours, f)),
  ];
};

const schemaOf = (entries: readonly Entry[], fixed: Fixed): Schema => {
  const properties: Record<string, unknown> = {};
  const required: string[] = [];
  const allOf: Schema[] = [];
  for (const [k, v] of Object.entries(fixed)) {
    properties[k] = { enum: allowed(v).filter((x) => x !== undefined) };
    if (!allowed(v).includes(undefined)) required.push(k);
  }
  for (const e of entries) {
    if ("key" in e) {
      properties[e.key] = e.codec.schema;
      if (e.required) required.push(e.key);
    } else if ("inline" in e) {
      Object.assign(properties, e.inline.schema["properties"]);
      if (e.inline.schema["anyOf"]) allOf.push({ anyOf: e.inline.schema["anyOf"] });
    }
  }
  return { type: "object", properties, ...(required.length && { required }), ...(allOf.length && { allOf }) };
};

/** An object whose fields all have a place or a reason. Keys it does not name stay as they are. */
export const record = <A extends object>(of: Case<A>): Codec<A> => {
  const [shape, fixed] = Array.isArray(of) ? of : [of, {} as Fixed];
  const entries = entriesOf(shape as Shape<any>);
  const keys = entries.filter((e): e is Entry & Key<any> => "key" in e);
  const inlines = entries.filter((e): e is Entry & Inline<any> => "inline" in e);
  const sets = Object.entries(fixed);
  const told = keys.filter((e) => e.codec.stands);
  const toldInline = inlines.filter((e) => e.inline.stands);
  const made = codec<A>(
    (theirs, reader) => {
      if (!isObject(theirs) || isUnread(theirs)) throw new Mismatch("expected a map");
      for (const [k, v] of sets)
        if (!allowed(v).includes(theirs[k])) throw new Mismatch(`expected ${k} to be ${firstOf(v)}`);
      const out: Data = {};
      const inner = { ...reader, around: out };
      for (const e of inlines) out[e.ours] = e.inline.get(theirs, inner);
      for (const e of keys) {
        const value = theirs[e.key];
        if (e.required && (value === undefined || value === null))
          throw new Mismatch(`"${e.key}" is missing`);
        if (e.required) out[e.ours] = e.codec.get(value, inner);
        else if (value !== undefined && value !== null) optional(out, e, value, inner);
      }
      return out as A;
    },
    (ours, prior, around) => {
      const old = isObject(prior) ? prior : {};
      const mine = ours as Data;
      const whole = { ...around, ...mine };
      let out: Data = { ...old };
      for (const [k, v] of sets) if (!allowed(v).includes(out[k]) || !(k in old)) out[k] = firstOf(v);
      for (const e of inlines) out = settled(e.inline).put(mine[e.ours], out, whole) as Data;
      for (const e of keys) write(out, e, mine[e.ours], old, whole);
      for (const k of Object.keys(out)) if (out[k] === undefined) delete out[k];
      return out;
    },
    schemaOf(entries, fixed),
    [...sets.map(([k]): Field => ({ path: [], theirs: k })), ...entries.flatMap(fieldsOf)],
  );
  const stands: Codec<A>["stands"] = (ours, prior, around) =>
    toldInline.every((e) => e.inline.stands!((ours as Data)[e.ours], prior, { ...around, ...ours })) &&
    told.every((e) => {
      const value = (ours as Data)[e.ours];
      return value === undefined || e.codec.stands!(value, (prior as Data)[e.key], { ...around, ...ours });
    });
  const more = (theirs: Data): Data => Object.assign({}, ...inlines.map((e) => e.inline.more?.(theirs)));
  const tells = told.length + toldInline.length > 0;
  return { ...made, more, ...(tells && { stands }), names: entries.map((e) => e.ours) };
};

const optional = (out: Data, e: Entry & Key<any>, value: unknown, reader: Reader): void => {
  try {
    out[e.ours] = e.codec.get(value, reader);
  } catch (error) {
    if (!(error instanceof Mismatch) || e.narrows?.(value)) throw error;
    reader.skipped?.(e.key, error.message);
  }
};

/** An optional value that cannot be said is left out, and found missing when it is read back. */
const write = (out: Data, e: Entry & Key<any>, value: unknown, old: Data, whole: Data): void => {
  if (value === undefined) {
    const readable =
      old[e.key] === undefined || attempt(() => e.codec.get(old[e.key], { around: whole })) !== undefined;
    if (readable) delete out[e.key];
    return;
  }
  if (e.required) out[e.key] = settled(e.codec).put(value, old[e.key], whole);
  else out[e.key] = attempt(() => settled(e.codec).put(value, old[e.key], whole));
};

type Tagged<T extends string> = { [K in T]: string };
/** The member of a union that holds the tag `V`, even when one member has several tags. */
type Member<A, T extends keyof any, V> = A extends { [K in T]: infer W }
  ? V extends W
    ? Omit<A, T>
    : never
  : never;

/** A tagged union. Reading tries the cases in order; writing follows the tag and clears only keys that another case owns. */
export const union = <T extends string, A extends Tagged<T>>(
  tag: T,
  cases: { [V in A[T]]: Case<Member<A, T, V>> },
): Codec<A> => {
  const all = Object.entries(cases).map(([is, c]) =>
    isDrop(c) ? { is, drop: c } : { is, codec: record<any>(c as Case<any>) },
  );
  const keysOf = (c: Codec<any>): string[] => c.fields.flatMap((f) => f.theirs ?? []);
  const owned = new Set(all.flatMap((c) => (c.codec ? keysOf(c.codec) : [])));
  const live = all.flatMap((c) =>
    c.codec ? [{ is: c.is, codec: c.codec, keep: new Set(keysOf(c.codec)) }] : [],
  );
  const schemas = live.map((c) => c.codec.schema);
  return codec<A>(
    (theirs, reader) => {
      let first: unknown;
      for (const c of live) {
        try {
          return { [tag]: c.is, ...c.codec.get(theirs, reader) } as A;
        } catch (e) {
          if (!(e instanceof Mismatch)) throw e;
          first ??= e;
        }
      }
      throw live.length === 1 ? first : new Mismatch(`expected one of ${live.map((c) => c.is).join(", ")}`);
    },
    (ours, prior) => {
      const { [tag]: is, ...rest } = ours as Data;
      const chosen = live.find((c) => c.is === is);
      if (!chosen) throw new Mismatch(`no place for ${is}`);
      const kept = (k: string): boolean => chosen.keep.has(k) || !owned.has(k);
      const old = isObject(prior) ? Object.entries(prior).filter(([k]) => kept(k)) : [];
      return chosen.codec.put(rest, Object.fromEntries(old));
    },
    { type: "object", properties: mergedProperties(schemas), anyOf: schemas.map(caseSchema) },
    all.flatMap((c) => {
      const fields: readonly Field[] = c.codec?.fields ?? [
        { path: [], note: c.drop!.drop, ...(c.drop!.level && { level: c.drop!.level }) },
      ];
      return fields.map((f) => ({ ...f, cases: [...(f.cases ?? []), { depth: 0, tag, is: c.is }] }));
    }),
  );
};

const mergedProperties = (schemas: readonly Schema[]): Schema => {
  const by = new Map<string, unknown[]>();
  for (const s of schemas)
    for (const [k, v] of Object.entries(s["properties"] as Data)) {
      const seen = by.get(k) ?? [];
      if (!seen.some((x) => JSON.stringify(x) === JSON.stringify(v))) seen.push(v);
      by.set(k, seen);
    }
  return Object.fromEntries([...by].map(([k, vs]) => [k, vs.length === 1 ? vs[0] : { anyOf: vs }]));
};

/** What tells one case from the others: its set keys and the keys it needs. */
const caseSchema = (schema: Schema): Schema => {
  const sets = Object.entries(schema["properties"] as Data).filter(([, v]) => isObject(v) && "enum" in v);
  return {
    ...(sets.length && { properties: Object.fromEntries(sets) }),
    ...(schema["required"] ? { required: schema["required"] } : {}),
  };
};
