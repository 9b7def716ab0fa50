import pkg from "../../package.json" with { type: "json" };
import { blobId } from "../core/blob.ts";
import { type Code, codes, type Diagnostic } from "../core/diagnostic.ts";
import { masked } from "../core/secret-text.ts";
import { helpOf, titles } from "./rules.ts";
import { published, type Run, type Spot, spotOf } from "./run.ts";
import { lineOf } from "./text.ts";

/** Where the published schema stands. */
const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";
/** The root of the repository: its address is the reader's to know. */
const ROOT = "%SRCROOT%";
/** What a finding that stands in no file is about. */
const SPEC = "portable.yaml";

const ruleIds: readonly Code[] = [...codes].sort();

/** `drift/edited` as `DriftEdited`. */
const nameOf = (code: Code): string => code.replace(/(?:^|[/-])(\w)/g, (_, c: string) => c.toUpperCase());

const rule = (code: Code) => ({
  id: code,
  name: nameOf(code),
  shortDescription: { text: titles[code] },
  fullDescription: { text: `${titles[code]}.` },
  help: { text: helpOf(code), markdown: helpOf(code) },
  properties: { tags: [code.slice(0, code.indexOf("/"))] },
});

/** A path as a relative URI. */
export const uriOf = (path: string): string =>
  path
    .replace(/\p{Surrogate}/gu, "\uFFFD")
    .split("/")
    .map(encodeURIComponent)
    .join("/");

const regionOf = ({ line, column, endLine, endColumn }: Spot) =>
  line === undefined
    ? {}
    : {
        region: {
          startLine: line,
          startColumn: column,
          ...(endLine !== undefined && { endLine, endColumn }),
        },
      };

/** GitHub takes no result without a file. */
const locationOf = (spot: Spot) => ({
  physicalLocation: { artifactLocation: { uri: uriOf(spot.file), uriBaseId: ROOT }, ...regionOf(spot) },
});

const lineAt = (d: Diagnostic, run: Run): string => {
  const { file, start } = d.place ?? {};
  const text = file === undefined || start === undefined ? undefined : run.source(file);
  return text === undefined || start === undefined ? "" : masked(lineOf(text, start).text.trim());
};

/** What stays the same of a finding when lines are added above it. */
const lasting = (d: Diagnostic, spot: Spot, run: Run): string => {
  const line = lineAt(d, run);
  const subject = [d.item ?? "", line, d.place?.start === undefined ? d.reason : ""];
  return JSON.stringify([d.code, spot.file, d.targets ?? [], ...subject]);
};

/** A fingerprint for each; alike findings are told apart by their order. GitHub derives one of its own for findings with a line. */
const fingerprints = (seen: Map<string, number>, of: string, hasLine: boolean) => {
  const n = (seen.get(of) ?? 0) + 1;
  seen.set(of, n);
  const id = `${blobId(of)}:${n}`;
  return { "portable/v1": id, ...(!hasLine && { primaryLocationLineHash: id }) };
};

const messageOf = (d: Diagnostic): string => [d.reason, d.note, d.fix].filter(Boolean).join("\n");

const resultOf = (found: Diagnostic, run: Run, seen: Map<string, number>) => {
  const d = published(found, run);
  const spot = spotOf(found, run) ?? { file: run.repository.prefix + SPEC };
  return {
    ruleId: d.code,
    ruleIndex: ruleIds.indexOf(d.code),
    level: d.level,
    message: { text: messageOf(d) },
    locations: [locationOf(spot)],
    partialFingerprints: fingerprints(seen, lasting(d, spot, run), spot.line !== undefined),
  };
};

/** Findings as SARIF 2.1.0, without an absolute path. */
export const sarifReport = (run: Run): string => {
  const seen = new Map<string, number>();
  const sarif = {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "portable",
            semanticVersion: pkg.version,
            rules: ruleIds.map(rule),
          },
        },
        automationDetails: { id: `portable/${run.command}/${run.repository.prefix}` },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: { [ROOT]: { description: { text: "The root of the repository." } } },
        invocations: [{ executionSuccessful: run.exit < 3, exitCode: run.exit }],
        results: run.diagnostics.map((d) => resultOf(d, run, seen)),
      },
    ],
  };
  return JSON.stringify(sarif, null, 2);
};
