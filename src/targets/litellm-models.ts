import { type Codec, codec } from "../core/codec.ts";
import { type Data, isObject, Mismatch, same } from "../core/data.ts";
import type { Model, Step } from "../core/spec.ts";
import { rowOf } from "../providers/index.ts";
import {
  litellmBase,
  litellmKind,
  litellmName,
  needsNoKey,
  stepsOf,
  stepText,
} from "../providers/litellm.ts";
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
  [
    "LiteLLM needs the origin of a server that is no known provider",
    ({ provider: p }) => !rowOf(p) && !p.origin,
  ],
  ["a deployment's id holds no such name", ({ provider: p }) => /[:/]/.test(p.name)],
];
const isSaid = (s: Step): boolean => !refusals.some(([, refuses]) => refuses(s));

const keyOf = (s: Step): string | undefined => {
  if (s.provider.apiKey) return wholeValue(s.provider.apiKey);
  if (needsNoKey(s)) return "none";
  const name = rowOf(s.provider)?.litellm.key;
  // LiteLLM has a stand-in of its own for local servers
  return name && !rowOf(s.provider)?.local ? `os.environ/${name}` : undefined;
};

const headersOf = ({ provider: p }: Step): Data =>
  Object.fromEntries(
    Object.entries(p.headers ?? {}).flatMap(([k, t]) =>
      wholeValue(t) === undefined ? [] : [[k, wholeValue(t)]],
    ),
  );

/** What the provider entry says of a deployment; undefined takes the parameter away. */
const described = (s: Step): Data => {
  const names = rowOf(s.provider)?.litellm;
  const vertex = names?.prefix === "vertex_ai/";
  const base = litellmBase(s);
  const extra = headersOf(s);
  return {
    [vertex ? "vertex_credentials" : "api_key"]: keyOf(s),
    api_base: base && wholeValue(base),
    aws_region_name: names?.region === "AWS_REGION_NAME" ? s.provider.region : undefined,
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

const paramsOf = (row: Data): Data => (isObject(row["litellm_params"]) ? row["litellm_params"] : {});
const infoOf = (row: Data): Data => (isObject(row["model_info"]) ? row["model_info"] : {});

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

/** The provider that an id of ours names: `alias:provider/native-id`. */
const providerIn = (id: unknown, native: string): string | undefined => {
  if (typeof id !== "string") return undefined;
  const whole = id.endsWith(`/${native}`) ? id : id.replace(/#[2-9]\d*$/, "");
  const head = whole.endsWith(`/${native}`) ? whole.slice(0, -native.length - 1) : "";
  const name = head.slice(head.lastIndexOf(":") + 1);
  return head.includes(":") && name && !name.includes("/") ? name : undefined;
};

/** A deployment as a step of a chain. */
const stepIn = (row: Data): string => {
  const { model: said, custom_llm_provider: vendor } = paramsOf(row);
  if (typeof said !== "string") throw new Mismatch(`"model" is missing`);
  const model = typeof vendor === "string" && !said.startsWith(`${vendor}/`) ? `${vendor}/${said}` : said;
  const name = providerIn(infoOf(row)["id"], model.slice(model.indexOf("/") + 1));
  if (name !== undefined) return name + model.slice(model.indexOf("/"));
  if (model.includes("*")) throw new Mismatch("a wildcard is no model");
  const found = litellmKind(model);
  if (!found) throw new Mismatch("no provider is known by this prefix");
  return `${found.kind}/${found.id}`;
};
const isOurs = (row: Data): boolean => {
  const { model } = paramsOf(row);
  return (
    typeof model === "string" &&
    providerIn(infoOf(row)["id"], model.slice(model.indexOf("/") + 1)) !== undefined
  );
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

/** The rows of a chain on top of those that stand there: what they hold besides goes on with their step. */
const rowsFor = (alias: string, steps: readonly Step[], prior: readonly Data[]): Data[] => {
  const left = [...prior];
  const read = (row: Data): string | undefined => {
    try {
      return stepIn(row);
    } catch (e) {
      if (e instanceof Mismatch) return undefined;
      throw e;
    }
  };
  return steps.map((step, n) => {
    const at = left.findIndex((r) => read(r) === stepText(step));
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
      return rowsFor(aliasOf(around), steps, rowsOf(prior));
    },
    { type: "array", items: { type: "object" } },
  ),
  stands: (chain, prior, around) => {
    const steps = stepsIn(around, chain);
    return inOrder(rowsOf(prior)).every((row, n) => {
      if (isOurs(row)) return same(row, rowFor(aliasOf(around), steps, n, row));
      const params = paramsOf(row);
      return Object.entries(explicit(steps[n]!)).every(([k, v]) => same(params[k], v));
    });
  },
};

const some =
  (test: (s: Step) => boolean) =>
  (_: string[], m: Model): boolean =>
    stepsOf(m).some(test);
const regional = (s: Step): boolean => !!rowOf(s.provider)?.litellm.region;
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
    only: some((s) => s.provider.project !== undefined && !rowOf(s.provider)?.litellm.project),
    weak: true,
  },
  {
    note: "LiteLLM reads a variable only where it is the whole header",
    only: some((s) => Object.values(s.provider.headers ?? {}).some((t) => wholeValue(t) === undefined)),
    weak: true,
  },
];
