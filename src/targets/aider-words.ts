import type { Setting } from "../core/spec.ts";
import type { Surface } from "../core/surface.ts";
import { taking } from "../core/surfaces/taking.ts";
import { aiderOptions, type OptionKind } from "./aider-keys.ts";

/** An option by its name, or by a beginning that no other option has, as Aider's parser finds it. */
const optionOf = (key: string): OptionKind | undefined => {
  if (Object.hasOwn(aiderOptions, key)) return aiderOptions[key];
  const positive = key.startsWith("no-") ? aiderOptions[key.slice(3)] : undefined;
  if (positive === "switch") return positive;
  const found = Object.keys(aiderOptions).filter((k) => k.startsWith(key));
  return key && found.length === 1 ? aiderOptions[found[0]!] : undefined;
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

const isOption = ({ path }: Setting): boolean => path.length === 1 && optionOf(path[0]!) !== undefined;
const isValid = (s: Setting): boolean => !isOption(s) || fits(optionOf(s.path[0]!)!, s.value);

const UNKNOWN = "no option of Aider 0.86.2: it stops with status 2";
const WRONG = "not what this option of Aider holds: it stops with status 2, or takes something else";

/** Settings that Aider starts with; of others that stand there it is told, and they stay. */
export const options = (place: Surface<Setting>): Surface<Setting> => {
  const checked = taking(taking(place, isOption, UNKNOWN), isValid, WRONG);
  return {
    ...checked,
    read: (world, reading) =>
      checked.read(world, reading).filter((s) => {
        const fault = !isOption(s) ? UNKNOWN : isValid(s) ? undefined : WRONG;
        if (fault !== undefined)
          reading.unread?.(s.at ?? place.path, `"${s.path.join(".")}": ${fault}`, s.path);
        return fault === undefined;
      }),
  };
};
