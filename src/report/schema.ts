import { codes } from "../core/diagnostic.ts";

const text = { type: "string" };
const texts = { type: "array", items: text };
const offset = { type: "integer", minimum: 0 };
const position = { type: "integer", minimum: 1 };

/** The JSON Schema of what every command prints with `--json`: stable, additions excepted. */
export const outputSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "portable --json",
  type: "object",
  required: ["command", "exit", "diagnostics"],
  properties: {
    command: text,
    exit: { enum: [0, 1, 2, 3], description: "clean, drift or loss, refused, could not" },
    diagnostics: {
      type: "array",
      items: {
        type: "object",
        required: ["code", "level", "reason"],
        properties: {
          code: { enum: [...codes].sort() },
          level: { enum: ["note", "warning", "error"] },
          reason: { ...text, description: "what is wrong, one sentence" },
          note: { ...text, description: "what to do" },
          fix: { ...text, description: "a line to write instead, or a command to run" },
          place: {
            type: "object",
            required: ["file"],
            properties: { file: text, start: offset, end: offset, line: position, column: position },
          },
          targets: texts,
          item: text,
          items: texts,
          expected: texts,
          actual: text,
          url: text,
        },
      },
    },
  },
} as const;
