import { type Codec, codec, dict, type Field, text } from "../core/codec.ts";
import { type Data, isObject, Mismatch, same } from "../core/data.ts";
import type { Server, Transport } from "../core/spec.ts";
import type { Template } from "../core/template.ts";
import { tidy } from "../core/template.ts";

const ENV = "os.environ/";
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The variable that a text is nothing but. */
export const variableOf = (t: Template): string | undefined => {
  const [only] = t;
  return t.length === 1 &&
    typeof only === "object" &&
    "env" in only &&
    only.or === undefined &&
    NAME.test(only.env)
    ? only.env
    : undefined;
};
const literalOf = (t: Template): string | undefined =>
  t.length === 0 ? "" : t.length === 1 && typeof t[0] === "string" ? t[0] : undefined;

/** The text in LiteLLM's spelling; undefined: it has none. */
export const wholeValue = (t: Template): string | undefined => {
  const variable = variableOf(t);
  if (variable !== undefined) return ENV + variable;
  const literal = literalOf(t);
  return literal?.startsWith(ENV) ? undefined : literal;
};
const reading = (said: string): Template => {
  if (!said.startsWith(ENV)) return tidy([said]);
  const name = said.slice(ENV.length);
  if (!NAME.test(name)) throw new Mismatch("names no variable");
  return [{ env: name }];
};
const needed = <A>(value: A | undefined, what: string): A => {
  if (value === undefined) throw new Mismatch(what);
  return value;
};

const WHOLE = "LiteLLM reads a variable only where it is the whole value";
/** `os.environ/NAME` is a variable where it is all of a value that stands under a key (1.108.6, load_config, 2026-11-25). */
export const value: Codec<Template> = codec(
  (x) => reading(text.get(x)),
  (t) => needed(wholeValue(t), WHOLE),
  { type: "string" },
  [{ path: [], note: WHOLE, only: (t: Template) => wholeValue(t) === undefined }],
);

const ARGUMENT = "LiteLLM fills no variables into arguments";
/** Texts in lists stand as they are (1.108.6, _resolved_config_value, 2026-11-25). */
export const argument: Codec<Template> = codec(
  (x) => tidy([text.get(x)]),
  (t) => needed(literalOf(t), ARGUMENT),
  { type: "string" },
  [{ path: [], note: ARGUMENT, only: (t: Template) => literalOf(t) === undefined }],
);

type Headers = Record<string, Template>;
const bearerOf = (t: Template | undefined): string | undefined =>
  t?.length === 2 && t[0] === "Bearer " ? variableOf(t.slice(1)) : undefined;
/** Credentials that are one header: its name, and what stands before the value. Others than these are no headers. */
const credentials: Readonly<Record<string, readonly [header: string, before: string]>> = {
  bearer_token: ["Authorization", "Bearer "],
  api_key: ["X-API-Key", ""],
  authorization: ["Authorization", ""],
};
const fixed = dict(value);

const readHeaders = (theirs: Data): Headers | undefined => {
  const out: Headers = isObject(theirs["static_headers"]) ? fixed.get(theirs["static_headers"]) : {};
  const type = theirs["auth_type"] ?? "none";
  if (type === "none") return theirs["static_headers"] === undefined ? undefined : out;
  const known = typeof type === "string" ? credentials[type] : undefined;
  if (!known) throw new Mismatch(`"auth_type" is no header`);
  return { ...out, [known[0]]: tidy([known[1], ...value.get(theirs["auth_value"])]) };
};
const writeHeaders = (headers: Headers | undefined, prior: Data): Data => {
  const out = { ...prior };
  const bearer = bearerOf(headers?.["Authorization"]);
  const others = Object.entries(headers ?? {}).filter(([k]) => bearer === undefined || k !== "Authorization");
  if (bearer !== undefined) Object.assign(out, { auth_type: "bearer_token", auth_value: ENV + bearer });
  else if (typeof out["auth_type"] === "string" && Object.hasOwn(credentials, out["auth_type"])) {
    delete out["auth_type"];
    delete out["auth_value"];
  }
  if (others.length || (headers && bearer === undefined))
    out["static_headers"] = fixed.put(Object.fromEntries(others), prior["static_headers"]);
  else delete out["static_headers"];
  return out;
};

/**
 * A bearer token is a credential of its own, so that its variable is a whole value; other headers are fixed ones.
 * https://docs.litellm.ai/docs/mcp, litellm-docs@ef86ded, 2026-05-02.
 */
export const headers: Codec<Headers | undefined> = codec(
  (theirs) => readHeaders(isObject(theirs) ? theirs : {}),
  (ours, prior) => writeHeaders(ours, isObject(prior) ? prior : {}),
  {
    type: "object",
    properties: { static_headers: fixed.schema, auth_type: text.schema, auth_value: text.schema },
  },
  [
    ...["auth_type", "auth_value", "static_headers"].map((theirs): Field => ({ path: [], theirs })),
    {
      path: [],
      note: "LiteLLM reads a variable only as a whole header, or as `Authorization: Bearer ${NAME}`",
      only: (all: Headers) =>
        Object.entries(all).some(
          ([k, t]) => wholeValue(t) === undefined && (k !== "Authorization" || bearerOf(t) === undefined),
        ),
    },
  ],
);

/** A tool is shown as `server-tool`: with a `-` in a name the proxy does not start (1.108.6, 2026-11-25). Else SEP-986. */
const isServerName = (name: string): boolean => /^[A-Za-z0-9_./]{1,64}$/.test(name);

/** A server that would be started or asked in another way than meant is none: all of it is said, or nothing. */
export const entire = (of: Codec<Transport>): Codec<Transport> => ({
  ...of,
  get: (theirs, reader) => {
    if (isObject(theirs) && "spec_path" in theirs)
      throw new Mismatch("an OpenAPI description, no MCP server");
    return of.get(theirs, reader);
  },
  put: (ours, prior, around) => {
    if (!isServerName(String(around?.["name"] ?? "a")))
      throw new Mismatch("a name that LiteLLM does not take");
    const theirs = of.put(ours, prior, around);
    if (!same({ ...of.get(theirs), cwd: undefined }, { ...ours, cwd: undefined }))
      throw new Mismatch("LiteLLM cannot say all of this server");
    return theirs;
  },
  fields: [
    {
      path: [],
      note: "LiteLLM takes letters, digits, _, . and / in a server's name",
      only: (_, s: Server) => !isServerName(s.name),
    },
    {
      path: [],
      note: "LiteLLM starts servers of its own only with LITELLM_ENABLE_MCP_STDIO=true in its environment",
      only: (t: Transport) => t.type === "stdio",
      weak: true,
    },
    ...of.fields,
  ],
});

/** What stands in a map under a key of its own. */
export const inside = <A>(at: string, of: Codec<A>): Codec<A> => {
  const within = (x: unknown): Data => (isObject(x) && isObject(x[at]) ? x[at] : {});
  return {
    ...of,
    get: (theirs, reader) => of.get(within(theirs), reader),
    put: (ours, prior, around) => {
      const next = of.put(ours, within(prior), around) as Data;
      const empty = !Object.keys(next).length && !(isObject(prior) && at in prior);
      return { ...(isObject(prior) ? prior : {}), ...(!empty && { [at]: next }) };
    },
    schema: { type: "object", properties: { [at]: of.schema } },
    fields: [{ path: [], theirs: at }, ...of.fields.map(({ theirs: _, ...f }) => f)],
  };
};

/** An optional text of a map, as a part that lies among others. */
export const textAt = (name: string): Codec<string | undefined> =>
  codec(
    (theirs) => (isObject(theirs) && typeof theirs[name] === "string" ? theirs[name] : undefined),
    (ours, prior) => {
      const { [name]: _, ...others } = isObject(prior) ? prior : {};
      return ours === undefined ? others : { ...(isObject(prior) ? prior : {}), [name]: ours };
    },
    { type: "object", properties: { [name]: text.schema } },
  );
