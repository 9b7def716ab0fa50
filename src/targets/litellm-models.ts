import { attempt, type Codec, codec } from "../core/codec.ts";
import { type Data, isObject, Mismatch, same } from "../core/data.ts";
import type { Model, Step } from "../core/spec.ts";
import type { Reading, Surface, World } from "../core/surface.ts";
import { yaml11 } from "../formats/yaml.ts";
import { servedBy } from "../providers/index.ts";
import {
  fullName,
  isNowhere,
  litellmBase,
  litellmName,
  needsNoKey,
  stepsOf,
  stepText,
} from "../providers/litellm.ts";
import { hasSecret, infoOf, isOurs, paramsOf, stepIn } from "./litellm-reads.ts";
import { variableOf, wholeValue } from "./litellm-words.ts";

/** Why a step cannot be a deployment. */
const refusals: readonly [why: string, refuses: (s: Step) => boolean][] = [
  [
    "LiteLLM takes a key only from a variable that is the whole value",
    ({ provider: p }) => p.apiKey !== undefined && variableOf(p.apiKey) === undefined,
  ],
  [
    "LiteLLM reads an origin from a variable only where that is the whole address",
    (s) => wholeValue(litellmBase(s) ?? []) === undefined,
  ],
  ["LiteLLM needs the origin of a server that is no known provider", isNowhere],
  ["a deployment's id holds no such name", ({ provider: p }) => /[:/]/.test(p.name)],
];
const isSaid = (s: Step): boolean => !refusals.some(([, refuses]) => refuses(s));

const keyOf = (s: Step): string | undefined => {
  if (s.provider.apiKey) return wholeValue(s.provider.apiKey);
  if (needsNoKey(s)) return "none";
  const { local, litellm } = servedBy(s.provider);
  // LiteLLM has a stand-in of its own for local servers
  return litellm.key && !local ? `os.environ/${litellm.key}` : undefined;
};

const headersOf = ({ provider: p }: Step): Data =>
  Object.fromEntries(
    Object.entries(p.headers ?? {}).flatMap(([k, t]) =>
      wholeValue(t) === undefined ? [] : [[k, wholeValue(t)]],
    ),
  );

/** What the provider entry says of a deployment; undefined takes the parameter away. */
const described = (s: Step): Data => {
  const names = servedBy(s.provider).litellm;
  const vertex = names.prefix === "vertex_ai/";
  const base = litellmBase(s);
  const extra = headersOf(s);
  return {
    [vertex ? "vertex_credentials" : "api_key"]: keyOf(s),
    api_base: base && wholeValue(base),
    aws_region_name: names.region === "AWS_REGION_NAME" ? s.provider.region : undefined,
    vertex_project: vertex ? s.provider.project : undefined,
    vertex_location: vertex ? s.provider.region : undefined,
    extra_headers: Object.keys(extra).length ? extra : undefined,
  };
};
const owned = [
  "api_key",
  "vertex_credentials",
  "api_base",
  "aws_region_name",
  "vertex_project",
  "vertex_location",
  "extra_headers",
];

/** Parameters of which only an explicit entry of the spec says what they are. */
const explicit = (s: Step): Data => {
  const all = described(s);
  const { apiKey, origin, region, project, headers } = s.provider;
  const said = (k: string): boolean =>
    k === "api_base"
      ? origin !== undefined
      : k === "aws_region_name" || k === "vertex_location"
        ? region !== undefined
        : k === "vertex_project"
          ? project !== undefined
          : k === "extra_headers"
            ? headers !== undefined
            : apiKey !== undefined;
  return Object.fromEntries(Object.entries(all).filter(([k, v]) => v !== undefined && said(k)));
};

/** The n-th deployment of an alias, from 1. A chain may name a step twice, an id stands once. */
const rowFor = (alias: string, steps: readonly Step[], n: number, prior: Data): Data => {
  const step = steps[n]!;
  const again = steps.slice(0, n).filter((s) => stepText(s) === stepText(step)).length;
  const old = paramsOf(prior);
  const params: Data = {
    model: "",
    ...old,
    ...Object.fromEntries(owned.map((k) => [k, undefined])),
    ...described(step),
    order: n + 1,
    timeout: old["timeout"] ?? 600,
    stream_timeout: old["stream_timeout"] ?? 60,
  };
  params["model"] = litellmName(step);
  const kept = Object.fromEntries(Object.entries(params).filter(([, v]) => v !== undefined));
  const id = `${alias}:${stepText(step)}${again ? `#${again + 1}` : ""}`;
  return { ...prior, litellm_params: kept, model_info: { ...infoOf(prior), id } };
};

const orderOf = (row: Data): unknown => paramsOf(row)["order"] ?? infoOf(row)["order"];
/** Deployments in the order in which they are tried: those of one order share the load and are no chain. */
const inOrder = (rows: readonly Data[]): Data[] => {
  const orders = rows.map(orderOf);
  const told = orders.every((o) => typeof o === "number") && new Set(orders).size === rows.length;
  if (rows.length > 1 && !told)
    throw new Mismatch("deployments of one name without an order share the load and are no chain");
  return [...rows].sort((a, b) => Number(orderOf(a)) - Number(orderOf(b)));
};
const rowsOf = (x: unknown): Data[] => (Array.isArray(x) ? x.filter(isObject) : []);

/** A row of another's hand is a step where it names that model and says nothing else than the entry of its provider. */
const isStep = (row: Data, step: Step): boolean => {
  const params = paramsOf(row);
  const { model } = params;
  const isModel = typeof model === "string" && fullName(model) === litellmName(step);
  return (
    (isModel || attempt(() => stepIn(row)) === stepText(step)) &&
    Object.entries(explicit(step)).every(([k, v]) => same(bare(params[k]), bare(v)))
  );
};
/** An address with and without a slash at its end is one. */
const bare = (v: unknown): unknown => (typeof v === "string" ? v.replace(/\/+$/, "") : v);
/** The rows say the steps, in whatever words. */
const standsAs = (alias: string, steps: readonly Step[], rows: readonly Data[]): boolean => {
  const sorted = attempt(() => inOrder(rows));
  const isSame = (row: Data, n: number): boolean =>
    isOurs(row) ? same(row, rowFor(alias, steps, n, row)) : isStep(row, steps[n]!);
  return sorted?.length === steps.length && sorted.every(isSame);
};
/** The rows of a chain on top of those that stand there: what they hold besides goes on with their step. */
const rowsFor = (alias: string, steps: readonly Step[], prior: readonly Data[]): Data[] => {
  const left = [...prior];
  return steps.map((step, n) => {
    const at = left.findIndex((r) => attempt(() => stepIn(r)) === stepText(step) || isStep(r, step));
    return rowFor(alias, steps, n, at < 0 ? {} : left.splice(at, 1)[0]!);
  });
};

const aliasOf = (around: Data | undefined): string => String(around?.["name"] ?? "");
const stepsIn = (around: Data | undefined, chain: string[]): Step[] =>
  stepsOf({ ...(around as Partial<Model> | undefined), chain });

/**
 * A chain as deployments of one name, tried by `order`: the next on an error of the one before, each with its own retries.
 * `model_info.id` names the provider entry, where the prefix names only its kind. The timeouts are what makes a hung server an
 * error (the proxy's own is 6000 s); other values that stand there stay.
 * https://docs.litellm.ai/docs/proxy/load_balancing, litellm-docs@ef86ded, 2026-05-02.
 */
export const deployments: Codec<string[]> = {
  ...codec<string[]>(
    (x) => {
      const rows = rowsOf(x);
      if (!rows.length) throw new Mismatch("no deployment");
      return inOrder(rows).map(stepIn);
    },
    (chain, prior, around) => {
      const steps = stepsIn(around, chain).filter(isSaid);
      if (!steps.length) throw new Mismatch("no step that LiteLLM can hold");
      const [alias, rows] = [aliasOf(around), rowsOf(prior)];
      return standsAs(alias, steps, rows) ? prior : rowsFor(alias, steps, rows);
    },
    { type: "array", items: { type: "object" } },
  ),
  stands: (chain, prior, around) => standsAs(aliasOf(around), stepsIn(around, chain), rowsOf(prior)),
};

const rowsIn = (world: World, file: string): Data[] => {
  const text = world.files.get(file);
  const doc = typeof text === "string" ? attempt(() => yaml11.parse(text)) : undefined;
  return rowsOf(doc?.["model_list"]);
};
const SECRET =
  "a key stands here: the model is imported without it, as if it were in the provider's variable";
/** Tells of keys in the file. */
const tellSecrets = (rows: readonly Data[], file: string, unread: NonNullable<Reading["unread"]>): void => {
  for (const [i, row] of rows.entries())
    if (hasSecret(row)) unread(file, SECRET, ["model_list", i, "litellm_params", "api_key"]);
};

/** Models that are looked for read as they are named there, where the rows of another's hand say the same. */
export const asWanted = (place: Surface<Model>, file: string): Surface<Model> => ({
  ...place,
  fields: [
    {
      path: ["onOutage"],
      level: "note",
      note: "LiteLLM is not told so: it always goes on to the next deployment",
      only: (v: string) => v === "degrade",
    },
    ...place.fields,
  ],
  read: (world, reading) => {
    const wanted = new Map(((reading.hints ?? []) as readonly Model[]).map((m) => [m.name, m]));
    const found = place.read(world, reading);
    if (reading.unread) tellSecrets(rowsIn(world, file), file, reading.unread);
    if (found.every((m) => same(m.chain, wanted.get(m.name)?.chain ?? m.chain))) return found;
    const rows = rowsIn(world, file);
    const named = (name: string): Data[] =>
      rows.filter((r) => r["model_name"] === name).map(({ model_name: _, ...row }) => row);
    return found.map((m) => {
      const hint = wanted.get(m.name);
      return hint && standsAs(m.name, stepsOf(hint), named(m.name)) ? { ...m, chain: hint.chain } : m;
    });
  },
});

const some =
  (test: (s: Step) => boolean) =>
  (_: string[], m: Model): boolean =>
    stepsOf(m).some(test);
const regional = (s: Step): boolean => !!servedBy(s.provider).litellm.region;
/** What is told of a chain: why steps are left out, and what a provider entry says in vain. */
export const chainFacts: readonly {
  note: string;
  only: (chain: string[], m: Model) => boolean;
  weak?: true;
}[] = [
  ...refusals.map(([note, refuses]) => ({ note, only: some(refuses) })),
  {
    note: "LiteLLM runs no command for a key: it reads the provider's variable",
    only: some((s) => !!s.provider.keyCommand),
    weak: true,
  },
  {
    note: "LiteLLM has a region only for Amazon Bedrock and Google Vertex AI",
    only: some((s) => s.provider.region !== undefined && !regional(s)),
    weak: true,
  },
  {
    note: "LiteLLM has a project only for Google Vertex AI",
    only: some((s) => s.provider.project !== undefined && !servedBy(s.provider).litellm.project),
    weak: true,
  },
  {
    note: "LiteLLM reads a variable only where it is the whole header",
    only: some((s) => Object.values(s.provider.headers ?? {}).some((t) => wholeValue(t) === undefined)),
    weak: true,
  },
];
