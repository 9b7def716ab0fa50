import type { ServerResponse } from "node:http";
import { type Heard, type Json, type Mock, whole } from "./rig.ts";

export const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);
/** Turns a request down as its own fault. */
export const refuse = (response: ServerResponse, message: string): void =>
  whole(response, 400, { type: "error", error: { type: "invalid_request_error", message } });
/** An outage. */
export const down = (_: Heard, response: ServerResponse): void =>
  whole(response, 529, { type: "error", error: { type: "overloaded_error", message: "busy" } });

/** One dialect as a strict vendor, a careless local server and a client speak it. */
export interface Script {
  path: string;
  headers: Record<string, string>;
  cloud: () => Mock["say"];
  local: () => Mock["say"];
  /** The request for a history. */
  ask: (history: readonly Json[]) => Json;
  person: (text: string) => Json[];
  /** What a client keeps of an answer, the results of its calls included; and whether the model goes on. */
  take: (events: readonly Json[]) => { turns: Json[]; goesOn: boolean };
}
