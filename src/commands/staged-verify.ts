import type { Flags, Result } from "./context.ts";
import { isStaged, openStaged } from "./staged.ts";
import { verifyProject } from "./verify.ts";

/** Says whether what is staged agrees with the spec that is staged. Writes nothing. */
export const verifyStaged = (flags: Flags): Result => {
  const staged = openStaged(flags);
  return isStaged(staged) ? verifyProject(staged.project, flags) : staged;
};
