import { Mismatch } from "../core/data.ts";

/** `1.2`: the core schema. `1.1`: what PyYAML reads (aider, LiteLLM). */
export type Dialect = "1.2" | "1.1";

const escaped = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`;

/**
 * The double-quoted form that every YAML reader reads as this string. PyYAML 6.0.3 rejects U+007F to U+009F and
 * U+FFFE/F when written as they are, and reads U+0085 as a blank (measured 2026-11).
 */
export const doubleQuoted = (s: string): string =>
  JSON.stringify(s).replace(/[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g, escaped);

/** Characters that no unquoted, single-quoted or literal form may hold. */
const UNPRINTABLE = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\p{Surrogate}/u;

/** The single-quoted form, where it can say the string on one line. */
export const singleQuoted = (s: string): string | undefined =>
  UNPRINTABLE.test(s) || /[\n\t]/.test(s) ? undefined : `'${s.replaceAll("'", "''")}'`;

/** Words that YAML 1.1 or 1.2 reads as something else than text. */
const WORD = /^(?:y|n|yes|no|on|off|true|false|null|~|=|<<|[-+]?\.(?:inf|nan))$/i;
/** What may be a number, a date or a time of day; some readers take even `.` and `e1` for numbers. */
const NUMERIC = /^[-+]?(?:\.?[0-9]|\._?[0-9_]*(?:e|$)|e[-+]?[0-9]+$)/i;
const INDICATOR = /^[-?:,[\]{}#&*!|>'"%@`=<~]/;
const OPTION = /^--?[A-Za-z]/;
const HAZARD = /: |:$| #|\$\{|\{\{|[@*%`\t\n]|^ | $|^---|^\.\.\./;

/** Whether every reader, of YAML 1.1 as of 1.2, reads these characters as this string when they stand unquoted. */
export const isPlainSafe = (s: string, inFlow = false): boolean => {
  if (s === "" || UNPRINTABLE.test(s) || HAZARD.test(s) || WORD.test(s) || NUMERIC.test(s)) return false;
  if (INDICATOR.test(s) && !OPTION.test(s)) return false;
  return !inFlow || /^[\w./-][\w./ -]*$/.test(s);
};

/** A number as both versions of YAML read it: PyYAML takes an exponent only behind a point. */
const numberText = (n: number): string => {
  if (Number.isNaN(n)) return ".nan";
  if (!Number.isFinite(n)) return n < 0 ? "-.inf" : ".inf";
  if (Object.is(n, -0)) return "-0.0";
  return String(n).replace(/^(-?\d+)e/, "$1.0e");
};

/** A boolean, number or null as YAML text. Throws `Mismatch` for what YAML cannot say. */
export const atomText = (value: unknown): string => {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return numberText(value);
  throw new Mismatch(`a ${typeof value} cannot be written as YAML`);
};

/** A block scalar: the header, and its lines without indentation. */
export interface BlockText {
  header: string;
  lines: string[];
}

const chomping = (s: string): string => (!s.endsWith("\n") ? "-" : s.endsWith("\n\n") ? "+" : "");

/** The string as a literal (`|`) or folded (`>`) block, where such a block can say it without an indentation indicator. */
export const blockText = (s: string, kind: "|" | ">"): BlockText | undefined => {
  if (UNPRINTABLE.test(s) || !/^\n*[^\s]/.test(s)) return undefined;
  const body = s.endsWith("\n") ? s.slice(0, -1) : s;
  const lines = (kind === ">" ? body.replace(/\n+/g, (m) => `${m}\n`) : body).split("\n");
  return { header: kind + chomping(s), lines };
};

/** A key of the spec, which people write unquoted; only readers of YAML 1.1 take it for a boolean, and the spec is read as 1.2. */
const HOOK_EVENT = "on";
/** A key: unquoted where every reader agrees, else double-quoted. */
export const keyText = (key: string, dialect: Dialect, inFlow: boolean, quoted: boolean): string => {
  const plain =
    dialect === "1.1"
      ? /^[A-Za-z_][\w./-]*$/.test(key) && isPlainSafe(key)
      : key === HOOK_EVENT || isPlainSafe(key, inFlow);
  return plain && !quoted ? key : doubleQuoted(key);
};
