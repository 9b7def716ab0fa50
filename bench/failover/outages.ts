import type { Shape } from "./cloud.ts";

/** An outage as a user meets it. */
export interface Outage {
  id: string;
  cloud: Shape;
  /** The turn calls a tool. */
  tools?: true;
  /** A login in place of a key; Claude Code only. */
  login?: "valid" | "expired";
  signIn?: "refused" | "hangs";
}

/** No outage: what an answer takes on a good day, with a tool call and without. */
export const healthy: Outage = { id: "healthy", cloud: "healthy" };
export const healthyTools: Outage = { id: "healthy with a tool call", cloud: "healthy", tools: true };

const plain: Shape[] = [
  "refused",
  "reset",
  "500",
  "529",
  "429",
  "hang",
  "cut",
  "error event",
  "silence",
  "401",
];
const named: Partial<Record<Shape, string>> = {
  cut: "mid-stream cut",
  "error event": "mid-stream error",
  "401": "401 after success",
};
export const outages: readonly Outage[] = [
  { id: "gone after a tool call", cloud: "gone after a tool call", tools: true },
  ...plain.map((cloud) => ({ id: named[cloud] ?? cloud, cloud })),
];

/** Of a subscription login; the healthy run beside them is one with the same login, still valid. */
export const signInOutages: readonly Outage[] = [
  { id: "expired login; sign-in refused", cloud: "healthy", login: "expired", signIn: "refused" },
  { id: "expired login; sign-in hangs", cloud: "healthy", login: "expired", signIn: "hangs" },
  { id: "expired login; sign-in hangs; 401", cloud: "401", login: "expired", signIn: "hangs" },
  { id: "valid login; sign-in refused; 401", cloud: "401", login: "valid", signIn: "refused" },
  { id: "valid login; sign-in hangs; 401", cloud: "401", login: "valid", signIn: "hangs" },
];
