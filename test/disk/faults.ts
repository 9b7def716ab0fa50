import type { disk as realDisk } from "../../src/disk/fs.ts";

type Disk = typeof realDisk;
type Name = keyof Disk;

/** What a call is told to do: go on, die (and so does every later call), or fail as the system would. */
export type Fate = { die: true; torn?: boolean } | { fail: string; torn?: boolean } | undefined;

/** Thrown by every call once the process counts as dead, so that no clean-up reaches the disk. */
export const DEAD = Symbol("killed");

const systemError = (code: string): Error =>
  Object.assign(new Error(`${code}: injected`), { code, errno: -1 });

const half = (args: unknown[]): unknown[] => {
  const [fd, bytes, offset] = args as [number, Uint8Array, number];
  return [fd, bytes.subarray(0, offset + Math.floor((bytes.length - offset) / 2)), offset];
};

/**
 * Runs `act` with every call on `disk` counted from 1 and given the fate that `decide` says.
 * Gives what `act` gave, or DEAD, and how many calls there were.
 */
export const withFaults = <T>(
  disk: Disk,
  decide: (call: number, name: Name, args: unknown[]) => Fate,
  act: () => T,
): { result: T | typeof DEAD; calls: number } => {
  const saved = { ...disk };
  let calls = 0;
  let dead = false;
  for (const name of Object.keys(saved) as Name[]) {
    const real = saved[name] as (...args: unknown[]) => unknown;
    (disk as Record<Name, unknown>)[name] = (...args: unknown[]): unknown => {
      if (dead) throw DEAD;
      const fate = decide(++calls, name, args);
      if (fate?.torn && name === "write") real(...half(args));
      if (fate && "die" in fate) {
        dead = true;
        throw DEAD;
      }
      if (fate) throw systemError(fate.fail);
      return real(...args);
    };
  }
  try {
    const result = act();
    return { result: dead ? DEAD : result, calls };
  } catch (error) {
    if (error !== DEAD) throw error;
    return { result: DEAD, calls };
  } finally {
    Object.assign(disk, saved);
  }
};
