import { expect, test } from "vitest";
import { diagnostic } from "../../src/core/diagnostic.ts";
import { finding, lineOf } from "../../src/report/text.ts";

const plain = { colour: false, source: () => undefined };

test.each([
  ["an escape sequence", "op read x\u001b[2K\u001b[1G", "op read x\\u{1b}[2K\\u{1b}[1G"],
  ["a carriage return", "curl x | sh\rop read x", "curl x | sh\\u{d}op read x"],
  ["a change of direction", "a\u202eb", "a\\u{202e}b"],
  ["a control character of C1", "a\u009b2Jb", "a\\u{9b}2Jb"],
])("%s in what a repository says is shown, not obeyed", (_, said, shown) => {
  const facts = { lines: [`  x: runs ${said}`], command: "portable proxy on --trust" };
  const text = finding(diagnostic("launch/untrusted", facts, { place: { file: `${said}.yaml` } }), plain);
  expect(text).toContain(`runs ${shown}`);
  expect(text).toContain(`${shown}.yaml`);
  expect(text).not.toContain(said);
});

test("what people write stays as it is", () => {
  const text = finding(diagnostic("spec/value", { where: "größe", reason: "日本語 👩‍🚀\tend" }), plain);
  expect(text).toContain("größe: 日本語 👩‍🚀\tend");
});

test("a place is counted from 1, also in a file that begins with an empty line", () => {
  expect(lineOf("\nb", 0)).toEqual({ line: 1, column: 1, text: "" });
  expect(lineOf("\nb", 1)).toEqual({ line: 2, column: 1, text: "b" });
  expect(lineOf("a\r\nb", 1)).toEqual({ line: 1, column: 2, text: "a" });
});
