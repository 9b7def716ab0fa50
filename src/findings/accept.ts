import type { Entry } from "./places.ts";
import { hashOf } from "./runs.ts";

/** What the spec accepts although it is not its own. */
export interface Accepted {
  code: string;
  at?: string;
  hash?: string;
}

/** Whether a code is one of those that a glob names. */
export const fits = (glob: string, code: string): boolean =>
  new RegExp(`^${glob.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*+/g, ".*")}$`).test(code);

export const codeOf = (entry: Entry): "security/runs" | "security/redirects" =>
  entry.starts ? "security/runs" : "security/redirects";

/** Whether the spec accepts an entry as it is; `changed`: it accepts something else that stood there. */
export const acceptance = (
  accepts: readonly Accepted[],
  entry: Entry,
): "as it is" | "changed" | undefined => {
  const here = accepts.filter(
    (a) => a.at === entry.at && a.hash !== undefined && fits(a.code, codeOf(entry)),
  );
  if (here.some((a) => a.hash === hashOf(entry.runs))) return "as it is";
  return here.length ? "changed" : undefined;
};

/** Whether the spec accepts a finding of this code at an address: with a place, there only; with a hash, as it is only. */
export const acceptsFlaw = (accepts: readonly Accepted[], code: string, at: string, hash?: string): boolean =>
  accepts.some((a) => fits(a.code, code) && a.at === at && (a.hash === undefined || a.hash === hash));

/** Lines for `accept:` that let entries pass as they are. */
export const acceptLines = (entries: readonly Entry[]): string =>
  entries
    .map((e) =>
      [
        `  - code: ${codeOf(e)}`,
        `    at: ${JSON.stringify(e.at)}`,
        `    hash: ${JSON.stringify(hashOf(e.runs))}`,
        `    reason: ${e.what.includes("\n") ? "say why" : JSON.stringify(`say why ${e.what} may stand there`)}`,
      ].join("\n"),
    )
    .join("\n");
