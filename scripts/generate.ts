// Writes what is derived: the JSON Schemas of the spec and of what `--json` prints, and the validator of the spec.
import { mkdirSync, writeFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import { outputSchema } from "../src/report/schema.ts";
import { specSchema } from "../src/spec/schema.ts";
import { targetIds } from "../src/targets/index.ts";

const schema = specSchema(targetIds);
mkdirSync("schemas", { recursive: true });
writeFileSync("schemas/portable.schema.json", `${JSON.stringify(schema, null, 2)}\n`);
writeFileSync("schemas/output.schema.json", `${JSON.stringify(outputSchema, null, 2)}\n`);
const ajv = new Ajv2020({ allErrors: true, code: { source: true, esm: true }, strict: false });
const code = (standalone as unknown as { default: (a: unknown, v: unknown) => string }).default ?? standalone;
mkdirSync("src/generated", { recursive: true });
writeFileSync(
  "src/generated/spec-validator.js",
  (code as (a: unknown, v: unknown) => string)(ajv, ajv.compile(schema)),
);
writeFileSync(
  "src/generated/spec-validator.d.ts",
  `export interface Fault { instancePath: string; keyword: string; message?: string; params: Record<string, unknown> }
declare const validate: { (data: unknown): boolean; errors?: Fault[] | null };
export default validate;
`,
);
