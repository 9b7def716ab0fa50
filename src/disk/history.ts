import type { Content } from "../core/change.ts";
import { git, gitBytes } from "./git.ts";
import { contentOf } from "./read.ts";

/** The text of a blob of the repository; undefined: there is no Git, or no such blob. */
export const blobText = (root: string, id: string): string | undefined => git(root, ["cat-file", "blob", id]);

/** The same, of a file that need not be text. */
export const blobContent = (root: string, id: string): Content | undefined => {
  const bytes = gitBytes(root, ["cat-file", "blob", id]);
  return bytes && contentOf(bytes);
};

/** How many commits back a file is looked for. */
const MOST = 50;
/** A file (relative to `root`) as past commits had it, the newest first. Reads one version at a time. */
export function* pastTexts(root: string, path: string): Generator<string> {
  const log = git(root, ["log", `--max-count=${MOST}`, "--format=%H", "--", path]) ?? "";
  for (const commit of log.split("\n").filter(Boolean)) {
    const text = blobText(root, `${commit}:./${path}`);
    if (text !== undefined) yield text;
  }
}
