import { readdirSync, readFileSync } from "node:fs";

const CODEC = /\b(?:key|maybe|inline|list|listOf|dict|either|map|scaled|salvaged)\(\s*$/;

/** The text in front of an opening bracket, for every bracket that is open at `at`. */
const callsAround = (source: string, at: number): string[] => {
  const out: string[] = [];
  let depth = 0;
  for (let i = at - 1; i >= 0; i--) {
    if (source[i] === ")" || source[i] === "}" || source[i] === "]") depth++;
    else if (source[i] === "{" || source[i] === "[") {
      if (depth === 0) return out;
      depth--;
    } else if (source[i] === "(" && depth-- === 0) {
      depth = 0;
      out.push(source.slice(Math.max(0, i - 40), i + 1));
    }
  }
  return out;
};

/** Lines that call `drop` as an argument of a codec, where its type (`any`) would let it pass. */
export const hiddenDrops = (source: string): number[] =>
  [...source.matchAll(/\bdrop\(/g)]
    .filter((m) => callsAround(source, m.index).some((call) => CODEC.test(call)))
    .map((m) => source.slice(0, m.index).split("\n").length);

/** Source of every target, by file. */
export const targetSources = (): [string, string][] =>
  readdirSync("src/targets").map((f) => [f, readFileSync(`src/targets/${f}`, "utf8")]);
