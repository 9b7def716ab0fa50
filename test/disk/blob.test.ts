import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, it } from "vitest";
import { blobId } from "../../src/core/blob.ts";

it("is the id that Git gives", () => {
  const git = (input: string | Uint8Array): string =>
    execFileSync("git", ["hash-object", "--stdin", "--no-filters"], { input, encoding: "utf8" }).trim();
  for (const text of ["", "a\n", "é \u{1f600}\n", "\uFEFFbom"]) expect(blobId(text)).toBe(git(text));
  const bytes = new Uint8Array([0, 255, 13, 10]);
  expect(blobId(bytes)).toBe(git(bytes));
  expect(blobId("")).toBe("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
});

it("does not see CRLF line ends in text, and sees all else", () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (lines) => {
      const plain = lines.map((line) => line.replaceAll("\r", ""));
      expect(blobId(plain.join("\r\n"))).toBe(blobId(plain.join("\n")));
    }),
    { numRuns: 200 },
  );
  expect(blobId("a\rb")).not.toBe(blobId("a\nb"));
  expect(blobId("a")).not.toBe(blobId("a\n"));
  expect(blobId(Buffer.from("a\r\n"))).not.toBe(blobId("a\r\n"));
});
