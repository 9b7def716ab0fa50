import fc from "fast-check";

/** Draws numbers below `n` from a generated stream. */
type Draw = (n: number) => number;

const WORDS = ["alpha", "b-2", "it's", "say \"hi\"", "x # y", "a: b", "- no", "true", "12", "", "é ✓", "{{x}}", "*.ts"];
const single = (s: string) => `'${s.replaceAll("'", "''")}'`;

/** Documents as people write them: comments everywhere, odd indents, every quoting, flow and block, anchors. */
class Messy {
  private keys = 0;
  private anchors: string[] = [];
  constructor(
    private readonly draw: Draw,
    private readonly unit: number,
    private readonly dash: number,
  ) {}

  private pick<T>(from: readonly T[]): T {
    return from[this.draw(from.length)]!;
  }
  private comment(): string {
    return this.pick(["# note", "# key: value", "#- x", "# 'quote", "## [ {", "#"]);
  }
  private trailing(): string {
    return this.draw(3) === 0 ? `${" ".repeat(1 + this.draw(3))}${this.comment()}` : "";
  }
  private between(col: number): string[] {
    const kind = this.draw(8);
    if (kind === 0) return [""];
    if (kind === 1) return [" ".repeat(col) + this.comment()];
    if (kind === 2) return ["", " ".repeat(col) + this.comment(), " ".repeat(col) + this.comment()];
    if (kind === 3) return [" ".repeat(this.draw(6)) + this.comment()];
    return [];
  }
  private key(): string {
    const name = `k${this.keys++}`;
    return this.pick([name, name, name, `"${name}"`, `'${name}'`]);
  }
  private scalar(): string {
    const anchor = this.draw(9) === 0 ? `&a${this.anchors.push("")} ` : "";
    const word = this.pick(WORDS);
    return anchor + this.pick(["plain text", "7", "null", "-y", "http://x/y#z", JSON.stringify(word), single(word)]);
  }
  private flow(depth: number): string {
    const kind = depth > 2 ? 2 : this.draw(4);
    const n = this.draw(4);
    if (kind > 1) return this.scalar().replace(/^&\S+ /, "");
    const items = Array.from({ length: n }, () => (kind === 0 ? `${this.key()}: ${this.flow(depth + 1)}` : this.flow(depth + 1)));
    const [open, close] = kind === 0 ? "{}" : "[]";
    return open + this.pick(["", " "]) + items.join(this.pick([", ", ","])) + (n && this.draw(4) === 0 ? "," : "") + this.pick(["", " "]) + close;
  }
  private tallFlow(col: number): string[] {
    const pad = " ".repeat(col + 1 + this.draw(4));
    const n = 1 + this.draw(3);
    const comma = this.draw(2) === 0;
    const items = Array.from({ length: n }, (_, i) => `${pad}${this.flow(2)}${i < n - 1 || comma ? "," : ""}${this.trailing()}`);
    return [`[${this.trailing()}`, ...items, `${" ".repeat(col + 1)}]${this.trailing()}`];
  }
  private block(indent: number): string[] {
    const header = this.pick(["|", "|-", "|+", ">", ">-"]) + this.trailing();
    const lines = Array.from({ length: 1 + this.draw(3) }, () => " ".repeat(indent) + this.pick(["text", "# not a comment", "a: b", "- x"]));
    return [header, ...lines, ...(this.draw(3) === 0 ? [""] : [])];
  }
  /** What stands behind a key or dash, and the lines below. */
  private value(col: number, depth: number, underDash: boolean): string[] {
    const kind = this.draw(depth > 3 ? 7 : 11);
    if (kind === 0) return [this.trailing().trimStart() && ` ${this.comment()}`];
    if (kind === 1) return [` ${this.flow(0)}${this.trailing()}`];
    if (kind === 2) return this.block(col + this.unit + (underDash ? 1 : 0)).map((l, i) => (i ? l : ` ${l}`));
    if (kind === 3) return this.tallFlow(col).map((l, i) => (i ? l : ` ${l}`));
    if (kind < 7) return [`${" ".repeat(1 + (this.draw(5) ? 0 : 2))}${this.scalar()}${this.trailing()}`];
    const isMap = kind < 9;
    if (underDash && this.draw(2)) {
      const [first, ...rest] = isMap ? this.map(col + 2, depth + 1, true) : this.list(col + 2, depth + 1, true);
      return [` ${first!.trimStart()}`, ...rest];
    }
    const inner = isMap ? this.map(col + this.unit, depth + 1) : this.list(col + (underDash ? this.unit : this.dash), depth + 1);
    return [this.trailing(), ...inner];
  }
  map(col: number, depth: number, compact = false): string[] {
    return Array.from({ length: 1 + this.draw(3) }, (_, i) => {
      const [head, ...body] = this.value(col, depth, false);
      return [...(compact && i === 0 ? [] : this.between(col)), `${" ".repeat(col)}${this.key()}:${head}`, ...body];
    }).flat();
  }
  private list(col: number, depth: number, compact = false): string[] {
    return Array.from({ length: 1 + this.draw(3) }, (_, i) => {
      const [head, ...body] = this.value(col, depth, true);
      return [...(compact && i === 0 ? [] : this.between(col)), `${" ".repeat(col)}-${head}`, ...body];
    }).flat();
  }
}

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
    const text = `${head}${new Messy(draw, unit, dash).map(0, 0).join("\n")}\n${foot}`;
    return (bom ? "\uFEFF" : "") + (crlf ? text.replaceAll("\n", "\r\n") : text);
  });
