/** One change of a declaration's source text. */
export interface Mutant {
  at: number;
  end: number;
  text: string;
  /** `key "command" -> "commandX"`. */
  what: string;
}

type Operator = (source: string, code: string) => Mutant[];

const blanked = (text: string): string => text.replace(/[^\n]/g, " ");
const isProse = (text: string): boolean =>
  text.startsWith('"') ? / /.test(text) : / \S+ /.test(text.replace(/\$\{[^}]*\}/g, ""));
/** The source with comments, imports and texts for people as spaces: same offsets. */
export const codeOf = (source: string): string =>
  source
    .replace(/^import [^;]*;$/gm, blanked)
    .replace(/\/\*\*[\s\S]*?\*\//g, blanked)
    .replace(/(?<=^|\s)\/\/.*$/gm, blanked)
    .replace(/<"\w+", \w+>|\b(?:Omit|Extract|Pick)<[^>]*>/g, blanked)
    .replace(/\bsatisfies \w+\["\w+"\]/g, blanked)
    .replace(/"(?:[^"\\\n]|\\.)*"|`[^`]*`/g, (text) => (isProse(text) ? blanked(text) : text))
    .replace(/^\s*(?:id|title|docs|checked|can): .*$/gm, blanked);

/** Offset behind the bracket that closes the one at `open`. */
const closing = (code: string, open: number): number => {
  let depth = 0;
  for (let i = open; i < code.length; i++) {
    if ("([{".includes(code[i]!)) depth++;
    else if (")]}".includes(code[i]!) && --depth === 0) return i + 1;
  }
  return code.length;
};

/** The parts of a bracket's inside, parted at its own commas. */
const argumentsIn = (code: string, open: number): [at: number, end: number][] => {
  const end = closing(code, open) - 1;
  const out: [number, number][] = [];
  let depth = 0;
  let from = open + 1;
  for (let i = from; i <= end; i++) {
    if ("([{".includes(code[i]!)) depth++;
    else if (")]}".includes(code[i]!) && i < end) depth--;
    if (i === end || (code[i] === "," && depth === 0)) {
      if (code.slice(from, i).trim()) out.push([from, i]);
      from = i + 1;
    }
  }
  return out;
};

const short = (text: string): string => text.replace(/\s+/g, " ").trim().slice(0, 60);
const swapOf = (source: string, [a, b]: [number, number], [c, d]: [number, number]): Mutant => ({
  at: a,
  end: d,
  text: source.slice(c, d) + source.slice(b, c) + source.slice(a, b),
  what: `swap ${short(source.slice(a, b))} and ${short(source.slice(c, d))}`,
});
const each = (
  code: string,
  pattern: RegExp,
  make: (m: RegExpExecArray) => Mutant | Mutant[] | undefined,
): Mutant[] => [...code.matchAll(pattern)].flatMap((m) => make(m) ?? []);
const replaced = (at: number, from: string, to: string): Mutant => ({
  at,
  end: at + from.length,
  text: to,
  what: `${short(from)} -> ${short(to)}`,
});

const literals: Operator = (_, code) =>
  each(code, /"((?:[^"\\\n]|\\.)+)"/g, (m) => {
    const path = /^(.*?)([\w]+)(\W*(?:\{name\}.*)?)$/.exec(m[1]!);
    const to = path && m[1]!.includes("/") ? `${path[1]}${path[2]}X${path[3]}` : `${m[1]}X`;
    return replaced(m.index, m[0], `"${to}"`);
  });

const wordsInTemplates: Operator = (_, code) =>
  each(code, /`([A-Z]\w*|\.[\w./]+)(?=[^`\n]*`)/g, (m) => replaced(m.index + 1, m[1]!, `${m[1]}X`));

const droppedFields: Operator = (source, code) =>
  each(code, /(\w+): ((?:maybe|key|inline)\()/g, (m) => {
    const at = m.index + m[1]!.length + 2;
    const end = closing(code, at + m[2]!.length - 1);
    return {
      at,
      end,
      text: '({ drop: "mutant" } as any)',
      what: `drop ${m[1]}: ${short(source.slice(at, end))}`,
    };
  });

const droppedFacts: Operator = (source, code) =>
  each(code, /,\s*(?=(?:except|weak)(?:<\w+>)?\()/g, (m) => {
    const end = closing(code, code.indexOf("(", m.index));
    return { at: m.index, end, text: "", what: `no fact ${short(source.slice(m.index + 1, end))}` };
  });

const swappedRows: Operator = (source, code) =>
  each(code, /^ +[\w"]+: ("[^"]*"|\[[^\][\n]*\]),\n +[\w"]+: (?:"[^"]*"|\[[^\][\n]*\])/gm, (m) => {
    const values = [...m[0].matchAll(/: ("[^"]*"|\[[^\][\n]*\])/g)].map((v): [number, number] => [
      m.index + v.index + 2,
      m.index + v.index + v[0].length,
    ]);
    return values[1] && swapOf(source, values[0]!, values[1]);
  });

const swappedWords: Operator = (source, code) =>
  each(code, /\[("[^"]+"), ("[^"]+")/g, (m) => {
    const at = m.index + 1;
    const next = at + m[1]!.length + 2;
    return swapOf(source, [at, at + m[1]!.length], [next, next + m[2]!.length]);
  });

const lessAlternatives: Operator = (source, code) =>
  each(code, /\b(?:either|salvaged)\(/g, (m) => {
    const open = m.index + m[0].length - 1;
    const parts = argumentsIn(code, open).slice(0, m[0] === "salvaged(" ? 2 : undefined);
    return parts.map(([at, end]) => ({
      at: m.index,
      end: closing(code, open),
      text: source.slice(at, end).trim(),
      what: `${m[0].slice(0, -1)} only ${short(source.slice(at, end))}`,
    }));
  });

const lessReadings: Operator = (source, code) =>
  each(code, /^ +\[(?:\/|new RegExp|dollars|slashes).*\],\n/gm, (m) => ({
    at: m.index,
    end: m.index + m[0].length,
    text: "",
    what: `no reading ${short(source.slice(m.index, m.index + m[0].length))}`,
  }));

const units: Operator = (_, code) => [
  ...each(code, /\bscaled\((\w+), [\d.]+\)/g, (m) => replaced(m.index, m[0], m[1]!)),
  ...each(code, /(?<![\w.\\"{,-])\d+(?![\w"}-])/g, (m) => replaced(m.index, m[0], String(Number(m[0]) + 1))),
];

const opposites: readonly [RegExp, string][] = [
  [/===/g, "!=="],
  [/!==/g, "==="],
  [/&&/g, "||"],
  [/\|\|/g, "&&"],
  [/ < /g, " >= "],
  [/ >= /g, " < "],
  [/ > /g, " <= "],
  [/ <= /g, " > "],
  [/\.some\(/g, ".every("],
  [/\.every\(/g, ".some("],
  [/\.startsWith\(/g, ".endsWith("],
  [/\.endsWith\(/g, ".startsWith("],
  [/\btrue\b/g, "false"],
  [/(?<=[(&|?:>,] ?)!(?=[\w(])/g, ""],
];
const predicates: Operator = (_, code) =>
  opposites.flatMap(([from, to]) => each(code, from, (m) => replaced(m.index, m[0], to)));

const others: Record<string, string> = {
  yamlOrLine: "claudeRule",
  claudeRule: "yamlOrLine",
  cursorLine: "yamlOrLine",
  bareLine: "yamlOrLine",
};
const spelling = '({ id: "mutant", can: [], reads: [], hole: () => undefined })';
/** Another dialect of heads, another format of a file, or a spelling without holes. */
const dialects: Operator = (source, code) => [
  ...each(code, /\bmarkdown\((\w+)\)/g, (m) => {
    const to = others[m[1]!];
    return to !== undefined && new RegExp(`\\b${to}\\b`).test(source)
      ? replaced(m.index, m[0], `markdown(${to})`)
      : undefined;
  }),
  ...each(code, /\bspelled\(/g, (m) => {
    const open = m.index + m[0].length - 1;
    const end = closing(code, open);
    return { at: open, end, text: `(${spelling})`, what: `no holes in ${short(source.slice(m.index, end))}` };
  }),
];

const choices: Operator = (source, code) =>
  each(code, /\{ place: \w+, when: [^{}]*\},?\s*/g, (m) => ({
    at: m.index,
    end: m.index + m[0].length,
    text: "",
    what: `no place ${short(source.slice(m.index, m.index + m[0].length))}`,
  }));

const operators: readonly Operator[] = [
  literals,
  wordsInTemplates,
  droppedFields,
  droppedFacts,
  swappedRows,
  swappedWords,
  lessAlternatives,
  lessReadings,
  units,
  predicates,
  dialects,
  choices,
];

/** Every mutant of a source, in its order; equal ones once. */
export const mutantsOf = (source: string): Mutant[] => {
  const code = codeOf(source);
  const all = operators.flatMap((operator) => operator(source, code));
  const fresh = all.filter(({ at, end, text }) => source.slice(at, end) !== text);
  const unique = new Map(fresh.map((m) => [`${m.at} ${m.end} ${m.text}`, m]));
  return [...unique.values()].sort((a, b) => a.at - b.at);
};

export const mutated = (source: string, { at, end, text }: Mutant): string =>
  source.slice(0, at) + text + source.slice(end);
export const lineOf = (source: string, at: number): number => source.slice(0, at).split("\n").length;
