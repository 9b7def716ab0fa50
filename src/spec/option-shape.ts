import { type Codec, count, dict, either, list as listOf, map, object, oneOf, text } from "../core/codec.ts";
import { type Data, Mismatch } from "../core/data.ts";
import { key, maybe, record } from "../core/shape.ts";
import type { Item } from "../core/spec.ts";

const targets = listOf(text);

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

const oneOrMore = either(
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
/** Where clients send their requests: nowhere else, the proxy of this program, a LiteLLM proxy, or any origin. */
const gateway: Codec<string> = {
  ...map(
    text,
    (s) => {
      if (gateways.includes(s) || (URL.canParse(s) && /^https?:\/\/[^/?#@]+\/?$/.test(s))) return s;
      throw new Mismatch(
        `${JSON.stringify(s)} is neither none, proxy, litellm nor an origin such as https://llm.example.com`,
      );
    },
    (s) => s,
  ),
  schema: { anyOf: [{ enum: gateways }, { type: "string", pattern: "^https?://[^/?#@]+/?$" }] },
};
/** Times in milliseconds, but for the port. */
const proxyNumbers = [
  "port",
  "connectMs",
  "headersMs",
  "firstContentMs",
  "idleMs",
  "quietMs",
  "totalMs",
  "pingMs",
] as const;
const proxySwitches = ["signInOutage", "warm"] as const;
const each = (names: readonly string[], type: string): [string, { type: string }][] =>
  names.map((name) => [name, { type }]);
const proxy: Codec<Data> = {
  ...object,
  schema: {
    type: "object",
    properties: Object.fromEntries([...each(proxyNumbers, "number"), ...each(proxySwitches, "boolean")]),
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
  from: maybe("from", oneOrMore),
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
