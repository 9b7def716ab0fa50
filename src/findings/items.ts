import { fileOf } from "../core/ledger.ts";
import type {
  Agent,
  Command,
  Hook,
  Item,
  Kind,
  Provider,
  Retrieval,
  Rule,
  Server,
  Setting,
  Skill,
  Transport,
} from "../core/spec.ts";
import { holes, type Template } from "../core/template.ts";
import { type Accepted, fits } from "./accept.ts";
import type { Declared } from "./endpoints.ts";
import { type Flaw, flawsOf, isGrave } from "./flaws.ts";
import { entriesIn, licencesIn } from "./places.ts";
import { isProse, proseFlaws } from "./prose.ts";
import { hashOf, nothing, type Runs } from "./runs.ts";
import { rowsAt } from "./surveyed.ts";

/** A template as text, with `${NAME}` for what the environment fills in. */
const spelled = (template: Template): string =>
  template
    .map((part) => {
      if (typeof part === "string") return part;
      return "env" in part ? `\${${part.env}${part.or === undefined ? "" : `:-${part.or}`}}` : "";
    })
    .join("");
const all = (map: Record<string, Template> | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(map ?? {}).map(([k, v]) => [k, spelled(v)]));

const transportRuns = (t: Transport): Runs =>
  t.type === "stdio"
    ? {
        ...nothing(),
        argv: [t.command, ...(t.args ?? [])].map(spelled),
        env: all(t.env),
        ...(t.cwd !== undefined && { cwd: t.cwd }),
      }
    : { ...nothing(), urls: [spelled(t.url)], headers: all(t.headers) };

const retrievalRuns = ({ source }: Retrieval): Runs =>
  source.type === "mcp" ? transportRuns(source.mcp) : nothing();

/** What an item of the spec runs, where it is one that does. */
const runsOf = (kind: Kind, item: Item): Runs | undefined => {
  if (kind === "hook") return { ...nothing(), lines: [(item as Hook).run] };
  if (kind === "server") return transportRuns((item as Server).transport);
  if (kind === "retrieval") return retrievalRuns(item as Retrieval);
  if (kind !== "provider") return undefined;
  const { keyCommand } = item as Provider;
  return keyCommand === undefined ? undefined : { ...nothing(), lines: [keyCommand] };
};

const textsOf = (kind: Kind, item: Item): string[] => {
  if (kind === "rule") return [(item as Rule).body, (item as Rule).description ?? ""];
  if (kind === "agent") return [(item as Agent).body, (item as Agent).description ?? ""];
  if (kind === "command") return [spelled((item as Command).body), (item as Command).description ?? ""];
  if (kind !== "skill") return [];
  const files = Object.entries((item as Skill).files);
  return files.flatMap(([path, { content }]) =>
    typeof content === "string" && isProse(path) ? [content] : [],
  );
};
const shellOf = (kind: Kind, item: Item): string[] =>
  kind === "command"
    ? holes((item as Command).body).flatMap((hole) => ("shell" in hole ? [hole.shell] : []))
    : [];

/** A tool's own setting is looked at as it stands in its file. */
const settingFlaws = ({ path, value, at }: Setting, file: string, declared: Declared): Flaw[] => {
  const doc = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  return rowsAt(at === undefined ? file : fileOf(at)).flatMap((row) => [
    ...entriesIn(doc, file, row.spots).flatMap((e) =>
      flawsOf(e.runs, declared, e.kind === "base URL" ? String(e.path.at(-1)) : undefined),
    ),
    ...licencesIn(doc, file, row.lax ?? []).map(
      (l): Flaw => ({
        code: "security/permissive",
        hit: { level: "error", reason: l.reason },
        needle: path.at(-1) ?? "",
      }),
    ),
  ]);
};

/** Where the settings that the spec itself holds for a tool go. */
const settingsFiles: Readonly<Record<string, string>> = { claude: ".claude/settings.json" };

/** What is wrong with an item by itself; secrets are told elsewhere. */
export const itemFlaws = (kind: Kind, item: Item, declared: Declared): Flaw[] => {
  if (kind === "setting") {
    const [tool = ""] = item.name.split("/");
    return settingFlaws(item as Setting, settingsFiles[tool] ?? "", declared);
  }
  const runs = runsOf(kind, item);
  const found = [
    ...(runs ? flawsOf(runs, declared) : []),
    ...shellOf(kind, item).flatMap((line) => flawsOf({ ...nothing(), lines: [line] }, declared)),
    ...textsOf(kind, item).flatMap((text) => proseFlaws(text, "").map((f) => f.flaw)),
  ];
  return found.filter((flaw) => flaw.code !== "security/secret");
};

const isAccepted = (
  accepts: readonly Accepted[],
  flaw: Flaw,
  item: Item,
  hash: string | undefined,
): boolean =>
  accepts.some((a) => {
    if (!fits(a.code, flaw.code)) return false;
    if (a.at === undefined) return true;
    if (item.at === undefined || fileOf(a.at) !== fileOf(item.at)) return false;
    return a.hash === undefined ? a.at === item.at : a.hash === hash;
  });

/** The hash of what an item runs; undefined: nothing. */
export const hashOfItem = (kind: Kind, item: Item): string | undefined => {
  const runs = runsOf(kind, item);
  return runs && hashOf(runs);
};

/** The flaws for which an item goes to no other tool unless the spec accepts them; `more` are those that its caller sees. */
export const graveFlaws = (
  kind: Kind,
  item: Item,
  declared: Declared,
  accepts: readonly Accepted[],
  more: readonly Flaw[] = [],
): Flaw[] => {
  const grave = [...itemFlaws(kind, item, declared), ...more].filter(isGrave);
  if (!grave.length) return grave;
  const hash = hashOfItem(kind, item);
  return grave.filter((flaw) => !isAccepted(accepts, flaw, item, hash));
};

/** The name by which an item is asked for: `hook:format`. */
export const handle = (kind: Kind, item: Item): string => `${kind}:${item.name}`;
