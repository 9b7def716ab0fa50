import { lineEnd, lineStart } from "./yaml-lines.ts";
import { doubleQuoted } from "./yaml-scalar.ts";

/** Dashes and a key before an unquoted value, the value, and a comment. */
const LINE = /^(\s*(?:- +)*(?:[^\s"'#:{}[\],][^#:{}[\]]*:[ \t]+|"[^"]*":[ \t]+)?)(.*?)([ \t]+#.*|[ \t]*)$/;
const NEEDS_QUOTES = /^(?:\$\{|\{\{|[@*`%])/;
/** An unquoted member of a flow collection that holds `${...}`. */
const FLOW_MEMBER =
  /(?:[{[,]|:(?=[ \t]))[ \t]*(?:[^\s"'{}[\],:$]|\$(?!\{))?(?:[^"'{}[\],:$]|:(?![ \t])|\$(?!\{))*(?:\$\{[^{}]*\}(?:[^"'{}[\],$]|\$(?!\{))*)+/g;

/**
 * The line at offset `at` with its value double-quoted, to show what to write: for an unquoted value that begins with
 * `${`, `{{`, `@`, `*`, `%` or a backtick, and for a flow collection with an unquoted `${`. Undefined for any other line.
 */
export const yamlHint = (text: string, at: number): string | undefined => {
  const line = text.slice(lineStart(text, at), lineEnd(text, at));
  const [, before = "", value = "", comment = ""] = LINE.exec(line) ?? [];
  if (NEEDS_QUOTES.test(value)) return before + doubleQuoted(value) + comment;
  if (!/^[{[]/.test(value)) return undefined;
  const quoted = value.replace(FLOW_MEMBER, quoteMember);
  return quoted === value ? undefined : before + quoted + comment;
};

const quoteMember = (member: string): string => {
  const [, mark = "", value = "", blanks = ""] = /^((?:[{[,]|:)[ \t]*)(.*?)([ \t]*)$/.exec(member) ?? [];
  return mark + doubleQuoted(value) + blanks;
};
