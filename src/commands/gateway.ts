import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { type Address, type Client, clientIds, clients } from "../clients/index.ts";
import { type Diagnostic, diagnostic, nearest } from "../core/diagnostic.ts";
import type { Model } from "../core/spec.ts";
import type { Environment } from "../core/template.ts";
import { json } from "../formats/json.ts";
import { rowOf } from "../providers/index.ts";
import { registered, stateFolder } from "../service/state.ts";
import { allow, gatewayAsked, untrusted } from "../service/trust.ts";
import { loginFile } from "./login.ts";
import type { Project } from "./project.ts";

/** Where the proxy listens unless the spec says otherwise. */
const defaultPort = 4141;
export const portOf = (project: Project): number => {
  const port = project.options.proxy?.["port"];
  return typeof port === "number" ? port : defaultPort;
};
/** LiteLLM's own default (its documentation, 2026-05). */
const litellmOrigin = "http://127.0.0.1:4000";

/** The tool of that name, or what is wrong with it. */
export const clientOf = (name: string | undefined): Client | Diagnostic => {
  if (name !== undefined && Object.hasOwn(clients, name)) return clients[name]!;
  const near = name === undefined ? [] : nearest(name, clientIds);
  return diagnostic("launch/unknown-tool", { name: name ?? "", near, known: clientIds });
};

/** The name that a client asks for: the vendor's own where its first step speaks the client's dialect, else the alias. */
const modelFor = (model: Model | undefined, client: Client): string | undefined => {
  const first = model?.steps?.[0];
  return first && rowOf(first.provider)?.paths[client.dialect] !== undefined ? first.id : model?.name;
};

/** The origin of a gateway that is no program of this machine, or why it may not be used: a person must have allowed it. */
const allowedOrigin = (
  root: string,
  origin: string,
  env: Environment,
  trust: boolean | undefined,
  command: string,
): string | Diagnostic => {
  const [folder, asked] = [stateFolder(env, homedir()), gatewayAsked(root, origin)];
  if (trust) allow(folder, asked);
  return untrusted(folder, asked, command) ?? origin.replace(/\/+$/, "");
};

/**
 * Where a client is sent by this repository's spec, or why nowhere. `trust`: a person allows an address of the spec's own, as
 * `command` does.
 */
export const addressOf = (
  project: Project,
  client: Client,
  env: Environment,
  { trust, command }: { trust: boolean | undefined; command: string },
): Address | Diagnostic => {
  const models = project.folders[0]!.spec.model;
  const named = (alias: string): string | undefined =>
    modelFor(
      models.find((m) => m.name === alias),
      client,
    );
  const [main, fast] = [named("main"), named("fast")];
  const asks = { ...(main !== undefined && { main }), ...(fast !== undefined && { fast }) };
  const gateway = project.options.gateway ?? "none";
  if (gateway === "none") return diagnostic("launch/no-gateway", {});
  if (gateway === "litellm") {
    const key = env["LITELLM_MASTER_KEY"];
    return { base: litellmOrigin, models: asks, ...(key && { key }) };
  }
  if (gateway !== "proxy") {
    const base = allowedOrigin(project.root, gateway, env, trust, command);
    return typeof base === "string" ? { base, models: asks } : base;
  }
  const { token } = registered(stateFolder(env, homedir()), project.root);
  return { base: `http://127.0.0.1:${portOf(project)}/${token}`, models: asks };
};

/** The user has no credential of their own that the tool would send. */
export const isBare = (client: Client, env: Environment): boolean => {
  if (client.own.some((name) => env[name])) return false;
  if (client.login === undefined) return true;
  // there the login may lie in the keychain
  if (process.platform === "darwin") return false;
  return !existsSync(loginFile(client, env)!);
};

const settingsIn = (folder: string, file: string): unknown => {
  try {
    return json.parse(readFileSync(join(folder, file), "utf8"));
  } catch {
    return undefined;
  }
};
/** Why the tool's own settings keep it from being sent elsewhere; undefined: they do not. */
export const settingsFault = (
  name: string,
  { settings }: Client,
  root: string,
  env: Environment,
): Diagnostic | undefined => {
  if (!settings) return undefined;
  const folders = [env[settings.variable] || homedir(), root];
  const why = settings.fault(folders.map((folder) => settingsIn(folder, settings.file)));
  return why === undefined ? undefined : diagnostic("launch/settings", { name, why });
};

/** Every variable that a client may need. */
export const variableNames = (client: Client): string[] =>
  Object.keys(client.env({ base: "", key: "x", models: { main: "x", fast: "x" } }, true));
