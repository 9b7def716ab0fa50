import { attempt, dict } from "../core/codec.ts";
import { type Data, isObject, Mismatch } from "../core/data.ts";
import { providerKey, secretIn } from "../core/secrets.ts";
import type { Provider } from "../core/spec.ts";
import type { World } from "../core/surface.ts";
import { yaml11 } from "../formats/yaml.ts";
import { entryOf, isUsual, originIn } from "../providers/entry.ts";
import { servedBy } from "../providers/index.ts";
import { litellmKind } from "../providers/litellm.ts";
import { value, variableOf } from "./litellm-words.ts";

export const paramsOf = (row: Data): Data => (isObject(row["litellm_params"]) ? row["litellm_params"] : {});
export const infoOf = (row: Data): Data => (isObject(row["model_info"]) ? row["model_info"] : {});

/** The provider that an id of ours names: `alias:provider/native-id`. */
const providerIn = (id: unknown, native: string): string | undefined => {
  if (typeof id !== "string") return undefined;
  const whole = id.endsWith(`/${native}`) ? id : id.replace(/#[2-9]\d*$/, "");
  const head = whole.endsWith(`/${native}`) ? whole.slice(0, -native.length - 1) : "";
  const name = head.slice(head.lastIndexOf(":") + 1);
  return head.includes(":") && name && !name.includes("/") ? name : undefined;
};

/** LiteLLM's name of a deployment's model; throws `Mismatch` where there is none. */
const modelIn = (row: Data): string => {
  const { model: said, custom_llm_provider: vendor } = paramsOf(row);
  if (typeof said !== "string") throw new Mismatch(`"model" is missing`);
  return typeof vendor === "string" && !said.startsWith(`${vendor}/`) ? `${vendor}/${said}` : said;
};
/** The provider entry that a row of ours names. */
const ownName = (row: Data): string | undefined => {
  const model = paramsOf(row)["model"];
  return typeof model === "string"
    ? providerIn(infoOf(row)["id"], model.slice(model.indexOf("/") + 1))
    : undefined;
};
export const isOurs = (row: Data): boolean => ownName(row) !== undefined;

const textAt = (row: Data, key: string): string | undefined => {
  const v = paramsOf(row)[key];
  return typeof v === "string" && v !== "" ? v : undefined;
};
const ELSEWHERE = "its address ends otherwise than the provider's: the spec has no origin for it";
const HIDDEN = "its address is in a variable of its own, with a path that nobody knows";

const originOf = (row: Data, kind: string): Pick<Provider, "origin"> => {
  const said = textAt(row, "api_base");
  if (said === undefined) return {};
  const names = servedBy({ name: kind });
  const [only] = value.get(said);
  if (typeof only === "object" && "env" in only) {
    if (only.env === names.litellm.base) return {};
    if ((names.litellm.path ?? names.paths.chat ?? "") !== "") throw new Mismatch(HIDDEN);
    return { origin: [only] };
  }
  const origin = originIn(said, kind);
  if (origin === undefined) throw new Mismatch(ELSEWHERE);
  return isUsual(kind, origin) ? {} : { origin: [origin] };
};
/** A key that stands in the file: it is left there, and the provider's own variable is meant. */
export const hasSecret = (row: Data): boolean => {
  const said = textAt(row, "api_key");
  return said !== undefined && (!!providerKey(said) || !!secretIn("api_key", said));
};
const keyOf = (row: Data, kind: string): Pick<Provider, "apiKey"> => {
  const said = textAt(row, kind === "google-vertex" ? "vertex_credentials" : "api_key");
  const key = said === undefined ? undefined : value.get(said);
  if (!key) return {};
  const variable = variableOf(key);
  return variable === undefined || variable === servedBy({ name: kind }).litellm.key ? {} : { apiKey: key };
};
const headersOf = (row: Data): Pick<Provider, "headers"> => {
  const said = paramsOf(row)["extra_headers"];
  const headers = said === undefined ? undefined : attempt(() => dict(value).get(said));
  return headers && Object.keys(headers).length ? { headers } : {};
};

/** An address that is spelt as OpenAI's, with a key of its own or none, is no OpenAI. */
const kindOf = (row: Data, kind: string, isElsewhere: boolean): string => {
  const key = textAt(row, "api_key");
  const usual = servedBy({ name: kind }).litellm.key;
  const keepsKey = key === undefined || key === `os.environ/${usual}`;
  return isElsewhere && !keepsKey && (kind === "openai" || kind === "anthropic")
    ? `${kind}-compatible`
    : kind;
};

/** The provider of a deployment, and the model's own id. Throws `Mismatch` where the spec has no word for it. */
const entryIn = (row: Data): { provider: Provider; id: string } => {
  const model = modelIn(row);
  if (model.includes("*")) throw new Mismatch("a wildcard is no model");
  const found = litellmKind(model);
  if (!found) throw new Mismatch("no provider is known by this prefix");
  const at = originOf(row, found.kind);
  const kind = kindOf(row, found.kind, at.origin !== undefined);
  const region = textAt(row, kind === "google-vertex" ? "vertex_location" : "aws_region_name");
  const project = kind === "google-vertex" ? textAt(row, "vertex_project") : undefined;
  const isRegional = servedBy({ name: kind }).litellm.region !== undefined;
  const said = {
    ...at,
    ...keyOf(row, kind),
    ...(isRegional && region !== undefined && { region }),
    ...(project !== undefined && { project }),
    ...headersOf(row),
  };
  return { provider: entryOf(kind, said), id: found.id };
};

/** A deployment as a step of a chain. */
export const stepIn = (row: Data): string => {
  const model = modelIn(row);
  const own = providerIn(infoOf(row)["id"], model.slice(model.indexOf("/") + 1));
  if (own !== undefined) return own + model.slice(model.indexOf("/"));
  const { provider, id } = entryIn(row);
  return `${provider.name}/${id}`;
};

/** The providers that the deployments of other people's hand are asked at, where more is said than their kind. */
export const providersIn =
  (file: string) =>
  (world: World): Provider[] => {
    const text = world.files.get(file);
    const doc = typeof text === "string" ? attempt(() => yaml11.parse(text)) : undefined;
    const rows = Array.isArray(doc?.["model_list"]) ? doc["model_list"].filter(isObject) : [];
    const found = rows.flatMap((row) => (isOurs(row) ? [] : (attempt(() => entryIn(row))?.provider ?? [])));
    const told = found.filter((p) => Object.keys(p).length > 1);
    return [...new Map(told.map((p) => [p.name, p])).values()];
  };
