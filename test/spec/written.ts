import { type Item, type Kind, kinds, type Spec } from "../../src/core/spec.ts";
import { applied, emptyWorld, type Job, type World } from "../../src/core/surface.ts";
import { specFile, specSurfaces } from "../../src/spec/surfaces.ts";

const job: Job = {
  readers: ["spec"],
  holds: () => new Map(),
  may: () => true,
  owns: () => undefined,
  made: () => undefined,
  refuse: (at, reason) => {
    throw new Error(`${at}: ${reason}`);
  },
  cleared: () => undefined,
  emptied: () => undefined,
};

/** The spec's own files, as the spec's surfaces write them. */
export const written = (spec: Spec, start = "portable: 1\ntargets: [claude, agents]\n"): World =>
  kinds.reduce<World>(
    (world, kind: Kind) => applied(world, specSurfaces[kind].write(spec[kind] as Item[], world, job)),
    { ...emptyWorld(), files: new Map([[specFile, start]]) },
  );
