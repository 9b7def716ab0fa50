import { basename } from "node:path";
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import type { Environment } from "../core/template.ts";
import type { Registration } from "../proxy/types.ts";
import { variablesOf } from "../service/keys.ts";
import { type Chains, chainsOf } from "../service/routes.ts";
import type { Place } from "../service/service.ts";
import type { Repository } from "../service/state.ts";
import { allow, untrusted } from "../service/trust.ts";
import { specFile } from "../spec/surfaces.ts";
import { portOf } from "./gateway.ts";
import { localFile } from "./local.ts";
import { loadProject, type Project } from "./project.ts";

/** What a repository asks of the proxy. */
const registrationOf = (
  { root, token }: Repository,
  { routes, policy }: Pick<Chains, "routes" | "policy">,
): Registration => ({
  token,
  label: basename(root),
  routes,
  ...(routes.some((r) => r.name === "main") && { fallback: "main" }),
  policy,
});

/** The chains of a project, with its variables as they are now. */
export const chainsIn = ({ root, folders, options }: Project, env: Environment): Chains =>
  chainsOf(folders[0]!.spec.model, options.proxy ?? {}, variablesOf(root, env));

/** A project's chains, or why they cannot be used; `trust`: a person allows what they do with keys. */
export const usableChains = (
  project: Project,
  folder: string,
  env: Environment,
  trust?: boolean,
): Chains | Diagnostic => {
  const chains = chainsIn(project, env);
  if (!chains.routes.length) return diagnostic("launch/no-chain", {});
  const asked = { trust: chains.trust, who: project.root };
  if (trust) allow(folder, asked);
  return untrusted(folder, asked, "portable proxy on --trust") ?? chains;
};

/** How a service reads what is registered. */
export const reader = (folder: string): Pick<Place, "read" | "specFiles"> => ({
  specFiles: [specFile, localFile],
  read: (repository, env) => {
    const project = loadProject(repository.root);
    if (project.diagnostics.some((d) => d.level === "error")) return undefined;
    const chains = usableChains(project, folder, env);
    if ("reason" in chains) return undefined;
    return { registration: registrationOf(repository, chains), port: portOf(project) };
  },
});
