import { reasonOf } from "./fs.ts";

/**
 * Why nothing was written, or why what was written has been taken back.
 * `outside`: the path may not be written; `busy`: another process is writing; `changed`: the file is
 * not what the plan saw; `disk`: the system refused.
 */
export interface Refusal {
  ok: false;
  /** Relative to the root. */
  path: string;
  /** Goes on from the path: "CLAUDE.md: permission denied (EACCES)". */
  reason: string;
  code: "outside" | "busy" | "changed" | "disk";
}

export const refuse = (path: string, code: Refusal["code"], reason: string): Refusal => ({
  ok: false,
  path,
  reason,
  code,
});

/** What `act` gives; an error of the disk becomes a refusal that names the path. */
export const guarded = <T>(path: string, act: () => T): T | Refusal => {
  try {
    return act();
  } catch (error) {
    return refuse(path, "disk", reasonOf(error));
  }
};

/** Does it for one after the other, up to the first refusal. */
export const each = <T extends { path: string }>(
  items: readonly T[],
  act: (item: T, n: number) => Refusal | undefined,
): Refusal | undefined => {
  for (const [n, item] of items.entries()) {
    const refusal = guarded(item.path, () => act(item, n));
    if (refusal) return refusal;
  }
  return undefined;
};
