import { createTwoFilesPatch } from "diff";
import type { Change, Content } from "../core/change.ts";
import { masked } from "../core/secret-text.ts";

const shown = (c: Content | undefined): string => (typeof c === "string" ? c : "");

/** A change as a unified diff with three lines around; bytes are only named, credentials are stars. */
export const diffOf = (c: Change): string => {
  if (c.before instanceof Uint8Array || c.after instanceof Uint8Array)
    return `Binary file ${c.path} differs\n`;
  if (c.before === c.after) return `${c.path}: mode changes to ${c.exec ? "executable" : "not executable"}\n`;
  const [from, to] = [
    c.before === undefined ? "/dev/null" : `a/${c.path}`,
    c.after === undefined ? "/dev/null" : `b/${c.path}`,
  ];
  const patch = createTwoFilesPatch(from, to, shown(c.before), shown(c.after), undefined, undefined, {
    context: 3,
  });
  return masked(patch.replace(/^=+\n/, ""));
};
