import type { Target } from "../core/target.ts";
import { agents } from "./agents.ts";
import { aider } from "./aider.ts";
import { claude } from "./claude.ts";
import { cursor } from "./cursor.ts";
import { litellm } from "./litellm.ts";
import { roo } from "./roo.ts";

/** Every tool we write for. */
export const targets: readonly Target[] = [agents, claude, cursor, roo, aider, litellm];
export const targetIds: readonly string[] = targets.map((t) => t.id);
export const targetById = (id: string): Target | undefined => targets.find((t) => t.id === id);
