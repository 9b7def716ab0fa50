import { type Codec, codec, count, text } from "../core/codec.ts";
import { inline, key, maybe, record } from "../core/shape.ts";
import { list, table } from "../core/surfaces/table.ts";
import { json } from "../formats/json.ts";
import { yaml11 } from "../formats/yaml.ts";
import { yamlList } from "../formats/yaml-list.ts";

export const settingsFile = ".aider.model.settings.yml";
export const metadataFile = ".aider.model.metadata.json";

/** What Aider must know of a model whose server it would not find. */
export interface Server {
  name: string;
  extra: { base: string; key?: string };
}

/** Families that Aider lets edit by diffs where no entry names the model (0.86.2, apply_generic_model_settings, 2026-11-25). */
const diffs =
  /gpt-4|gpt-5$|claude-3-opus|3[.-][57]-sonnet|(?:sonnet|haiku)-4-5|opus-4-6|deepseek.*(?:v3|r1|reasoning)|llama-?3.*70b|qwen.*2[.-]5.*coder.*32b|qwq.*32b|qwen3.*235b/;
/** An entry replaces what Aider would choose by the name, so it says that again. */
const chosen = (name: string) => {
  const diff = diffs.test(name.toLowerCase());
  return { edit_format: diff ? "diff" : "whole", use_repo_map: diff };
};
/** What else an entry may say stays as it is. The fields of `ModelSettings` (0.86.2, 2026-11-25). */
const beside = [
  "edit_format",
  "weak_model_name",
  "use_repo_map",
  "send_undo_reply",
  "lazy",
  "overeager",
  "reminder",
  "examples_as_sys_msg",
  "cache_control",
  "caches_by_default",
  "use_system_prompt",
  "use_temperature",
  "streaming",
  "editor_model_name",
  "editor_edit_format",
  "reasoning_tag",
  "remove_reasoning",
  "system_prompt_prefix",
  "accepts_settings",
];
const kept = codec<undefined>(
  () => undefined,
  (_, prior) => prior,
  {},
  beside.map((theirs) => ({ path: [], theirs })),
);
/** An address without a slash at its end. */
export const bare = (address: string): string => address.replace(/\/+$/, "");
/** An address with and without a slash at its end is one. */
const address: Codec<string> = {
  ...text,
  put: (ours, prior) => (typeof prior === "string" && bare(prior) === bare(ours) ? prior : ours),
};
/** Whatever stands in the place of a key is as good. */
const stand: Codec<string> = { ...text, put: (ours, prior) => (typeof prior === "string" ? prior : ours) };
/** What must be said of models whose servers Aider would not find. */
export const settings = list<any>(
  settingsFile,
  yamlList(yaml11),
  ["list"],
  {
    extra: key("extra_params", record<any>({ base: key("api_base", address), key: maybe("api_key", stand) })),
    kept: inline(kept),
  } as any,
  { name: "name", also: chosen, loose: true },
);

/**
 * What Aider cannot find out of a server of one's own: without it, the history of a chat is cut to 1,024 tokens. The file is JSON5.
 * https://aider.chat/docs/config/adv-model-settings.html, 2026-05-22.
 */
export const metadata = table<any>(metadataFile, json, [], {
  context: key("max_input_tokens", count),
} as any);
