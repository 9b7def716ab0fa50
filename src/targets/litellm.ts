import { withoutDefaults } from "../core/bridge.ts";
import { type Codec, count, dict, list as listOf, scaled, text } from "../core/codec.ts";
import { isObject, Mismatch, same } from "../core/data.ts";
import { drop, inline, key, maybe, record, union } from "../core/shape.ts";
import type { Model, Retrieval, Server, Setting, Source, Transport } from "../core/spec.ts";
import type { Surface } from "../core/surface.ts";
import { many } from "../core/surfaces/many.ts";
import { list, rest, table } from "../core/surfaces/table.ts";
import { taking } from "../core/surfaces/taking.ts";
import { target, viaServer, within } from "../core/target.ts";
import { yaml11 } from "../formats/yaml.ts";
import { asWanted, chainFacts, deployments } from "./litellm-models.ts";
import { providersIn } from "./litellm-reads.ts";
import { argument, entire, headers, inside, textAt, value } from "./litellm-words.ts";

/** LiteLLM's configuration has any name: the proxy is started with `--config litellm_config.yaml`. */
const file = "litellm_config.yaml";
const reserved = ["model_list", "mcp_servers", "vector_store_registry"];
const only = drop("a gateway reads no rules, commands or permissions of a coding tool");

// an absent transport is http since 1.10x, and was sse: it is always written
const remote = { url: key("url", value), headers: inline(headers) as any };
const transport = entire(
  union<"type", Transport>("type", {
    stdio: [
      {
        command: key("command", value),
        args: maybe("args", listOf(argument)),
        env: maybe("env", dict(value)),
        cwd: drop("LiteLLM starts servers in its own folder"),
      },
      { transport: "stdio" },
    ],
    http: [remote, { transport: ["http", undefined] }],
    sse: [remote, { transport: "sse" }],
  }),
);
type Store = Extract<Source, { type: "vector_store" }>["vector_store"];
const NO_VENDOR = "LiteLLM needs the vendor of a vector store: without it the proxy does not start";
const vendored = (of: Codec<Source>): Codec<Source> => ({
  ...of,
  put: (ours, prior, around) => {
    if (ours.type === "vector_store" && !ours.vector_store.provider) throw new Mismatch(NO_VENDOR);
    return of.put(ours, prior, around);
  },
  fields: [
    { path: [], note: NO_VENDOR, only: (s: Source) => s.type === "vector_store" && !s.vector_store.provider },
    ...of.fields,
  ],
});
const source = vendored(
  union<"type", Source>("type", {
    vector_store: {
      vector_store: inline(
        record<Store>({
          id: key("vector_store_id", value),
          provider: key("custom_llm_provider", text) as any,
        }),
      ),
    },
    mcp: drop("written as a server"),
    http: drop("LiteLLM has no plain HTTP retriever"),
  }),
);

const settings = rest(file, yaml11, [], { of: "litellm", except: reserved.map((k) => [k]) });
const lists = ["fallbacks", "context_window_fallbacks", "content_policy_fallbacks"];
const asList = (v: unknown): unknown => (typeof v === "string" ? [v] : v);
const listed = (v: unknown): unknown =>
  Array.isArray(v)
    ? v.map((e) => (isObject(e) ? Object.fromEntries(Object.entries(e).map(([k, t]) => [k, asList(t)])) : e))
    : v;
/** Fallbacks as every version reads them: lists of maps from a model to a list. 1.109 refuses others (release notes, 2026-11-11). */
const withLists: Surface<Setting> = {
  ...settings,
  read: (world, reading) =>
    settings.read(world, reading).flatMap((s): Setting[] => {
      const { salvage, unread } = reading;
      if (!lists.includes(s.path[1] ?? "")) return [s];
      const at = s.at ?? file;
      if (s.path.length > 2) unread?.(at, "LiteLLM wants a list of fallbacks, and finds a map", s.path);
      if (s.path.length > 2 && unread) return [];
      const value = listed(s.value);
      if (!salvage || same(value, s.value)) return [s];
      salvage(at, "it reads the name of a fallback that is no list letter by letter");
      return [{ ...s, value }];
    }),
};

/**
 * Facts: the proxy itself, `litellm[proxy]` 1.108.6 from PyPI, run and read on 2026-11-25; where it does not say, BerriAI/litellm-docs
 * @ef86ded (2026-05-02).
 */
export const litellm = target({
  id: "litellm",
  title: "LiteLLM",
  docs: "https://docs.litellm.ai/docs/proxy/configs",
  checked: { version: "1.108.6", on: "2026-11-25" },
  expandsImports: false,
  signs: [file, "litellm-config.yaml"],
  keeps: {
    rule: only,
    command: only,
    agent: only,
    skill: only,
    hook: only,
    permission: only,
    ignore: only,
    setting: taking(
      withLists,
      (s) => !reserved.includes(s.path[0] ?? ""),
      "LiteLLM's models, servers and vector stores are no settings: they have kinds of their own",
    ),
    server: table<Server>(file, yaml11, ["mcp_servers"], {
      transport: inline(transport),
      timeoutMs: maybe("timeout", scaled(count, 1000)),
    }),
    retrieval: viaServer(
      list<Retrieval>(
        file,
        yaml11,
        ["vector_store_registry"],
        {
          description: inline(inside("litellm_params", textAt("vector_store_description"))) as any,
          source: inline(inside("litellm_params", source)),
        },
        { name: "vector_store_name" },
      ),
      // a variable that is not set makes the row invalid (1.108.6, MCPServer.env, 2026-11-26)
      withoutDefaults,
    ),
    provider: within("model", providersIn(file)),
    model: asWanted(
      many<Model>(file, yaml11, ["model_list"], "model_name", {
        chain: key("@rows", deployments, ...chainFacts),
        onOutage: drop("LiteLLM always goes on to the next deployment"),
        limits: drop("a budget of LiteLLM's counts for a deployment, not for an alias"),
      }),
      file,
    ),
  },
});
