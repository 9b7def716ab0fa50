import { baseOf, folderOf, join } from "./paths.ts";

/** The two files that stand beside a target while it is replaced: its new content and its old. */
export type StagedKind = "tmp" | "old";

/** Bytes of the target's own name that its staged names keep; all of it must fit into 255. */
const KEPT_BYTES = 200;

const shortened = (name: string): string => {
  let kept = name;
  while (Buffer.byteLength(kept) > KEPT_BYTES) kept = [...kept].slice(0, -1).join("");
  return kept;
};

/** Sixteen hex digits that tell the staged files of one run from those of another. */
export type Token = string;
export const TOKEN = /^[0-9a-f]{16}$/;

/** The path of a staged file, in the same folder as the `n`-th target of a run. */
export const stagedPath = (path: string, token: Token, n: number, kind: StagedKind): string =>
  join(folderOf(path), `.${shortened(baseOf(path))}.portable-${token}-${n}.${kind}`);

/** Whether a file's name is that of a staged file, of whatever run. */
export const isStaged = (name: string): boolean =>
  name.startsWith(".") && /\.portable-[0-9a-f]{16}-\d+\.(?:tmp|old)$/.test(name);

/** A token that no other run has. */
export const newToken = (): Token => process.getBuiltinModule("node:crypto").randomBytes(8).toString("hex");
