/** A region of our own lines in a file of lines whose comments begin with `#`: `.gitignore`, `.gitattributes`. */
const BEGIN = "# portable:begin (written by portable: edit above or below)";
const END = "# portable:end";

/** The text with our region holding `lines`; no lines, no region. Removing it gives the old bytes back. */
export const withLines = (text: string | undefined, lines: readonly string[]): string | undefined => {
  const old = text ?? "";
  const eol = old.includes("\r\n") ? "\r\n" : "\n";
  const begin = old.search(/^# portable:begin.*$/m);
  const close = begin < 0 ? -1 : old.indexOf(END, begin);
  const end =
    close < 0
      ? -1
      : close +
        END.length +
        (old.startsWith("\r\n", close + END.length) ? 2 : old.startsWith("\n", close + END.length) ? 1 : 0);
  const region = lines.length ? [BEGIN, ...lines, END, ""].join(eol) : "";
  if (begin >= 0 && end >= 0) {
    const head = region ? old.slice(0, begin) : old.slice(0, begin).replace(/(^|\n)\r?\n$/, "$1");
    const next = head + region + old.slice(end);
    return next === "" ? undefined : next;
  }
  if (!region) return text;
  if (old === "") return region;
  return old + (old.endsWith("\n") ? "" : eol) + eol + region;
};

/** A path as a pattern of `.gitattributes` or `.gitignore` that matches only it. */
export const exactPattern = (path: string): string => {
  const escaped = `/${path}`.replace(/[\\*?[\]]/g, "\\$&");
  return /[\s"]/.test(escaped) ? `"${escaped.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"` : escaped;
};
