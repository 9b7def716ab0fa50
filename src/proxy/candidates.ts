import type { Dialect, Use } from "./dialects/dialect.ts";
import type { Registration, Route, Target } from "./types.ts";

/** A target that may answer a request, and the model it is asked for. */
export interface Candidate {
  target: Target;
  model: string;
}

/** Where a request goes. */
export interface Routed {
  route: Route;
  candidates: readonly Candidate[];
}

const candidate = (target: Target): Candidate => ({ target, model: target.model });
const isNamed = (target: Target, model: string): boolean => target.model === model || target.id === model;

/** A chain by its alias, or by a model that stands in it: from there on. A model that begins a chain goes before one within. */
const named = (routes: readonly Route[], model: string): Routed | undefined => {
  const alias = routes.find((route) => route.name === model);
  if (alias) return { route: alias, candidates: alias.targets.map(candidate) };
  const first = routes.find(({ targets: [target] }) => target && isNamed(target, model));
  const route = first ?? routes.find(({ targets }) => targets.some((target) => isNamed(target, model)));
  if (!route) return undefined;
  const from = route.targets.findIndex((target) => isNamed(target, model));
  return { route, candidates: route.targets.slice(from).map(candidate) };
};

/** A model that nobody knows: its dialect's vendor is asked for it as it is, and after it the rest of the usual chain. */
const unnamed = (registration: Registration, dialect: Dialect, model: string): Routed | undefined => {
  const { routes, fallback } = registration;
  const route = routes.find(({ name }) => name === fallback) ?? routes[0];
  if (!route) return undefined;
  const candidates = route.targets.map((target) =>
    target.own?.includes(dialect.id) ? { target, model } : candidate(target),
  );
  return { route, candidates };
};

/** The targets that a request may go to, in their order; empty where none speaks its dialect, undefined where there is no chain. */
export const routed = (
  registration: Registration,
  dialect: Dialect,
  use: Use,
  model: string,
): Routed | undefined => {
  const found = named(registration.routes, model) ?? unnamed(registration, dialect, model);
  if (!found) return undefined;
  const speaking = found.candidates.filter(({ target }) => target.paths[dialect.id] !== undefined);
  return { route: found.route, candidates: allowed(registration, found.route, dialect, use, speaking) };
};

const allowed = (
  { plain }: Registration,
  { onOutage }: Route,
  dialect: Dialect,
  use: Use,
  speaking: readonly Candidate[],
): readonly Candidate[] => {
  const own = speaking.filter(({ target }) => target.own?.includes(dialect.id));
  if (plain) return (own.length ? own : speaking).slice(0, 1);
  if (use === "other") return own.slice(0, 1);
  // vectors of two models do not compare
  if (use === "embed") return speaking.filter(({ model }) => model === speaking[0]!.model);
  return onOutage === "wait" ? speaking.slice(0, 1) : speaking;
};

/** Every name that a client can ask for in this dialect. */
export const namesFor = ({ routes }: Registration, dialect: Dialect): string[] => {
  const speaking = routes.map(({ name, targets }) => ({
    name,
    models: targets.filter(({ paths }) => paths[dialect.id] !== undefined).map(({ model }) => model),
  }));
  const useful = speaking.filter(({ models }) => models.length > 0);
  return [...new Set([...useful.map(({ name }) => name), ...useful.flatMap(({ models }) => models)])];
};
