import { createHash } from "node:crypto";
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import type { Chains } from "./routes.ts";
import { keep, kept } from "./state.ts";

const trustFile = "trusted.json";
const digest = (lines: readonly string[]): string =>
  createHash("sha256").update(lines.join("\n")).digest("hex");
const trustedDigests = (folder: string): Record<string, string> => {
  const data = kept(folder, trustFile);
  return Object.fromEntries(
    Object.entries((data ?? {}) as Record<string, unknown>).filter(
      (e): e is [string, string] => typeof e[1] === "string",
    ),
  );
};

/** Remembers that a person allowed what this spec does with keys. */
export const allow = (folder: string, root: string, { trust }: Chains): void => {
  if (trust.length) keep(folder, trustFile, { ...trustedDigests(folder), [root]: digest(trust) });
};
/** Nobody has allowed yet what this spec does with keys. */
export const untrusted = (folder: string, root: string, { trust }: Chains): Diagnostic | undefined =>
  !trust.length || trustedDigests(folder)[root] === digest(trust)
    ? undefined
    : diagnostic("launch/untrusted", { lines: trust, command: "portable proxy on --trust" });
