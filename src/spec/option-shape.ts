import {
  type Codec,
  count,
  dict,
  either,
  flag,
  integer,
  list as listOf,
  map,
  object,
  oneOf,
  text,
} from "../core/codec.ts";
import { type Data, Mismatch } from "../core/data.ts";
import { key, maybe, record } from "../core/shape.ts";
import type { Item } from "../core/spec.ts";

/** What portable.yaml says besides items. */
export interface Options {
  portable: number;
  targets?: string[];
  from?: string[];
  /** Files that are rules where they stand. */
  rules?: InPlace[];
  outputs?: "commit" | "ignore";
  accept?: Accept[];
  proxy?: Data;
  gateway?: string;
  /** Aims of skills, whose own files are kept as they are. */
  skills?: Record<string, Pick<Item, "targets" | "except" | "overrides">>;
}
export interface InPlace {
  file: string;
  targets?: string[];
  except?: string[];
}
export interface Accept {
  code: string;
  reason: string;
  at?: string;
  hash?: string;
}

const targets = either(
  listOf(text),
  map(
    text,
    (s) => [s],
    (l) => l[0]!,
  ),
);
const inPlace = either<InPlace>(
  map(
    text,
    (file): InPlace => ({ file }),
    (p) => p.file,
  ),
  record<InPlace>({
    file: key("file", text),
    targets: maybe("targets", targets),
    except: maybe("except", targets),
  }),
);
const gateways = ["none", "proxy", "litellm"];
/** Clients read a backslash, white space or a user name in it each in a way of their own. */
const ORIGIN = "^https?://[^/?#@\\\\\\s\"'`]+/?$";
/** Where clients send their requests: nowhere else, the proxy of this program, a LiteLLM proxy, or any origin. */
const gateway: Codec<string> = {
  ...map(
    text,
    (s) => {
      if (gateways.includes(s) || (URL.canParse(s) && new RegExp(ORIGIN).test(s))) return s;
      throw new Mismatch(
        `${JSON.stringify(s)} is neither none, proxy, litellm nor an origin such as https://llm.example.com`,
      );
    },
    (s) => s,
  ),
  schema: { anyOf: [{ enum: gateways }, { type: "string", pattern: ORIGIN }] },
};
const DAY_MS = 24 * 60 * 60 * 1000;
/** A time that a timer of Node takes, four times over. */
export const milliseconds = integer(1, DAY_MS);
const times = ["connectMs", "headersMs", "firstContentMs", "idleMs", "quietMs", "totalMs", "pingMs"] as const;
const switches = ["signInOutage", "warm"] as const;
const proxyFields: Readonly<Record<string, Codec<unknown>>> = {
  port: integer(1, 65_535),
  ...Object.fromEntries(times.map((name) => [name, milliseconds])),
  ...Object.fromEntries(switches.map((name) => [name, flag])),
};
const proxySaid = (said: Data): Data => {
  for (const [name, of] of Object.entries(proxyFields)) if (said[name] !== undefined) of.get(said[name]);
  return said;
};
/** How the proxy runs; what is left out is as it is by itself. */
const proxy: Codec<Data> = {
  ...map(object, proxySaid, proxySaid),
  schema: {
    type: "object",
    properties: Object.fromEntries(Object.entries(proxyFields).map(([name, of]) => [name, of.schema])),
    additionalProperties: false,
  },
};

const unknownVersion = (n: number): never => {
  throw new Mismatch(`version ${n} of the spec is not known: this portable reads version 1`);
};
const version: Codec<number> = {
  ...map(
    count,
    (n) => (n === 1 ? n : unknownVersion(n)),
    (n) => n,
  ),
  schema: { const: 1 },
};

export const optionsCodec: Codec<Options> = record<Options>({
  portable: key("portable", version),
  targets: maybe("targets", targets),
  from: maybe("from", targets),
  rules: maybe("rules", listOf(inPlace)),
  outputs: maybe("outputs", oneOf("commit", "ignore")),
  accept: maybe(
    "accept",
    listOf(
      record<Accept>({
        code: key("code", text),
        reason: key("reason", text),
        at: maybe("at", text),
        hash: maybe("hash", text),
      }),
    ),
  ),
  proxy: maybe("proxy", proxy),
  gateway: maybe("gateway", gateway),
  skills: maybe(
    "skills",
    dict(
      record<any>({
        targets: maybe("targets", targets),
        except: maybe("except", targets),
        overrides: maybe("overrides", dict(object)),
      }),
    ),
  ),
});
