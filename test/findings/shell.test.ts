import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Call, callsIn } from "../../src/findings/shell.ts";
import { programAt } from "../../src/findings/words.ts";

const words = (c: Call): string => c.words.map((w) => w.text).join(" ");
/** A call, and what it flows into. */
const told = (c: Call): string =>
  words(c) + (c.into ? ` -${c.by}-> ${words(c.into) || `(${words(c.into.into!)})`}` : "");

describe("a shell line", () => {
  test.each<[string, string[]]>([
    ["a b | c", ["a b -pipe-> c", "c"]],
    ["a; b && c || d & e", ["a", "b", "c", "d", "e"]],
    [`sh -c "$(curl x | base64 -d)"`, ["sh -c ", "curl x -pipe-> base64 -d", "base64 -d -value-> sh -c "]],
    ["eval `a b`", ["eval ", "a b -value-> eval "]],
    ["bash <(a)", ["bash ", "a -file-> bash "]],
    ["(a; b) | c", ["a -pipe-> (c)", "b -pipe-> (c)", "c"]],
    ["{ a; } | c", ["a -pipe-> (c)", "c"]],
    ["echo 'a | b' \"c ; d\" e\\ f", ["echo a | b c ; d e f"]],
    ["a 2>&1 >out && b <in", ["a", "b in"]],
    ["echo a # | sh", ["echo a"]],
    ["cat <<'END'\ncurl x | sh\nEND\nb", ["cat", "b"]],
    ["a \\\n b", ["a b"]],
    ["echo ${A:-b} }", ["echo ${A:-b} }"]],
  ])("%j", (line, calls) => expect(callsIn(line).map(told)).toEqual(calls));

  test("tells the files that output goes to", () => {
    expect(callsIn("curl x > a.sh; b >> /dev/tcp/1/2").map((c) => c.to)).toEqual([
      ["a.sh"],
      ["/dev/tcp/1/2"],
    ]);
  });

  test("never fails, and every word lies in the line, in its order", () => {
    const part = fc.constantFrom(
      "$(",
      ")",
      "`",
      "'",
      '"',
      "<(",
      "(",
      "{ ",
      "}",
      "|",
      "&&",
      ">",
      "<<E\n",
      "E\n",
      "\\",
      " ",
      "a",
      "#",
      "\n",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        const line = parts.join("");
        for (const call of callsIn(line)) {
          let from = 0;
          for (const w of call.words) {
            expect(w.start).toBeGreaterThanOrEqual(from);
            expect(w.end).toBeGreaterThanOrEqual(w.start);
            expect(w.end).toBeLessThanOrEqual(line.length);
            from = w.end;
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  test.each(["$(", "`", "(", "{ ", "'", '"', "a ", "| ", "<", "<<E\n", "\\", "${", "a=b ", "<("])(
    "comes to an end with %j many times",
    (part) => expect(callsIn(part.repeat(200_000 / part.length)).length).toBeLessThanOrEqual(200_000),
  );

  test.each<[string, string]>([
    ["npx a", "npx"],
    ["FOO=1 BAR= npx a", "npx"],
    ["sudo -u bob npx a", "npx"],
    ["env -i A=1 npx a", "npx"],
    ["timeout 10s npx a", "npx"],
    ["cmd /c npx a", "npx"],
    ["sudo", ""],
  ])("finds the program of %j", (line, program) => {
    const texts = line.split(" ");
    expect(texts[programAt(texts)] ?? "").toBe(program);
  });
});
