import fc from "fast-check";

/** Draws numbers below `n` from a generated stream. */
type Draw = (n: number) => number;

const WORDS = [
  "alpha",
  "b-2",
  "it's",
  'say "hi"',
  "x # y",
  "a: b",
  "- no",
  "true",
  "12",
  "",
  "é ✓",
  "{{x}}",
  "*.ts",
];
const single = (s: string) => `'${s.replaceAll("'", "''")}'`;

/** Documents as people write them: comments everywhere, odd indents, every quoting, flow and block, anchors. */
const messyLines = (draw: Draw, unit: number, dash: number): string[] => {
  let keys = 0;
  let anchors = 0;
  const pick = <T>(from: readonly T[]): T => from[draw(from.length)]!;

  const comment = (): string => {
    return pick(["# note", "# key: value", "#- x", "# 'quote", "## [ {", "#"]);
  };
  const trailing = (): string => {
    return draw(3) === 0 ? `${" ".repeat(1 + draw(3))}${comment()}` : "";
  };
  const between = (col: number): string[] => {
    const kind = draw(8);
    if (kind === 0) return [""];
    if (kind === 1) return [" ".repeat(col) + comment()];
    if (kind === 2) return ["", " ".repeat(col) + comment(), " ".repeat(col) + comment()];
    if (kind === 3) return [" ".repeat(draw(6)) + comment()];
    return [];
  };
  const key = (): string => {
    const name = `k${keys++}`;
    return pick([name, name, name, `"${name}"`, `'${name}'`]);
  };
  const scalar = (): string => {
    const anchor = draw(9) === 0 ? `&a${++anchors} ` : "";
    const word = pick(WORDS);
    return (
      anchor + pick(["plain text", "7", "null", "-y", "http://x/y#z", JSON.stringify(word), single(word)])
    );
  };
  const flow = (depth: number): string => {
    const kind = depth > 2 ? 2 : draw(4);
    const n = draw(4);
    if (kind > 1) return scalar().replace(/^&\S+ /, "");
    const items = Array.from({ length: n }, () =>
      kind === 0 ? `${key()}: ${flow(depth + 1)}` : flow(depth + 1),
    );
    const [open, close] = kind === 0 ? "{}" : "[]";
    return (
      open +
      pick(["", " "]) +
      items.join(pick([", ", ","])) +
      (n && draw(4) === 0 ? "," : "") +
      pick(["", " "]) +
      close
    );
  };
  const tallFlow = (col: number): string[] => {
    const pad = " ".repeat(col + 1 + draw(4));
    const n = 1 + draw(3);
    const comma = draw(2) === 0;
    const items = Array.from(
      { length: n },
      (_, i) => `${pad}${flow(2)}${i < n - 1 || comma ? "," : ""}${trailing()}`,
    );
    return [`[${trailing()}`, ...items, `${" ".repeat(col + 1)}]${trailing()}`];
  };
  const block = (indent: number): string[] => {
    const header = pick(["|", "|-", "|+", ">", ">-"]) + trailing();
    const lines = Array.from(
      { length: 1 + draw(3) },
      () => " ".repeat(indent) + pick(["text", "# not a comment", "a: b", "- x"]),
    );
    return [header, ...lines, ...(draw(3) === 0 ? [""] : [])];
  };
  /** What stands behind a key or dash, and the lines below. */
  const value = (col: number, depth: number, underDash: boolean): string[] => {
    const kind = draw(depth > 3 ? 7 : 11);
    if (kind === 0) return [trailing().trimStart() && ` ${comment()}`];
    if (kind === 1) return [` ${flow(0)}${trailing()}`];
    if (kind === 2) return block(col + unit + (underDash ? 1 : 0)).map((l, i) => (i ? l : ` ${l}`));
    if (kind === 3) return tallFlow(col).map((l, i) => (i ? l : ` ${l}`));
    if (kind < 7) return [`${" ".repeat(1 + (draw(5) ? 0 : 2))}${scalar()}${trailing()}`];
    const isMap = kind < 9;
    if (underDash && draw(2)) {
      const [first, ...rest] = isMap ? map(col + 2, depth + 1, true) : list(col + 2, depth + 1, true);
      return [` ${first!.trimStart()}`, ...rest];
    }
    const inner = isMap ? map(col + unit, depth + 1) : list(col + (underDash ? unit : dash), depth + 1);
    return [trailing(), ...inner];
  };
  const map = (col: number, depth: number, compact = false): string[] => {
    return Array.from({ length: 1 + draw(3) }, (_, i) => {
      const [head, ...body] = value(col, depth, false);
      return [...(compact && i === 0 ? [] : between(col)), `${" ".repeat(col)}${key()}:${head}`, ...body];
    }).flat();
  };
  const list = (col: number, depth: number, compact = false): string[] => {
    return Array.from({ length: 1 + draw(3) }, (_, i) => {
      const [head, ...body] = value(col, depth, true);
      return [...(compact && i === 0 ? [] : between(col)), `${" ".repeat(col)}-${head}`, ...body];
    }).flat();
  };
  return map(0, 0);
};

/** A text of lines; `eol` and the end of the file vary too. */
export const messyYaml: fc.Arbitrary<string> = fc
  .record({
    stream: fc.infiniteStream(fc.nat(9999)),
    unit: fc.integer({ min: 1, max: 4 }),
    dash: fc.integer({ min: 0, max: 4 }),
    head: fc.constantFrom("", "# head\n", "---\n", "# head\n\n---\n", "\n"),
    foot: fc.constantFrom("", "# foot\n", "\n\n# foot\n", "\n"),
    crlf: fc.boolean(),
    bom: fc.boolean(),
  })
  .map(({ stream, unit, dash, head, foot, crlf, bom }) => {
    const draw = (n: number) => (stream.next().value as number) % n;
    const text = `${head}${messyLines(draw, unit, dash).join("\n")}\n${foot}`;
    return (bom ? "\uFEFF" : "") + (crlf ? text.replaceAll("\n", "\r\n") : text);
  });
