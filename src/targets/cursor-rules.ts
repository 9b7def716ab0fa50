import { attempt, type Codec, codec, commas, type Reader, salvaged, text } from "../core/codec.ts";
import { type Data, isObject, isUnread, Mismatch, same, sourceOf, unread } from "../core/data.ts";
import type { Format } from "../core/format.ts";
import { drop, except, inline, key, maybe, union, weak } from "../core/shape.ts";
import type { Apply, Item, Rule } from "../core/spec.ts";
import type { Surface } from "../core/surface.ts";
import { each } from "../core/surfaces/each.ts";
import { cursorLine, yamlOrLine } from "../formats/dialects.ts";
import { isEntry, split } from "../formats/frontmatter.ts";
import { markdown } from "../formats/markdown.ts";
import { holdsOwn, textOnly } from "../formats/text-only.ts";
import { excludes, fromCursorGlob, globLine, isRespelled, toCursorGlob } from "./cursor-words.ts";

const named = ["description", "globs", "alwaysApply"];
const head = textOnly(markdown(cursorLine), named);
/** Where the line dialect and YAML may read something else: quotes, comments, brackets, block scalars, further lines. */
const ODD = /["'#[]|^[ \t]*[>|]|\n[ \t]*\S/;
const HEADLESS = "@headless";

/** Cursor's reading of a value, which stands as its source where its author may have meant another. */
const told = (value: unknown): unknown => (isUnread(value) ? cursorLine.read(sourceOf(value)) : value);
const meant = (value: unknown): unknown => (isUnread(value) ? yamlOrLine.read(sourceOf(value)) : value);

/** A key that says nothing is none; one that Cursor misreads stands as its source, for the author's meaning. */
const asSource = (data: Data, name: string, source: string): void => {
  const value = attempt(() => cursorLine.read(source));
  if (typeof value === "string" && value.trim() === "") delete data[name];
  else if (ODD.test(source)) data[name] = unread(source);
};

/** Cursor's rule files: a head of lines, and nothing at all where there is none. */
const mdc: Format = {
  ...head,
  id: "Cursor rule",
  parse: (source) => {
    const data = head.parse(source);
    const front = split(source, true);
    if (!front.open) return { ...data, [HEADLESS]: true };
    for (const name of named) {
      const [entry, twin] = front.spans.filter(isEntry).filter((e) => e.key === name);
      if (entry && !twin) asSource(data, name, entry.value);
    }
    return data;
  },
};

const oneLine = (s: string): string => s.replace(/[ \t]*(?:\r\n|[\r\n])\s*/g, " ").trim();
/** What Cursor makes of a description; undefined: nothing. */
const shown = (description: string | undefined): string | undefined => {
  if (!description?.trim()) return undefined;
  return /[\r\n]/.test(description) ? oneLine(description) : description;
};
const lineOf = (value: unknown, source: unknown): string => {
  if (typeof value === "string") return value;
  const raw = isUnread(source) ? sourceOf(source).trim() : "";
  if (raw === "" || /[\r\n]/.test(raw)) throw new Mismatch("expected one line of text");
  return raw;
};

/** Text on one line. A rule that is asked for by name has none: with one it would be shown by itself. */
const line = codec<string>(
  (x) => lineOf(told(x), x),
  (d, _, around) => {
    const said = shown(d);
    if (said === undefined || (around?.["apply"] as Apply | undefined)?.on === "manual")
      throw new Mismatch("no description");
    return said;
  },
  text.schema,
);
const intendedLine = codec<string>((x) => {
  const value = meant(x);
  return typeof value === "string" ? oneLine(value) : lineOf(told(x), x);
}, line.put);
const description = salvaged(
  line,
  intendedLine,
  "Cursor reads a description as it stands on its line, not as YAML",
);
/** Text as it stands on its line, for heads that know no quotes. */
export const bareText: Codec<string> = codec(
  (x) => text.get(x).trim() || blank(),
  (s) => oneLine(s) || blank(),
  text.schema,
);
const blank = (): never => {
  throw new Mismatch("expected text that is not blank");
};
export const bareTextFacts = [
  except<string>((s) => !s.trim(), "blank text is none to Cursor", "note"),
  except<string>((s) => oneLine(s) !== s, "written on one line, without the spaces at its ends", "note"),
];

/** Cursor cuts a description; https://cursor.com/docs as of 2026-08-16. */
const LONGEST = 1536;
const descriptionFacts = [
  except<string>(
    (_, r: Rule) => r.apply.on === "manual",
    "with a description Cursor would show the rule by itself",
    "note",
  ),
  except<string>((d) => /[\r\n]/.test(d), "written on one line", "note"),
  except<string>((d) => shown(d) === undefined, "a blank description is none to Cursor", "note"),
  weak<string>(
    (d, r: Rule) => r.apply.on === "relevant" && d.length > LONGEST,
    "Cursor reads 1,536 characters of it",
  ),
];

const UNQUOTE = /^(["'])(.*)\1$/s;
const parted = (line: string): string[] => commas.get(line);
/** The globs as Cursor reads them: those of one line parted by commas, or of a block list. */
const globsTold = (x: unknown): string[] => {
  const value = told(x);
  const parts = typeof value === "string" ? parted(value) : (value as string[]);
  return parts.filter((p) => p.trim() !== "").map(fromCursorGlob);
};
/** Globs as they were meant: a flow list, quotes around each. */
const intended = (x: unknown): string[] => {
  const value = attempt(() => meant(x)) ?? attempt(() => told(x));
  const line = Array.isArray(value) ? value.join(",") : String(value ?? "");
  return parted(line.replace(/^\[(.*)\]$/s, "$1"))
    .map((p) => p.replace(UNQUOTE, "$2").trim())
    .filter(Boolean);
};
const globs: Codec<string[]> = codec(
  (x) => globsTold(x),
  (gs, prior) => {
    const kept = gs.filter((g) => !excludes(g));
    const line = globLine(kept);
    if (line === undefined) throw new Mismatch("a glob that the line cannot hold");
    const asRead = kept.map((g) => fromCursorGlob(toCursorGlob(g)));
    return prior !== undefined &&
      same(
        attempt(() => globsTold(prior)),
        asRead,
      )
      ? prior
      : line;
  },
  text.schema,
);

const cases = union<"on", Apply>("on", {
  always: [{}, { alwaysApply: "true" }],
  globs: [
    {
      globs: key(
        "globs",
        globs,
        except((gs) => gs.every(excludes), "Cursor has no way to say only what is excluded"),
        except(
          (gs) => globLine(gs.filter((g) => !excludes(g))) === undefined,
          "Cursor parts globs at commas, so none can hold one, nor a space at an end",
        ),
        except(
          (gs) => gs.some(excludes),
          "Cursor is not known to exclude: the rule is there for these files too",
        ),
        except((gs) => gs.some(isRespelled), "written as the same glob in Cursor's spelling", "note"),
      ),
    },
    { alwaysApply: ["false", undefined] },
  ],
  relevant: [{}, { alwaysApply: ["false", undefined] }],
  manual: [{}, { alwaysApply: ["false", undefined] }],
});

const decided = (always: boolean, of: string[], says: boolean): Apply => {
  if (always) return { on: "always" };
  if (of.length) return { on: "globs", globs: of };
  return says ? { on: "relevant" } : { on: "manual" };
};
/** In the order in which Cursor decides. */
const asTold = (data: Data): Apply => {
  // a file that is yet to be written has no head either
  if (data[HEADLESS] || !Object.hasOwn(data, "body"))
    throw new Mismatch("Cursor ignores a rule without a head");
  const of = (name: string): unknown => attempt(() => told(data[name]));
  const found = of("globs") === undefined ? [] : globsTold(data["globs"]);
  return decided(of("alwaysApply") === "true", found, of("description") !== undefined);
};
/** As YAML, with names in any case and in quotes; `paths` is Claude Code's word. */
const asMeant = (data: Data): Apply => {
  const by = new Map(Object.entries(data).map(([k, v]) => [k.replace(UNQUOTE, "$2").toLowerCase(), v]));
  const always = by.get("alwaysapply");
  const word = String(attempt(() => meant(always)) ?? "").toLowerCase();
  const found = by.has("globs") ? intended(by.get("globs")).map(fromCursorGlob) : intended(by.get("paths"));
  return decided(!!data[HEADLESS] || /^(?:true|yes|on)$/.test(word), found, by.has("description"));
};

/** A file of somebody's with a head of its own, to which nothing is added that it can do without. */
const hasHead = (prior: unknown): prior is Data =>
  isObject(prior) && Object.hasOwn(prior, "body") && !prior[HEADLESS];

/** When a rule applies, told by three keys: https://cursor.com/docs, and the loader in `@cursor/sdk` 1.0.32, 2026-11-22. */
const apply: Codec<Apply> = {
  ...cases,
  fields: [
    ...cases.fields,
    {
      path: ["on"],
      only: (on, r: Rule) => on === "relevant" && shown(r.description) === undefined,
      note: "Cursor tells by the description when a rule is relevant: without one it waits to be asked for",
    },
  ],
  get: (theirs, reader?: Reader) => {
    const data = isObject(theirs) ? theirs : {};
    if (!reader?.salvage) return asTold(data);
    const [tool, wanted] = [attempt(() => asTold(data)), asMeant(data)];
    if (!same(tool, wanted))
      reader.salvage(
        data[HEADLESS]
          ? "Cursor ignores a rule without a head"
          : "Cursor reads the head of a rule line by line, not as YAML: the rule does not apply where it says",
      );
    return wanted;
  },
  put: (ours, prior) => {
    const { alwaysApply, ...rest } = cases.put(ours, prior) as Data;
    const said = ours.on === "always" || !hasHead(prior) || Object.hasOwn(prior, "alwaysApply");
    return { description: undefined, ...rest, ...(said && { alwaysApply }) };
  },
};

/** Keys of one's own that the heads of these files cannot hold are told. */
export const heads = <I extends Item>(place: Surface<I>, format: Format): Surface<I> => ({
  ...place,
  fields: [
    ...place.fields,
    {
      path: ["overrides"],
      only: (own: Data) => Object.entries(own).some(([k, v]) => !holdsOwn(format, k, v)),
      note: "a head of Cursor's holds text on one line only",
    },
  ],
});

export const ruleFolder = ".cursor/rules/";
export const rules = heads(
  each<Rule>(
    `${ruleFolder}{name}.mdc`,
    mdc,
    {
      description: maybe("description", description, ...descriptionFacts),
      apply: inline(apply),
      agents: drop("Cursor shows a rule to every agent"),
      body: key("body", text),
    },
    { deep: true },
  ),
  mdc,
);
