import { type Codec, codec, count, map, spelled, text } from "../core/codec.ts";
import { type Data, isObject, Mismatch, same } from "../core/data.ts";
import type { Apply } from "../core/spec.ts";
import { envReading, plainEnv } from "../core/spellings.ts";
import { type Spelling, say, type Template } from "../core/template.ts";
import { layout } from "../core/text.ts";

/**
 * `${env:NAME}` anywhere in a server, filled in after the file is checked; no default, no escape. An unset one stays as it
 * is; a backslash in a value becomes `/`. src/utils/config.ts@cb83656, 2026-04-14.
 */
export const rooData: Spelling = {
  id: "Roo Code's mcp.json",
  can: [{ env: "X" }],
  reads: [envReading("\\$\\{env:", "\\}")],
  hole: plainEnv("${env:", "}"),
};
/** No file but `mcp.json` fills anything in. */
const literal: Spelling = { id: "a settings export", can: [], reads: [], hole: () => undefined };

/** The text, where it is said without holes. */
export const literalText = (t: Template): string | undefined => {
  const said = say(literal, t);
  return said.unsaid.length ? undefined : said.text;
};
/** The file is checked before it is filled in: a hole may stand in the path, not in the host. */
export const isUrl = (t: Template): boolean => URL.canParse(say(rooData, t).text);
export const isBlank = (t: Template): boolean => say(rooData, t).text === "";

/** Another number of seconds rejects the whole file. */
export const inRange = (ms: number): boolean => ms >= 1000 && ms <= 3_600_000;
const checked = (ms: number): number => {
  if (!inRange(ms)) throw new Mismatch("expected 1 to 3600 seconds");
  return ms;
};
export const seconds: Codec<number> = map(
  count,
  (s) => checked(Number((s * 1000).toPrecision(15))),
  (ms) => checked(ms) / 1000,
);

/** Roo Code takes the blanks off both ends; a text of blanks is none. */
export const trimmed: Codec<string> = map(
  text,
  (s) => s.trim() || blank(),
  (s) => s.trim() || blank(),
);
const blank = (): never => {
  throw new Mismatch("expected text that is not blank");
};
/** Text in a value: a block scalar's blank lines and final newline belong to the file. */
export const prose: Codec<string> = map(
  text,
  (s) => layout(s).body || blank(),
  (s) => s || blank(),
);

export const isSlug = (name: string): boolean => /^[a-zA-Z0-9-]+$/.test(name);
/** The open specification's form. https://agentskills.io/specification */
export const isSkillName = (name: string): boolean =>
  name.length <= 64 && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name);

/** Files in a rules folder that Roo Code passes over. custom-instructions.ts@cb83656, 2026-04-14. */
const passedOver =
  /\.(?:DS_Store|bak|cache|crdownload|db|dmp|dump|eslintcache|lock|log|old|part|partial|pyc|pyo|stackdump|swo|swp|temp|tmp)$/;

/**
 * `rules/x.md` is the rule `x`, `rules-code/x.md` the rule `code/x` of the mode `code`; files of any ending count, with their
 * ending in the name.
 */
export const rulePart = {
  of: ({ name, agents }: { name: string; agents?: string[] }): string =>
    `${agents?.length === 1 && isSlug(agents[0]!) ? `-${agents[0]}` : ""}/${name}.md`,
  item: (part: string): ({ name: string } & Data) | undefined => {
    const [, mode, file] = /^(?:-([a-zA-Z0-9-]+))?\/(.+)$/.exec(part) ?? [];
    if (file === undefined || passedOver.test(file)) return undefined;
    const stem = file.replace(/\.md$/, "");
    return mode === undefined ? { name: stem } : { name: `${mode}/${stem}`, agents: [mode] };
  },
};

/** What `.roomodes` calls a group, as tools by Claude Code's names, which are the most usual. */
const groups = {
  read: ["Read", "Grep", "Glob"],
  edit: ["Edit", "Write"],
  command: ["Bash"],
  mcp: ["mcp__*"],
} as const;
type Group = keyof typeof groups;
const everything = Object.keys(groups) as Group[];
const others: Record<string, Group> = { LS: "read", MultiEdit: "edit", NotebookEdit: "edit" };

const groupOf = (tool: string): Group | undefined => {
  if (Object.hasOwn(others, tool)) return others[tool];
  return /^mcp__[\w*-]+$/.test(tool)
    ? "mcp"
    : everything.find((g) => (groups[g] as readonly string[]).includes(tool));
};
const groupsFor = (tools: readonly string[]): Group[] => [
  ...new Set(tools.flatMap((tool) => groupOf(tool) ?? [])),
];
const toolsOf = (of: readonly Group[]): string[] => of.flatMap((g) => [...groups[g]]);

/** Tools that no group holds: the mode goes without them. */
const isUngrouped = (tools: readonly string[]): boolean => tools.some((t) => !groupOf(t));
/** Some tools of servers were asked for: the group is all tools of all servers. */
const isWidened = (tools: readonly string[]): boolean =>
  tools.some((t) => groupOf(t) === "mcp") && !tools.includes("mcp__*");
/** A group holds more than was asked for, or the order differs. */
const isRegrouped = (tools: readonly string[]): boolean => !same(toolsOf(groupsFor(tools)), tools);

/** `modes` is always there, `browser` is gone; neither is a tool of ours. */
const silent = new Set<unknown>(["modes", "browser"]);
const groupNames = (theirs: unknown): { names: Group[]; limited: boolean } => {
  if (!Array.isArray(theirs))
    throw new Mismatch('"groups" is missing: Roo Code drops every mode of the file');
  const names = theirs.map((g: unknown) => (Array.isArray(g) ? g[0] : g)).filter((g) => !silent.has(g));
  const unknown = names.find((g) => !everything.includes(g as Group));
  if (unknown !== undefined)
    throw new Mismatch("a group that Roo Code does not know: it drops every mode of the file");
  return { names: names as Group[], limited: theirs.some(Array.isArray) };
};
const isAll = (names: readonly Group[]): boolean => everything.every((g) => names.includes(g));

/** A mode names its groups always; all of them are no limit. */
export const modeTools: Codec<string[] | undefined> = {
  ...codec<string[] | undefined>(
    (row, reader) => {
      const { names, limited } = groupNames((row as Data)["groups"]);
      if (limited)
        reader?.skipped?.("groups", "only Roo Code limits edits to some files: other tools may edit all");
      return isAll(names) ? undefined : toolsOf(names);
    },
    (tools, prior) => ({
      ...(isObject(prior) ? prior : {}),
      groups: tools === undefined ? [...everything] : groupsFor(tools),
    }),
    { type: "object", properties: { groups: { type: "array" } }, required: ["groups"] },
    [
      { path: [], theirs: "groups" },
      { path: [], only: isUngrouped, note: "Roo Code gives tools by group, and no group holds one of these" },
      { path: [], only: isWidened, note: "Roo Code gives a mode the tools of all servers or of none" },
      {
        path: [],
        only: isRegrouped,
        note: "Roo Code gives tools by group: read brings all that reads",
        level: "note",
      },
    ],
  ),
  // the limit goes along as a key of Roo Code's own
  more: (row) => (groupNames(row["groups"]).limited ? { groups: row["groups"] } : {}),
};

/** Characters that Roo Code makes plain before it reads `.roomodes`. CustomModesManager.ts@cb83656, 2026-04-14. */
export const isMadePlain = (s: string): boolean =>
  /[\u00A0\u200B-\u200D\u2010-\u2015\u2212\u2018\u2019\u201C\u201D]/.test(s);

const data = spelled(rooData);
const refused =
  (ok: (t: Template) => boolean, reason: string) =>
  (t: Template): Template => {
    if (!ok(t)) throw new Mismatch(reason);
    return t;
  };
const only = (ok: (t: Template) => boolean, reason: string): Codec<Template> =>
  map(data, refused(ok, reason), refused(ok, reason));
export const urlText = only(isUrl, "expected a url");
export const commandText = only((t) => !isBlank(t), "expected a command");

/** When a rule applies, as a file of prose tells it. */
export const when: Codec<Apply> = codec(
  (x) => x as Apply,
  (a) => a,
);
