import fc from "fast-check";
import type { Node, Parent } from "mdast";
import remarkParse from "remark-parse";
import { unified } from "unified";
import { describe, expect, it } from "vitest";
import { split } from "../../src/formats/frontmatter.ts";
import { type Scan, scan } from "../../src/formats/markdown-scan.ts";
import { corpusFiles, NO_CORPUS, variants } from "./heads.ts";

const numRuns = 200;
const urls = (text: string): string[] => scan(text).links.map((link) => link.url);
const paths = (text: string): string[] => scan(text).imports.map((each) => each.path);
const sliced = (text: string, parts: readonly { at: number; end: number }[]): string[] =>
  parts.map(({ at, end }) => text.slice(at, end));

describe("blocks", () => {
  it("finds headings of both kinds, with their text", () => {
    const text =
      "# One #\n\n## Two `x` \\##\ntext\n\nThree\n=====\n\n- #### In a list\n\n> Four\n> ---\n\n#not\n    # code\n";
    const { headings } = scan(text);
    expect(headings.map(({ level, text: title }) => [level, title])).toEqual([
      [1, "One"],
      [2, "Two `x` \\##"],
      [1, "Three"],
      [4, "In a list"],
      [2, "Four"],
    ]);
    expect(sliced(text, headings).slice(0, 3)).toEqual(["# One #", "## Two `x` \\##", "Three\n====="]);
  });

  it("finds fences where they stand, with what they hold and where they end", () => {
    const inner = "````md title\n```js\n[a](b)\n# no\n```\n````";
    const text = `${inner}\n\n1. x\n   ~~~\n   <!-- no -->\n   ~~~\n\nx\n\n    \`\`\`\n\n\`\`\`a\`b\n`;
    expect(scan(text).fences.map(({ info }) => info)).toEqual(["md title", ""]);
    expect(sliced(text, scan(text).fences)).toEqual([inner, "~~~\n   <!-- no -->\n   ~~~"]);
    expect(scan(text)).toMatchObject({ headings: [], links: [], comments: [] });
  });

  it("finds comments that begin a line, and none in text or code", () => {
    const text =
      "<!-- portable:rule style -->\nx\n  <!-- two\n\nlines --> tail\n\nin <!-- text -->\n\n    <!-- code -->\n<!-->\n";
    const { comments } = scan(text);
    expect(comments.map((comment) => comment.text)).toEqual(["portable:rule style", "two\n\nlines", ""]);
    expect(sliced(text, comments)).toEqual([
      "<!-- portable:rule style -->",
      "<!-- two\n\nlines -->",
      "<!-->",
    ]);
  });

  it.each<[string, Scan["open"]]>([
    ["```\ncode\n", "fence"],
    ["~~~~\n~~~\n", "fence"],
    ["<!-- x\n\ny\n", "comment"],
    ["```\n```\n", undefined],
    ["<!-- x -->\n", undefined],
    ["- ```\n", undefined],
    ["> <!-- x\n", undefined],
    ["text <!-- x\n", undefined],
  ])("%j leaves open: %s", (text, open) => {
    expect(scan(text).open).toBe(open);
  });

  it("is unsure of what it does not know", () => {
    for (const text of [
      "[a]: /b\n\n[a]",
      "> [a]: b",
      "[a]: b\n===",
      "a\rb",
      "> ".repeat(100),
      "<script>\n",
      "<?php\n",
    ])
      expect(scan(text).unsure, text).toBe(true);
    for (const text of ["[ ] task", "[a] b: c", "- [x]: y".slice(2, 5), "<div>\nx\n</div>\n", "a\r\nb"])
      expect(scan(text).unsure, text).toBe(false);
  });
});

describe("links", () => {
  it.each<[string, string[]]>([
    ["[a](b) ![c](<d e> 'f') [g](h \"i\")", ["b", "d e", "h"]],
    ["[a](b(c)d) [e](f\\)g) [h]()", ["b(c)d", "f\\)g", ""]],
    ["[![a](b)](c)", ["b", "c"]],
    ["![a [b](c)](d)", ["d"]],
    ["[a [b](c) d](e)", ["c"]],
    ["`[a](b)` ``[a](b)` [c](d)`` \\[e](f) [g\\](h) \\`[i](j)`", ["j"]],
    ['<a href="[b](c)"> <http://d/[e](f)> <!-- [g](h) --> [i](j)', ["j"]],
    ['[a](b c) [d] (e) [f](g \'h) [i](j "k" l)', []],
    ["[a\nb](c\n'd') > [e](f)", ["c", "f"]],
    ["[a](b\n\nc)", []],
    ["<div>\n[a](b)\n\n[c](d)", ["d"]],
  ])("%j", (text, expected) => {
    expect(urls(text).sort()).toEqual(expected.sort());
  });

  it("places them in the source, over quote marks and CRLF", () => {
    const text = "> see [a\r\n> b](c.md) and ![d]( <e f> )\r\n";
    const { links } = scan(text);
    expect(sliced(text, links)).toEqual(["[a\r\n> b](c.md)", "![d]( <e f> )"]);
    expect(links.map(({ urlAt, url }) => text.slice(urlAt, urlAt + url.length))).toEqual(["c.md", "e f"]);
    expect(links.map((link) => link.text)).toEqual(["a\nb", "d"]);
  });
});

describe("imports, as Claude Code reads them", () => {
  it.each<[string, string[]]>([
    ["@a.md", ["a.md"]],
    ["@./a.md and @sub/f.md", ["./a.md", "sub/f.md"]],
    ["- @a.md\n> @b.md\n# @c.md\ntext\n@d.json", ["a.md", "b.md", "c.md", "d.json"]],
    ["@j\\ k.md @~/x @../y @/etc/z", ["j k.md", "~/x", "../y", "/etc/z"]],
    ['`@a.md` ``@b.md`` x@d.md (@b.md) "@c.md" \\@e.md **@f.md**', []],
    ["```\n@a.md\n```\n\n    @b.md\n\n<!-- @c.md -->\n\n<!--\n@d.md\n-->", []],
    ["@l.md, @m.md. @n.md:", ["l.md,", "m.md.", "n.md:"]],
    ["@ @@ @( @", []],
    ["[x](@a.md) [y @b.md](c)", ["b.md"]],
    ["see @scope/pkg", ["scope/pkg"]],
  ])("%j", (text, expected) => {
    expect(paths(text)).toEqual(expected);
  });

  it("places them in the source", () => {
    const text = "- a\r\n  @x/y\\ z.md b\r\n";
    expect(sliced(text, scan(text).imports)).toEqual(["@x/y\\ z.md"]);
  });
});

/** A place and what is there, as both sides can say it. */
type Found = readonly [at: number, end: number, what: string];
interface Findings {
  headings: Found[];
  fences: Found[];
  comments: Found[];
  links: Found[];
}

/** Behind the last character that is no white space or quote mark: parsers differ in what ends an open block. */
const lastOf = (text: string, at: number, end: number): number =>
  at + text.slice(at, end).replace(/(?<=[^\s>])[\s>]+$/, "").length;
/** Escapes and entities are resolved by remark and kept by the scan. */
const literal = (source: string, what: string): string => (/[&\\]/.test(source) ? "" : what);
const byPlace = (a: Found, b: Found): number => a[0] - b[0];

const ours = (text: string, { headings, fences, comments, links }: Scan): Findings => ({
  headings: headings.map(({ at, end, level }) => [at, lastOf(text, at, end), String(level)]),
  fences: fences.map(({ at, end, info }) => [
    at,
    lastOf(text, at, end),
    literal(info, info.replace(/\s+/, " ")),
  ]),
  comments: comments.map(({ at, end }) => [at, lastOf(text, at, end), ""]),
  links: links.map(({ at, end, url }): Found => [at, end, literal(text.slice(at, end), url)]).sort(byPlace),
});

const FLOW = new Set(["root", "blockquote", "listItem"]);

const theirs = (text: string): Findings => {
  const found: Findings = { headings: [], fences: [], comments: [], links: [] };
  const visit = (node: Node, parent: string): void => {
    const [at, end] = [node.position!.start.offset!, node.position!.end.offset!];
    const source = text.slice(at, end);
    const { type, ...rest } = node as Node & { depth?: number; lang?: string; meta?: string; url?: string };
    if (type === "heading") found.headings.push([at, lastOf(text, at, end), String(rest.depth)]);
    if (type === "code" && /^[`~]{3}/.test(source)) {
      const info = [rest.lang, rest.meta].filter(Boolean).join(" ").trim();
      found.fences.push([at, lastOf(text, at, end), literal(source.split("\n")[0]!, info)]);
    }
    if (type === "html" && FLOW.has(parent) && source.trimStart().startsWith("<!--")) {
      const start = at + source.indexOf("<");
      const close = text.indexOf("-->", start + 2);
      found.comments.push([start, lastOf(text, start, close < 0 ? end : Math.min(end, close + 3)), ""]);
    }
    if (type === "image" || (type === "link" && source.startsWith("[")))
      found.links.push([at, end, literal(source, rest.url!)]);
    for (const child of (node as Parent).children ?? []) visit(child, type);
  };
  visit(unified().use(remarkParse).parse(text), "");
  found.links.sort(byPlace);
  return found;
};

describe("remark as the judge", () => {
  const agree = (text: string): boolean => {
    const result = scan(text);
    if (result.unsure) return false;
    expect(ours(text, result)).toEqual(theirs(text));
    return true;
  };

  it("agrees on lines of every kind in every container", () => {
    const prefix = fc.constantFrom(
      ...[
        "",
        "",
        "",
        "",
        " ",
        "   ",
        "    ",
        "\t",
        "> ",
        ">",
        "- ",
        "* ",
        "1. ",
        "2. ",
        "10) ",
        "-",
        "-   ",
        "-     ",
      ],
      ...["> > ", "- - ", ">\t", "-\t"],
    );
    const content = fc.constantFrom(
      ...[
        "text",
        "# head",
        "## h ##",
        "#",
        "#x",
        "```",
        "````",
        "~~~",
        "```js x",
        "``` a`b",
        "---",
        "===",
        "***",
        "- - -",
      ],
      ...[
        "<!-- c -->",
        "<!-- o",
        "-->",
        "<!-- a --> tail",
        "<!-->",
        "<!--->",
        "<div>",
        "</div>",
        "<x-y>",
        "<pre>",
        "</pre>",
      ],
      ...[
        "[a](b)",
        '![i](u "t")',
        "[a [b](c) d](e)",
        "`[x](y)`",
        "``a` [q](r)``",
        "[a](<b c>)",
        '<a href="[q](r)">',
      ],
      ...[
        "<http://a.b>",
        "[a](b",
        "[a](b 'c",
        "\\[a](b)",
        "`a",
        "[a](b(c)d)",
        "![a [b](c)](d)",
        "a  ",
        "",
        "",
        "*[a*](b)",
      ],
      ...["<?x", "?>", "[x]", "text <b>[k](l)</b>", "\\`[a](b)`", "+ x", "&amp;", "[a]: /u"],
    );
    const line = fc.tuple(prefix, prefix, content, content, fc.constantFrom("\n", "\n", "\n", "\r\n"));
    const text = fc.array(line, { minLength: 1, maxLength: 6 }).map((lines) => lines.flat().join(""));
    let sure = 0;
    fc.assert(
      fc.property(text, (each) => {
        if (agree(each)) sure++;
      }),
      { numRuns: 10 * numRuns },
    );
    expect(sure).toBeGreaterThan(5 * numRuns);
  });

  it("agrees on any order of the characters that matter", () => {
    const text = fc.string({
      unit: fc.constantFrom(..."[[]]()()``<>!\\\"' ab#-*\n\n>~=@&:/"),
      maxLength: 40,
    });
    fc.assert(
      fc.property(text, (each) => void agree(each)),
      { numRuns: 10 * numRuns },
    );
  });

  it.skipIf(corpusFiles.length === 0)(
    `agrees on every file of the corpus (${NO_CORPUS})`,
    () => {
      const counts = { headings: 0, fences: 0, comments: 0, links: 0 };
      const unsure: string[] = [];
      for (const { path, text } of corpusFiles) {
        const { body } = split(text);
        const result = scan(body);
        if (result.unsure) unsure.push(path);
        else expect(ours(body, result), path).toEqual(theirs(body));
        for (const kind of Object.keys(counts) as (keyof Findings)[]) counts[kind] += result[kind].length;
      }
      console.log(
        `scan: ${corpusFiles.length} files agree with remark but for`,
        unsure,
        "left unsure",
        counts,
      );
      expect(unsure.length).toBeLessThan(corpusFiles.length / 20);
    },
    300_000,
  );
});

describe.skipIf(corpusFiles.length === 0)(`corpus (${NO_CORPUS})`, () => {
  it("finds the same in every layout", () => {
    const shown = (text: string): unknown => {
      const { body } = split(text);
      const { headings, fences, comments, links, imports, unsure, open } = scan(body);
      const parts = [headings, fences, comments, links, imports];
      const lf = (part: string): string => part.replaceAll("\r\n", "\n").trimEnd();
      return [parts.map((each) => sliced(body, each).map(lf)), unsure, open];
    };
    for (const { path, text } of corpusFiles)
      for (const [name, variant] of Object.entries(variants(text)))
        expect(shown(variant), `${path}, ${name}`).toEqual(shown(text));
  });
});

describe("cost", () => {
  const micros = (text: string): number => {
    const start = process.cpuUsage();
    scan(text);
    const { user, system } = process.cpuUsage(start);
    return user + system;
  };
  const least = (text: string): number => Math.min(micros(text), micros(text));

  const parts = [
    ...[
      "a",
      "a ",
      " ",
      "[",
      "]",
      "![",
      "](",
      "[a](",
      "[a](b ",
      '[a](b "',
      "[a](<b",
      "[a](b)",
      "![a](",
      "[[a](b)",
    ],
    ...[
      "`",
      "`` ` ",
      "\\",
      "<",
      "<a ",
      '<a b="',
      "<a b='\">",
      "<!--",
      "<?",
      "<![CDATA[",
      "<!A",
      "@",
      " @a",
      "@a\\ ",
    ],
    ...[
      "# ",
      "> ",
      "- ",
      "1. ",
      "-\n",
      "> \n",
      "- a\n",
      "[a\n",
      "[a](\n",
      "[a]: b\n",
      "![\n",
      "](a)\n",
      "<x\n",
      "```\n",
    ],
    ...["<!-- -\n", "\n", "=\n", "a\n=\n", "\t", "(", "[(", "[a](((", "*", "&", "<a@b.c", "<aa:"],
  ];
  it("grows with the text, whatever it is made of", () => {
    for (const part of parts) {
      const text = (length: number): string => `[a](b)${part.repeat(length / part.length)}`;
      least(text(10_000));
      const [small, large] = [least(text(15_000)), least(text(120_000))];
      expect(large, JSON.stringify(part)).toBeLessThan(Math.max(small, 3_000) * 8 * 3);
    }
  });

  it("grows with the text where one half waits for the other", () => {
    const halves: [string, string][] = [
      ["- ", "\n"],
      ["> ", "\n> a"],
      ["[", "[a](b)"],
      ["[", "](b)"],
      ["![", "](b)"],
      ["![\n", "](b)\n"],
      ["`a", "``a"],
      ["- a\n", "\n\n"],
    ];
    for (const [first, second] of halves) {
      const text = (length: number): string =>
        first.repeat(length / first.length) + second.repeat(length / second.length);
      least(text(10_000));
      const [small, large] = [least(text(15_000)), least(text(120_000))];
      expect(large, JSON.stringify([first, second])).toBeLessThan(Math.max(small, 3_000) * 8 * 3);
    }
  });

  it("grows with backtick runs of every length", () => {
    const text = (runs: number): string =>
      Array.from({ length: runs }, (_, i) => `${"`".repeat(i + 1)} [`).join("");
    const [small, large] = [text(400), text(1600)];
    least(small);
    const ratio = large.length / small.length;
    expect(least(large)).toBeLessThan(Math.max(least(small), 3_000) * ratio * 3);
  });
});
