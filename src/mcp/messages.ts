import { isObject } from "../core/data.ts";

/** JSON-RPC 2.0, as MCP has it: an id is a text or a whole number. */
export type Id = string | number;
export interface Call {
  id: Id;
  method: string;
  params: Record<string, unknown>;
}
export interface Notice {
  method: string;
  params: Record<string, unknown>;
}
export interface Fault {
  code: number;
  message: string;
  data?: unknown;
}
export type Reply = { jsonrpc: "2.0"; id: Id | null } & ({ result: unknown } | { error: Fault });

export const codes = {
  parse: -32700,
  invalid: -32600,
  method: -32601,
  params: -32602,
  internal: -32603,
  /** MCP 2026-07-28: UnsupportedProtocolVersion. */
  version: -32022,
} as const;

export const replyTo = (id: Id, result: unknown): Reply => ({ jsonrpc: "2.0", id, result });
export const faultFor = (id: Id | null, code: number, message: string, data?: unknown): Reply => ({
  jsonrpc: "2.0",
  id,
  error: { code, message, ...(data !== undefined && { data }) },
});

const isId = (x: unknown): x is Id => typeof x === "string" || Number.isSafeInteger(x);
const paramsOf = (x: unknown): Record<string, unknown> | undefined =>
  x === undefined ? {} : isObject(x) ? x : undefined;

/** A message as what it is; undefined: an answer to nothing that we asked. */
export const messageIn = (x: unknown): { call: Call } | { notice: Notice } | { fault: Reply } | undefined => {
  if (!isObject(x)) return { fault: faultFor(null, codes.invalid, "a message is an object") };
  const { id, method } = x;
  if (method === undefined && ("result" in x || "error" in x)) return undefined;
  const known = isId(id) ? id : null;
  const params = paramsOf(x["params"]);
  if (x["jsonrpc"] !== "2.0" || typeof method !== "string" || (id !== undefined && known === null))
    return { fault: faultFor(known, codes.invalid, "not a JSON-RPC 2.0 request") };
  if (id === undefined) return { notice: { method, params: params ?? {} } };
  if (!params) return { fault: faultFor(known, codes.invalid, "`params` is an object") };
  return { call: { id: known!, method, params } };
};
