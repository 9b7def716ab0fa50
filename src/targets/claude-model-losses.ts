import type { Field } from "../core/codec.ts";
import type { Model, Provider, Step } from "../core/spec.ts";
import { stepsOf } from "../providers/litellm.ts";
import { endpointLeaves, fallbacks, reachOf, refusals, roles, usable } from "./claude-session.ts";

const some =
  (test: (s: Step) => boolean) =>
  (_: unknown, m: Model): boolean =>
    stepsOf(m).some(test);
const variable = (p: Provider): string | undefined => {
  const [only, ...more] = p.apiKey ?? [];
  return typeof only === "object" && "env" in only && !more.length ? only.env : undefined;
};
const said = (test: (p: Provider) => boolean, note: string): Field => ({
  path: ["chain"],
  weak: true,
  note,
  only: (_, m: Model) => usable(m).some((s) => test(s.provider)),
});
const providersOf = (m: Model): Set<string> => new Set(stepsOf(m).map((s) => s.provider.name));
/** What a session of Claude Code does not get of a chain, and why. */
export const modelLosses: readonly Field[] = [
  {
    path: ["chain"],
    note: `Claude Code has a place for the models ${Object.keys(roles).join(", ")}`,
    only: (_, m: Model) => !Object.hasOwn(roles, m.name),
  },
  ...refusals.map(([note, refuses]): Field => ({ path: ["chain"], note, only: some(refuses) })),
  {
    path: ["chain"],
    note: "a session of Claude Code asks one endpoint: only a gateway, such as a LiteLLM proxy, goes on to another",
    only: (_, m: Model) => providersOf(m).size > 1 || m.name !== "main",
  },
  {
    path: ["chain"],
    note: "Claude Code goes on to another model for main only",
    only: (chain: string[], m: Model) => m.name !== "main" && chain.length > 1,
  },
  {
    path: ["chain"],
    note: `Claude Code tries ${fallbacks.most} fallbacks at most`,
    only: (chain: string[]) => chain.length > fallbacks.most + 1,
  },
  said(
    (p) => p.apiKey !== undefined && !reachOf(p)!.keys.includes(variable(p) ?? ""),
    "Claude Code takes its key from its own variables only: ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN, or those of the cloud",
  ),
  said(
    (p) => p.keyCommand !== undefined && reachOf(p)!.sets !== undefined,
    "Claude Code runs no command for a key of a cloud",
  ),
  said(
    (p) => p.headers !== undefined && !endpointLeaves(p).has("env/ANTHROPIC_CUSTOM_HEADERS"),
    "Claude Code sends literal headers only, and none to a cloud",
  ),
  said(
    (p) =>
      (p.region !== undefined && !reachOf(p)!.region) || (p.project !== undefined && !reachOf(p)!.project),
    "Claude Code has a region for Amazon Bedrock and Google Vertex AI only, and a project for the latter",
  ),
  {
    path: ["onOutage"],
    level: "note",
    note: "nothing says so to Claude Code: it goes on to a fallback where it has one",
    only: (v: string) => v === "degrade",
  },
  { path: ["onOutage"], note: "Claude Code does not wait for a model where it has a fallback" },
  { path: ["limits"], note: "Claude Code counts no budget for a model" },
  { path: ["overrides"], note: ".claude/settings.json holds values that have no keys of their own" },
];
