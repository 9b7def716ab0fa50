import { readFileSync, writeFileSync } from "node:fs";

/**
 * A random-weight language model in GGUF, version 3: one layer, a vocabulary learnt from English text, an endless context. It
 * writes nonsense, but a real engine loads it, reads prompts with it and answers in its dialects (llama.cpp 0.7.0, 2026-11-26).
 */

const u32 = (n: number): Buffer => Buffer.from(Uint32Array.of(n).buffer);
const u64 = (n: number): Buffer => Buffer.from(BigUint64Array.of(BigInt(n)).buffer);
const floats = (all: readonly number[]): Buffer => Buffer.from(Float32Array.from(all).buffer);
const text = (s: string): Buffer => Buffer.concat([u64(Buffer.byteLength(s)), Buffer.from(s)]);

/** Types of metadata values, by ggml's docs/gguf.md. */
const value = {
  u32: (n: number) => Buffer.concat([u32(4), u32(n)]),
  f32: (n: number) => Buffer.concat([u32(6), floats([n])]),
  text: (s: string) => Buffer.concat([u32(8), text(s)]),
  u32s: (all: readonly number[]) => Buffer.concat([u32(9), u32(5), u64(all.length), ...all.map(u32)]),
  f32s: (all: readonly number[]) => Buffer.concat([u32(9), u32(6), u64(all.length), floats(all)]),
  texts: (all: readonly string[]) => Buffer.concat([u32(9), u32(8), u64(all.length), ...all.map(text)]),
};

/** A space, as SentencePiece writes it. */
const SPACE = "▁";
/** Words in pieces, and how often each stands in a text. */
const countWords = (source: string): Map<string, { parts: string[]; count: number }> => {
  const words = new Map<string, { parts: string[]; count: number }>();
  for (const [word] of source.replaceAll(" ", SPACE).matchAll(/▁?[A-Za-z]{2,}|▁{2,}|["{}[\],:.`]{2,}/g)) {
    const known = words.get(word);
    if (known) known.count++;
    else words.set(word, { parts: [...word], count: 1 });
  }
  return words;
};
const join = (parts: readonly string[], pair: string): string[] => {
  const out: string[] = [];
  for (const part of parts) {
    if (out.length && out.at(-1)! + part === pair) out[out.length - 1] = pair;
    else out.push(part);
  }
  return out;
};
/** Byte-pair encoding: the pieces of which a text's words are most often made, the most frequent first. */
const pieces = (source: string, most: number): string[] => {
  const words = [...countWords(source).values()].filter((w) => w.count > 1);
  const found = new Set<string>();
  while (found.size < most) {
    const pairs = new Map<string, number>();
    for (const { parts, count } of words)
      for (let i = 1; i < parts.length; i++) {
        const pair = parts[i - 1]! + parts[i]!;
        pairs.set(pair, (pairs.get(pair) ?? 0) + count);
      }
    const [best] = [...pairs].reduce((a, b) => (b[1] > a[1] ? b : a), ["", 0]);
    if (!best) break;
    found.add(best);
    for (const word of words) word.parts = join(word.parts, best);
  }
  return [...found];
};

const WIDTH = 16;
const HEADS = 1;
const INNER = 64;
const PIECES = 1_200;
const EOS = 2;
/** Numbers from -0.5 to 0.5, always the same. */
const random = (seed: number) => (): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return seed / 2 ** 32 - 0.5;
};

interface Token {
  token: string;
  score: number;
  type: number;
}
const [NORMAL, UNKNOWN, CONTROL, BYTE] = [1, 2, 3, 6] as const;
const byteToken = (i: number): string => `<0x${i.toString(16).toUpperCase().padStart(2, "0")}>`;
const vocabulary = (source: string): Token[] => [
  { token: "<unk>", score: 0, type: UNKNOWN },
  { token: "<s>", score: 0, type: CONTROL },
  { token: "</s>", score: 0, type: CONTROL },
  ...Array.from({ length: 256 }, (_, i) => ({ token: byteToken(i), score: 0, type: BYTE })),
  ...pieces(source, PIECES).map((token, i) => ({ token, score: -i, type: NORMAL })),
];

const TEMPLATE =
  "{% if tools %}{{ tools | tojson }}\n{% endif %}{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}";
const metadata = (tokens: readonly Token[]): Record<string, Buffer> => ({
  "general.architecture": value.text("llama"),
  "general.name": value.text("random"),
  "llama.context_length": value.u32(262_144),
  "llama.embedding_length": value.u32(WIDTH),
  "llama.block_count": value.u32(1),
  "llama.feed_forward_length": value.u32(INNER),
  "llama.attention.head_count": value.u32(HEADS),
  "llama.attention.head_count_kv": value.u32(1),
  "llama.attention.layer_norm_rms_epsilon": value.f32(1e-5),
  "llama.rope.dimension_count": value.u32(WIDTH / HEADS),
  "llama.vocab_size": value.u32(tokens.length),
  "tokenizer.ggml.model": value.text("llama"),
  "tokenizer.ggml.tokens": value.texts(tokens.map((t) => t.token)),
  "tokenizer.ggml.scores": value.f32s(tokens.map((t) => t.score)),
  "tokenizer.ggml.token_type": value.u32s(tokens.map((t) => t.type)),
  "tokenizer.ggml.unknown_token_id": value.u32(0),
  "tokenizer.ggml.bos_token_id": value.u32(1),
  "tokenizer.ggml.eos_token_id": value.u32(EOS),
  "tokenizer.chat_template": value.text(TEMPLATE),
});

const shapes = (size: number): [name: string, shape: number[]][] => [
  ["token_embd", [WIDTH, size]],
  ["output_norm", [WIDTH]],
  ["output", [WIDTH, size]],
  ["blk.0.attn_norm", [WIDTH]],
  ["blk.0.attn_q", [WIDTH, WIDTH]],
  ["blk.0.attn_k", [WIDTH, WIDTH / HEADS]],
  ["blk.0.attn_v", [WIDTH, WIDTH / HEADS]],
  ["blk.0.attn_output", [WIDTH, WIDTH]],
  ["blk.0.ffn_norm", [WIDTH]],
  ["blk.0.ffn_gate", [WIDTH, INNER]],
  ["blk.0.ffn_up", [WIDTH, INNER]],
  ["blk.0.ffn_down", [INNER, WIDTH]],
];

const ALIGNMENT = 32;
const padded = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, Buffer.alloc(-bytes.length & (ALIGNMENT - 1))]);

/** A norm is one; the rest is small, so that no token is far likelier than the others. */
const weights = (shape: readonly number[], next: () => number): number[] =>
  Array.from({ length: shape.reduce((a, b) => a * b) }, () => (shape.length === 1 ? 1 : next() * 0.3));
/** The first dimension tells the colon, which stands before an answer: after it there is no end. No byte is written, so that an answer is text. */
const steer = (name: string, data: number[], tokens: readonly Token[]): number[] => {
  const colon = tokens.findIndex((t) => t.token === byteToken(0x3a));
  if (name === "token_embd") for (let i = 0; i < tokens.length; i++) data[i * WIDTH] = i === colon ? 8 : 0;
  if (name !== "output") return data;
  for (const [i, { type }] of tokens.entries()) {
    if (type === BYTE) data.fill(0, i * WIDTH, (i + 1) * WIDTH);
    data[i * WIDTH] = i === EOS ? -4 : 0;
  }
  return data;
};

/** The model's file. */
export const gguf = (source: string): Buffer => {
  const tokens = vocabulary(source);
  const fields = Object.entries(metadata(tokens));
  const next = random(7);
  const tensors = shapes(tokens.length).map(([name, shape]) => ({
    name: `${name}.weight`,
    shape,
    data: padded(floats(steer(name, weights(shape, next), tokens))),
  }));
  let offset = 0;
  const infos = tensors.map(({ name, shape, data }) => {
    const info = Buffer.concat([text(name), u32(shape.length), ...shape.map(u64), u32(0), u64(offset)]);
    offset += data.length;
    return info;
  });
  const head = [Buffer.from("GGUF"), u32(3), u64(tensors.length), u64(fields.length)];
  const said = fields.flatMap(([key, data]) => [text(key), data]);
  return Buffer.concat([padded(Buffer.concat([...head, ...said, ...infos])), ...tensors.map((t) => t.data)]);
};

/** Writes the model, its vocabulary learnt from the files given. */
export const writeModel = (path: string, from: readonly string[]): void =>
  writeFileSync(path, gguf(from.map((file) => readFileSync(file, "utf8")).join("\n")));
