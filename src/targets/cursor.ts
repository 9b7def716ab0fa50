import { codec, count, dict, list as listOf, map, scaled, spelled, text } from "../core/codec.ts";
import { type Data, Mismatch } from "../core/data.ts";
import { fileOf } from "../core/ledger.ts";
import { drop, except, inline, key, maybe, narrowing, union, weak } from "../core/shape.ts";
import {
  type Agent,
  type Command,
  type Effect,
  type Hook,
  type Ignore,
  type Item,
  type Permission,
  permissionName,
  type Rule,
  type Scope,
  type Server,
  type Skill,
  type Transport,
} from "../core/spec.ts";
import { glossed } from "../core/spellings.ts";
import type { Surface, World } from "../core/surface.ts";
import { each } from "../core/surfaces/each.ts";
import { page } from "../core/surfaces/page.ts";
import { list, table } from "../core/surfaces/table.ts";
import { taking } from "../core/surfaces/taking.ts";
import { tree } from "../core/surfaces/tree.ts";
import { type Others, target, viaServer } from "../core/target.ts";
import { bareLine, yaml, yamlOrLine } from "../formats/dialects.ts";
import { json } from "../formats/json.ts";
import { isPattern, lines } from "../formats/lines.ts";
import { markdown } from "../formats/markdown.ts";
import { holdsOwn, textOnly } from "../formats/text-only.ts";
import { agentsMd } from "./agents.ts";
import { claudeAgents, claudeHooks, claudeMd, claudeSkills, innerMd } from "./claude.ts";
import { hookLabel } from "./claude-words.ts";
import { apply, description, descriptionFacts, mdc } from "./cursor-rules.ts";
import {
  commaWords,
  cursorData,
  cursorEffect,
  cursorEvent,
  cursorMatcher,
  cursorToken,
  hasTools,
  isCommaWords,
  isKnownTool,
  isRespelled,
  plainArgv,
  plainHost,
  plainMcp,
  plainPath,
  widened,
} from "./cursor-words.ts";
