import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { main } from "../../src/main.ts";
import { outputSchema } from "../../src/report/schema.ts";

const valid = new Ajv2020({ strict: false }).compile(outputSchema);
const specs: Record<string, string> = {
  clean: "portable: 1\ntargets: [agents]\n",
  drift: "portable: 1\ntargets: [agents, claude]\nmcpServers:\n  db:\n    command: db\n",
  refused: "portable: 1\ntargts: [agents]\n",
  broken: "portable: [1\n",
};

for (const [name, spec] of Object.entries(specs))
  for (const command of ["verify", "diff", "build", "explain", "import", "init"])
    test(`what ${command} --json prints on a ${name} spec is as its schema says`, async () => {
      const cwd = mkdtempSync(join(tmpdir(), "portable-json-"));
      writeFileSync(join(cwd, "portable.yaml"), spec);
      let out = "";
      try {
        const code = await main([command, "--json"], {
          cwd,
          out: (t) => void (out += t),
          err: () => undefined,
        });
        const printed = JSON.parse(out);
        expect(valid(printed), JSON.stringify(valid.errors)).toBe(true);
        expect(printed).toMatchObject({ command, exit: code });
      } finally {
        rmSync(cwd, { recursive: true });
      }
    });
