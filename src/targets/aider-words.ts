import type { Setting } from "../core/spec.ts";
import type { Surface } from "../core/surface.ts";
import { taking } from "../core/surfaces/taking.ts";
import { aiderOptions, type OptionKind } from "./aider-keys.ts";

/** What an option holds; switches have a `no-` form too. */
const optionOf = (key: string): OptionKind | undefined => {
  if (Object.hasOwn(aiderOptions, key)) return aiderOptions[key];
  const positive = key.startsWith("no-") ? aiderOptions[key.slice(3)] : undefined;
  return positive === "switch" ? positive : undefined;
};

const isText = (v: unknown): boolean => typeof v === "string" || typeof v === "number";
const fits = (kind: OptionKind, v: unknown): boolean => {
  if (typeof kind === "object") return typeof v === "string" && kind.includes(v);
  if (kind === "flag" || kind === "switch")
    return typeof v === "boolean" || (typeof v === "string" && /^(?:true|false|yes|no|on|off|1|0)$/i.test(v));
  if (kind === "list") return isText(v) || (Array.isArray(v) && v.every(isText));
  if (kind === "text") return isText(v);
  const n = typeof v === "string" && v.trim() !== "" ? Number(v) : v;
  return kind === "whole" ? Number.isInteger(n) : typeof n === "number" && Number.isFinite(n);
};

/** Options that models and rules of the spec are written to. */
export const reserved: readonly string[] = ["model", "weak-model", "editor-model", "alias", "read"];
const isFree = ({ path }: Setting): boolean => !reserved.includes(path[0] ?? "");
const isOption = ({ path }: Setting): boolean => path.length === 1 && optionOf(path[0]!) !== undefined;
const isValid = (s: Setting): boolean => !isOption(s) || fits(optionOf(s.path[0]!)!, s.value);

const checks: readonly [passes: (s: Setting) => boolean, why: string][] = [
  [isFree, "Aider's models and pages are no settings: they have kinds of their own"],
  // argparse takes the beginning of a name too, which another version may not
  [isOption, "no option of Aider 0.86.2 by its whole name: it stops with status 2"],
  [isValid, "not what this option of Aider holds: it stops with status 2, or takes something else"],
];

/** Settings that Aider starts with; of others that stand there it is told, and they stay. */
export const options = (place: Surface<Setting>): Surface<Setting> => {
  const checked = checks.reduceRight((p, [passes, why]) => taking(p, passes, why), place);
  return {
    ...checked,
    read: (world, reading) =>
      checked.read(world, reading).filter((s) => {
        const fault = checks.find(([passes]) => !passes(s))?.[1];
        if (fault !== undefined) reading.unread?.(s.at ?? place.path, fault, s.path);
        return fault === undefined;
      }),
  };
};
