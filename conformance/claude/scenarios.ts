import type { Spec } from "../claude-project.ts";
import * as hooks from "./hooks.ts";
import { pages } from "./pages.ts";
import * as permissions from "./permissions.ts";
import * as prompts from "./prompts.ts";
import type { Row } from "./row.ts";
import * as rules from "./rules.ts";
import * as servers from "./servers.ts";

/** A spec, and what each of its items must do in Claude Code. */
export interface Scenario {
  title: string;
  spec: Spec;
  rows: Row[];
}

export const scenarios: Scenario[] = [
  { title: "rules", ...rules },
  { title: "commands, agents and skills", ...prompts },
  { title: "hooks", ...hooks },
  { title: "permissions and settings", ...permissions },
  { title: "servers", ...servers },
  ...pages,
];
