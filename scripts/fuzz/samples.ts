import { printLedger } from "../../src/core/ledger.ts";
import { plan } from "../../src/core/plan.ts";
import type { Spec } from "../../src/core/spec.ts";
import { emptyWorld, type World } from "../../src/core/surface.ts";
import { readItems } from "../../src/spec/load.ts";
import { withSteps } from "../../src/spec/models.ts";
import { readOptions } from "../../src/spec/options.ts";
import { specFile } from "../../src/spec/surfaces.ts";
import { targetIds, targets } from "../../src/targets/index.ts";
import type { Planted } from "../../test/disk/trees.ts";
import { handWritten } from "../../test/foreign.ts";
import { claudeFiles } from "../../test/injuries/claude-files.ts";
import { cursorFiles } from "../../test/injuries/cursor-files.ts";
import { ownServers } from "../../test/injuries/own-servers.ts";
import { wholeSpec } from "../../test/injuries/whole-spec.ts";

const textsOf = (files: Record<string, Planted>): Map<string, string> =>
  new Map(
    Object.entries(files).flatMap(([path, file]): [string, string][] =>
      typeof file === "string" ? [[path, file]] : "exec" in file ? [[path, file.exec]] : [],
    ),
  );

/** The files of a spec with an item of every kind for every target. */
export const specFiles: ReadonlyMap<string, string> = textsOf(wholeSpec(targetIds));
const specWorld: World = { ...emptyWorld(), files: specFiles };
const read = readItems(specWorld, targetIds, readOptions(specFiles.get(specFile)).options);
export const spec: Spec = withSteps(read.spec, () => ({ file: specFile })).spec;
const built = plan({ targets, known: targets, spec, world: emptyWorld() });

/** Every output of that spec. */
export const outputs: ReadonlyMap<string, string> = new Map(
  [...built.after.files].flatMap(([path, c]): [string, string][] =>
    typeof c === "string" ? [[path, c]] : [],
  ),
);
export const ledgerText: string = printLedger(built.ledger, "0.0.0");

/** Tools' files as people write them, by path; later ones of a path are alternatives. */
export const toolFiles: readonly [path: string, text: string][] = [
  ...outputs,
  ...textsOf(claudeFiles),
  ...textsOf(cursorFiles),
  ...targets.flatMap((t) => ownServers(t).map((o): [string, string] => [o.path, o.text])),
  ...targets.flatMap((t) =>
    [...handWritten(t, "Text of *mine*, `code` and [a link](docs/x.md).").world.files].map(
      ([path, text]): [string, string] => [path, String(text)],
    ),
  ),
];
