import { Mismatch } from "../core/data.ts";
import type { Place } from "../core/diagnostic.ts";
import type { Format, Path } from "../core/format.ts";
import { fileOf } from "../core/ledger.ts";
import type { Item, Kind } from "../core/spec.ts";
import type { World } from "../core/surface.ts";
import { yamlOrLine } from "../formats/dialects.ts";
import { markdown } from "../formats/markdown.ts";
import { yaml } from "../formats/yaml.ts";
import { fileKinds, specFile, specSurfaces } from "./surfaces.ts";

const md = markdown(yamlOrLine);

/** The text of a file; undefined: there is none, or it is not text. */
export const textOf = (world: World, path: string): string | undefined => {
  const content = world.files.get(path);
  return typeof content === "string" ? content : undefined;
};

/** The file of the spec that an item of its own stands in. */
export const specPath = (kind: Kind, item: Item): string => {
  if (kind === "skill") return `${specSurfaces.skill.path.replace("{name}", item.name)}SKILL.md`;
  return fileKinds.includes(kind) ? specSurfaces[kind].path.replace("{name}", item.name) : specFile;
};

const formatOf = (path: string): Format => (path.endsWith(".md") ? md : yaml);
/** The place of what a surface of the spec says stands at `at`, or inside of it at `where`. */
export const placeOf = (world: World, at: string, where: Path | undefined, prefix: string): Place => {
  const path = fileOf(at);
  const text = textOf(world, path);
  const file = prefix + path;
  if (text === undefined || !where?.length) return { file };
  try {
    for (let n = where.length; n > 0; n--) {
      const found = formatOf(path).locate(text, where.slice(0, n));
      if (found) return { file, start: found[0], end: found[1] };
    }
  } catch (e) {
    if (!(e instanceof Mismatch)) throw e;
  }
  return { file };
};

const sections: Partial<Record<Kind, string>> = {
  server: "mcpServers",
  retrieval: "retrieval",
  provider: "providers",
  model: "models",
  hook: "hooks",
};
/** The place of a line, from 0, of a Markdown file's body. */
const bodyLine = (world: World, path: string, line: number, prefix: string): Place => {
  const body = placeOf(world, path, ["body"], prefix);
  const text = textOf(world, path);
  if (text === undefined || body.start === undefined) return body;
  let start = body.start;
  for (let n = 0; n < line; n++) {
    const end = text.indexOf("\n", start);
    if (end < 0) return body;
    start = end + 1;
  }
  const end = text.indexOf("\n", start);
  return { ...body, start, end: end < 0 ? text.length : end };
};

/** The place of an item of the spec, of a key in it, or of a line of its body (`"body", 3`). */
export const itemPlace = (world: World, kind: Kind, item: Item, keys: Path, prefix: string): Place => {
  if (kind === "skill") return { file: prefix + specPath(kind, item) };
  if (fileKinds.includes(kind)) {
    const file = specPath(kind, item);
    const [key, line] = keys;
    return key === "body" && typeof line === "number"
      ? bodyLine(world, file, line, prefix)
      : placeOf(world, file, keys, prefix);
  }
  const section = sections[kind];
  if (section) return placeOf(world, specFile, [section, item.name, ...keys], prefix);
  if (kind === "setting") return placeOf(world, specFile, ["settings", ...item.name.split("/")], prefix);
  return placeOf(world, specFile, [kind === "permission" ? "permissions" : "ignore"], prefix);
};

/** A reason without the key that the place says already. */
export const bareReason = (reason: string, where: Path | undefined): string => {
  const lead = `"${where?.at(-1)}": `;
  return reason.startsWith(lead) ? reason.slice(lead.length) : reason;
};
