import type { Apply } from "./spec.ts";

const POINTER = /^> Applies to (`[^`\n]+`(?:, `[^`\n]+`)*): read `([^`\n]+)` before you work there\.$/;

/** One line in place of a scoped rule's text, for tools that get the text elsewhere or can read the file when they need it. */
export const pointer = {
  write: (globs: readonly string[], file: string): string | undefined =>
    globs.length && ![...globs, file].some((g) => /[`\n]/.test(g))
      ? `> Applies to ${globs.map((g) => `\`${g}\``).join(", ")}: read \`${file}\` before you work there.`
      : undefined,
  read: (text: string): { globs: string[]; file: string } | undefined => {
    const m = POINTER.exec(text);
    return m ? { globs: m[1]!.slice(1, -1).split("`, `"), file: m[2]! } : undefined;
  },
};

/** What a page says above a rule that the tool cannot scope: two-way, and a weakness by declaration. */
export const lead = {
  write: (apply: Apply, description: string | undefined): string | undefined => {
    if (apply.on === "always") return "";
    if (apply.on === "manual") return "> Applies only when it is asked for by name.\n\n";
    if (apply.on === "relevant") {
      const fits = description && !/\n/.test(description) && description.trim() === description;
      return fits ? `> Applies when this is relevant: ${description}\n\n` : undefined;
    }
    return apply.globs.length && !apply.globs.some((g) => /[`\n]/.test(g))
      ? `> Applies to ${apply.globs.map((g) => `\`${g}\``).join(", ")}.\n\n`
      : undefined;
  },
  read: (text: string): { apply: Apply; description?: string; body: string } => {
    const m =
      /^> Applies (?:only when it is asked for by name\.|when this is relevant: ([^\n]*)|to (`[^`\n]+`(?:, `[^`\n]+`)*)\.)\n\n/.exec(
        text,
      );
    if (!m) return { apply: { on: "always" }, body: text };
    const body = text.slice(m[0].length);
    if (m[2]) return { apply: { on: "globs", globs: m[2].slice(1, -1).split("`, `") }, body };
    return m[1] === undefined
      ? { apply: { on: "manual" }, body }
      : { apply: { on: "relevant" }, description: m[1], body };
  },
};
