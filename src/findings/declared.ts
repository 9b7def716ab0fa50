import type { Spec } from "../core/spec.ts";
import type { Template } from "../core/template.ts";
import { rowOf } from "../providers/index.ts";
import type { Declared } from "./endpoints.ts";

const hostIn = (url: string): string[] => {
  const host = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?(\[[^\]]+\]|[^/:?#]+)/i.exec(url)?.[1];
  return host === undefined ? [] : [host.toLowerCase()];
};
const literal = (t: Template | undefined): string =>
  (t ?? []).map((p) => (typeof p === "string" ? p : "or" in p ? (p.or ?? "") : "")).join("");

/** Hosts that the spec names: those of its providers, its gateway and its endpoints. */
export const declaredHosts = (spec: Spec, gateway: string | undefined): Declared => {
  const urls = [
    ...spec.provider.map((p) => literal(p.origin) || (rowOf(p)?.origin ?? "")),
    ...spec.server.map(({ transport: t }) => (t.type === "stdio" ? "" : literal(t.url))),
    gateway ?? "",
  ];
  return { hosts: [...new Set(urls.flatMap(hostIn))] };
};
