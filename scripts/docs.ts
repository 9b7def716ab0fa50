// Writes the documents that are derived: the matrix, one page a target, the spec key by key, the cookbook.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Field } from "../src/core/codec.ts";
import { isDrop } from "../src/core/shape.ts";
import { type Kind, kinds } from "../src/core/spec.ts";
import { choicesOf, isVia, isWithin, type Place, type Target } from "../src/core/target.ts";
import { targets } from "../src/targets/index.ts";
import { specPage } from "./spec-page.ts";

const code = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``;
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** Where a target keeps a kind, in a few words. */
const placeOf = (t: Target, kind: Kind): string => {
  const place = t.keeps[kind] as Place<any>;
  if (isVia(place)) return "as MCP servers";
  if (isDrop(place)) return "-";
  if (isWithin(place)) return `with each ${place.within}`;
  return [...new Set(choicesOf(place).map((c) => code(c.place.path)))].join(", ");
};

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((r) => `| ${r.join(" | ")} |`).join("\n");

const matrix = (): string =>
  table(
    ["", ...targets.map((t) => t.title)],
    kinds.map((k) => [k, ...targets.map((t) => placeOf(t, k))]),
  );

const noteOf = (kind: Kind, f: Field): string[] => {
  const cases = (f.cases ?? []).map((c) => c.is).join(", ");
  const where = [kind, f.path.filter((p) => p !== "*").join("."), cases && `(${cases})`]
    .filter(Boolean)
    .join(" ");
  return [where, f.weak ? "weaker" : "lost", f.level ?? "warning", cell(f.note!)];
};

const page = (t: Target): string => {
  const rows = kinds.map((k) => {
    const place = t.keeps[k] as Place<any>;
    const why = isVia(place)
      ? `; others: ${isDrop(place.otherwise) ? place.otherwise.drop : place.otherwise.path}`
      : "";
    return [k, isDrop(place) && !isVia(place) ? `not written: ${cell(place.drop)}` : placeOf(t, k) + why];
  });
  const facts = kinds.flatMap((k) =>
    choicesOf(t.keeps[k] as Place<any>).flatMap((c) =>
      c.place.fields.filter((f) => f.note).map((f) => noteOf(k, f)),
    ),
  );
  const unique = [...new Map(facts.map((f) => [f.join("|"), f])).values()];
  const frozen = (t as { frozen?: string }).frozen;
  return [
    `# ${t.title}`,
    "",
    `Target \`${t.id}\`. Documents of the tool: ${t.docs}. Checked against version ${t.checked.version} on ${t.checked.on}.`,
    ...(frozen ? ["", frozen] : []),
    "",
    table(["kind", "place"], rows),
    "",
    "## What does not arrive, or arrives weaker",
    "",
    unique.length
      ? table(["what", "how", "level", "why"], unique)
      : "Nothing within a kind that has a place.",
    "",
  ].join("\n");
};

const cookbook = (): string => {
  const names = readdirSync("test/cases")
    .filter((f) => f.endsWith(".md"))
    .sort();
  const pages = names.map((f) => readFileSync(`test/cases/${f}`, "utf8").replace(/^# /gm, "## ").trim());
  return [
    "# Cookbook",
    "",
    "Every page here is a test: the files, the commands and what they print are checked on each change.",
    "",
    ...pages.flatMap((p) => [p, ""]),
  ].join("\n");
};

const marked = (text: string, name: string, body: string): string =>
  text.replace(
    new RegExp(`(<!-- ${name}:begin -->\\n)[\\s\\S]*?(<!-- ${name}:end -->)`),
    `$1\n${body}\n\n$2`,
  );

mkdirSync("docs/targets", { recursive: true });
for (const t of targets) writeFileSync(`docs/targets/${t.id}.md`, page(t));
writeFileSync("docs/matrix.md", `# What each tool holds\n\n${matrix()}\n`);
writeFileSync("docs/spec.md", specPage());
writeFileSync("docs/cookbook.md", cookbook());
writeFileSync("README.md", marked(readFileSync("README.md", "utf8"), "matrix", matrix()));
