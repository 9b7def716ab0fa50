import { createHash } from "node:crypto";
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { isLoopback } from "../providers/index.ts";
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

/** What leaves this machine only because a spec says so. */
export interface Asked {
  /** A line each, for a person to read. */
  trust: readonly string[];
  /** The root of the repository; with a word behind it for what is allowed apart from its chains. */
  who: string;
}

/** A tool sends its requests, and with them the credential of its user, to a gateway that a spec names. */
export const gatewayAsked = (root: string, origin: string): Asked => ({
  trust: isLoopback(origin)
    ? []
    : [`  gateway: the tool's requests, with your own credential, go to ${origin}`],
  who: `${root} gateway`,
});

/** Remembers that a person allowed it. */
export const allow = (folder: string, { trust, who }: Asked): void => {
  if (trust.length) keep(folder, trustFile, { ...trustedDigests(folder), [who]: digest(trust) });
};
/** Nobody has allowed it yet; `command` does. */
export const untrusted = (folder: string, { trust, who }: Asked, command: string): Diagnostic | undefined =>
  !trust.length || trustedDigests(folder)[who] === digest(trust)
    ? undefined
    : diagnostic("launch/untrusted", { lines: trust, command });
