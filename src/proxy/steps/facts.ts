import { fields, textOf } from "../dialects/dialect.ts";
import { listOf } from "./json.ts";

/** What a target has told about the model it serves; what is missing is not known. */
export interface Facts {
  /** Tokens that fit into its context. */
  context?: number;
  /** False: it reads text only. */
  vision?: boolean;
}

const tokens = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isInteger(value) && value > 0 ? value : undefined;

/** The smallest of what is known. */
const least = (...values: readonly unknown[]): number | undefined => {
  const known = values.flatMap((value) => tokens(value) ?? []);
  return known.length ? Math.min(...known) : undefined;
};

const names = ["id", "model", "name", "key"];
/** The entry of a model in a list; a server with one model serves it under any name. */
const entryOf = (entries: readonly unknown[], model: string): Readonly<Record<string, unknown>> => {
  const isIt = (entry: unknown): boolean => names.some((name) => textOf(fields(entry)[name]) === model);
  return fields(entries.find(isIt) ?? (entries.length === 1 ? entries[0] : undefined));
};

/** A server's answers to GETs, by path. */
export type Answers = Readonly<Record<string, unknown>>;

/** The paths that are asked, in this order, until one says how large the context is. */
export const factPaths = ["/props", "/v1/models", "/api/v0/models", "/api/ps"] as const;

/**
 * Reads the answers of llama.cpp (`/props`: per slot; `/v1/models`), vLLM (`max_model_len`), LM Studio (`/api/v0/models`) and
 * Ollama (`/api/ps`). llama.cpp 0.7.0 measured 2026-11-26; the others by their documentation, 2026-11.
 */
export const factsIn = (model: string, answers: Answers): Facts => {
  const props = fields(answers["/props"]);
  const served = entryOf(listOf(fields(answers["/v1/models"])["data"]), model);
  const loaded = entryOf(listOf(fields(answers["/api/v0/models"])["data"]), model);
  const running = entryOf(listOf(fields(answers["/api/ps"])["models"]), model);
  const context = least(
    fields(props["default_generation_settings"])["n_ctx"],
    fields(served["meta"])["n_ctx"],
    served["max_model_len"],
    loaded["loaded_context_length"],
    running["context_length"],
  );
  const { vision } = fields(props["modalities"]);
  return {
    ...(context !== undefined && { context }),
    ...(typeof vision === "boolean" && { vision }),
  };
};
