import { blobId } from "../core/blob.ts";
import type { Provider } from "../core/spec.ts";
import type { Template } from "../core/template.ts";
import { providers, servedBy } from "./index.ts";

/** `https://gw.example.com:8443/x` -> `gw.example.com-8443-x`, as a name. */
const placeName = (origin: Template): string => {
  const text = origin.map((p) => (typeof p === "string" ? p : "env" in p ? p.env : "")).join("");
  return text
    .replace(/^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?/i, "")
    .replace(/[^\w.-]+/g, "-")
    .replace(/^-+|-+$/g, "");
};
/** `SECOND_OPENAI_API_KEY` -> `second-openai`. */
const keyName = (variable: string): string =>
  variable
    .replace(/_?(?:API_)?(?:KEY|TOKEN)$/, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-") || "key";

/** What a tool's file says of a provider, besides its kind. */
export type Said = Omit<Provider, "name" | "type">;

/** An entry for what a tool's file says, whose name follows from that alone, so that it is always the same. */
export const entryOf = (kind: string, said: Said): Provider => {
  const given = Object.fromEntries(Object.entries(said).filter(([, v]) => v !== undefined)) as Said;
  if (!Object.keys(given).length) return { name: kind };
  const [key] = given.apiKey ?? [];
  const parts = [
    given.origin ? placeName(given.origin) : kind,
    ...(key === undefined ? [] : [typeof key === "object" && "env" in key ? keyName(key.env) : "key"]),
    ...[given.region, given.project].filter((s) => s !== undefined).map((s) => s.replace(/[^\w.-]+/g, "-")),
    ...(given.headers ? [blobId(JSON.stringify(given.headers)).slice(0, 4)] : []),
  ];
  return { name: parts.join("-"), type: kind, ...given };
};

const local = (origin: string): string => origin.replace("//localhost", "//127.0.0.1");
/** Where a kind is asked by itself. */
export const isUsual = (kind: string, origin: string): boolean => local(origin) === providers[kind]?.origin;
/** The origin of an address that ends with the path of the kind's dialect; undefined: it ends otherwise. */
export const originIn = (address: string, kind: string): string | undefined => {
  const { litellm, paths } = servedBy({ name: kind });
  const path = litellm.path ?? paths.chat ?? "";
  const bare = address.replace(/\/+$/, "");
  return bare.endsWith(path) ? bare.slice(0, bare.length - path.length) : undefined;
};
