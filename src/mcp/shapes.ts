import { type Data, isObject } from "../core/data.ts";
import type { Endpoint } from "../core/spec.ts";
import { pathOf, valuesAt, withValue } from "./paths.ts";

/** How an endpoint is asked, and where its answer holds what. Of several paths the first that leads somewhere counts. */
export interface Mapping {
  method: "GET" | "POST";
  query: readonly string[];
  limit: readonly string[];
  body: Data;
  at: string;
  title: readonly string[];
  text: readonly string[];
  url: readonly string[];
  score: readonly string[];
}

const shapes: Record<NonNullable<Endpoint["shape"]>, Mapping> = {
  // continuedev/continue, core/context/providers/HttpContextProvider.ts, 2.0.0 (2026-06): one object or a list of them
  continue: {
    method: "POST",
    query: ["query", "fullInput"],
    limit: [],
    body: {},
    at: "",
    title: ["name", "description"],
    text: ["content"],
    url: ["/uri/value"],
    score: [],
  },
  // POST /v1/vector_stores/{id}/search of OpenAI's; LiteLLM 1.108.6 answers alike (types/vector_stores.py, 2026-11-25)
  openai: {
    method: "POST",
    query: ["query"],
    limit: ["max_num_results"],
    body: {},
    at: "data",
    title: ["filename", "file_id"],
    text: ["/content/*/text"],
    url: ["/attributes/url"],
    score: ["score"],
  },
};

const one = (said: string | undefined, usual: readonly string[]): readonly string[] =>
  said === undefined ? usual : [said];

/** What is declared, on top of the shape. */
export const mappingOf = ({ shape = "continue", request = {}, results = {} }: Endpoint): Mapping => {
  const usual = shapes[shape];
  return {
    method: request.method ?? usual.method,
    query: one(request.query, usual.query),
    limit: one(request.limit, usual.limit),
    body: request.body ?? usual.body,
    at: results.at ?? usual.at,
    title: one(results.title, usual.title),
    text: one(results.text, usual.text),
    url: one(results.url, usual.url),
    score: one(results.score, usual.score),
  };
};

/** What one search asks for. */
export interface Ask {
  query: string;
  limit?: number;
}
const asked = (m: Mapping, { query, limit }: Ask): [string, string | number][] => [
  ...m.query.map((at): [string, string] => [at, query]),
  ...(limit === undefined ? [] : m.limit.map((at): [string, number] => [at, limit])),
];

/** The address and body of a search. */
export const requestFor = (m: Mapping, url: string, ask: Ask): { url: URL; body?: string } => {
  const to = new URL(url);
  if (m.method === "GET") {
    for (const [name, value] of asked(m, ask)) to.searchParams.set(name, String(value));
    return { url: to };
  }
  const body = asked(m, ask).reduce<unknown>((all, [at, value]) => withValue(all, pathOf(at), value), m.body);
  return { url: to, body: JSON.stringify(body) };
};

export interface Found {
  title?: string;
  url?: string;
  score?: string;
  text: string;
}

const shown = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
const read = (row: unknown, paths: readonly string[]): string | undefined => {
  const values = paths.map((p) => valuesAt(row, pathOf(p))).find((v) => v.length);
  const text = values?.map(shown).join("\n");
  return text?.trim() ? text : undefined;
};
const scoreOf = (said: string | undefined): string | undefined =>
  said !== undefined && Number.isFinite(Number(said)) ? String(Number(Number(said).toPrecision(3))) : said;

const resultIn = (m: Mapping, row: unknown): Found | undefined => {
  const text = typeof row === "string" ? row : read(row, m.text);
  if (!text?.trim()) return undefined;
  const [title, url, score] = [read(row, m.title), read(row, m.url), scoreOf(read(row, m.score))];
  return { text, ...(title && { title }), ...(url && { url }), ...(score && { score }) };
};

/** The results in an answer, or why there are none to be read. */
export const resultsIn = (m: Mapping, answer: unknown): Found[] | string => {
  const path = pathOf(m.at);
  const values = valuesAt(answer, path);
  const rows = values.length === 1 && Array.isArray(values[0]) ? values[0] : values;
  const where = m.at === "" ? "" : ` at "${m.at}"`;
  if (!values.length || !rows.every((r) => isObject(r) || typeof r === "string"))
    return `its answer holds no results${where}: say in portable.yaml where they are, under results: at:`;
  const found = rows.flatMap((r) => resultIn(m, r) ?? []);
  return rows.length && !found.length
    ? `its results hold no text at "${m.text[0]}": say in portable.yaml where it is, under results: text:`
    : found;
};
