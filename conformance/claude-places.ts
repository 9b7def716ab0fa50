/** A stretch of a request, under the name of its place. */
interface Stretch {
  place: string;
  text: string;
}

type Data = Record<string, unknown>;

/**
 * The places where `token` stands in a request body of Claude Code, one entry an occurrence, in order. A path
 * below `root` is given relative to it. The places, as 2.1.330 writes them (measured 2026-11-25):
 *
 * - `memory PATH`: instructions under a line `Contents of PATH`: pages, imports, rules
 * - `skill list NAME`, `agent list NAME`: the name and description offered to the model
 * - `deferred tools`: names of tools whose schema is not loaded, servers' tools among them
 * - `tool names` (`<Read,Grep>`), `tool NAME` (its description and schema), `model`, `system`
 * - `user text`: the prompt, or the body of a command or a skill that was called; `command call` says how
 * - `assistant text`, `tool call`, `tool result`, `tool error`, `reminder`
 * - any other key of the body under its own name
 */
export const where = (request: unknown, token: string, root = ""): string[] => {
  if (token === "") throw new Error("an empty token stands everywhere");
  return stretches(request as Data).flatMap(({ place, text }) => {
    const name = root ? place.replaceAll(root + "/", "") : place;
    return Array(text.split(token).length - 1).fill(name);
  });
};

const stretches = (request: Data): Stretch[] => {
  const { messages, system, tools, model, ...rest } = request;
  return [
    { place: "model", text: string(model) },
    ...blocks(system).map((block) => ({ place: "system", text: string(block["text"]) })),
    ...toolStretches(list(tools)),
    ...list(messages).flatMap((message) => messageStretches(message)),
    ...Object.entries(rest).map(([place, value]) => ({ place, text: leaves(value) })),
  ];
};

const toolStretches = (tools: Data[]): Stretch[] => [
  { place: "tool names", text: `<${tools.map((tool) => tool["name"]).join()}>` },
  ...tools.map(({ name, ...rest }) => ({ place: `tool ${name}`, text: leaves(rest) })),
];

const messageStretches = ({ role, content }: Data): Stretch[] =>
  blocks(content).flatMap((block) => blockStretches(string(role), block));

const blockStretches = (role: string, block: Data): Stretch[] => {
  if (block["type"] === "text") return textStretches(role, string(block["text"]));
  if (block["type"] === "tool_use") return [{ place: "tool call", text: leaves(block) }];
  if (block["type"] === "tool_result")
    return [{ place: block["is_error"] ? "tool error" : "tool result", text: leaves(block["content"]) }];
  return [{ place: string(block["type"]), text: leaves(block) }];
};

const textStretches = (role: string, text: string): Stretch[] => {
  if (role === "system") return offers(text);
  if (role === "user" && text.startsWith("<system-reminder>")) return memory(text);
  if (role === "user" && text.startsWith("<command-message>")) return [{ place: "command call", text }];
  return [{ place: `${role} text`, text }];
};

/** A reminder, cut at its `Contents of PATH (kind):` lines. */
const memory = (text: string): Stretch[] => {
  const [head = "", ...parts] = text.split(/^Contents of (.+?)(?: \([^()\n]*\))?:$/m);
  const files = parts.flatMap((path, i) =>
    i % 2 === 0 ? [{ place: `memory ${path}`, text: parts[i + 1] ?? "" }] : [],
  );
  return [{ place: "reminder", text: head }, ...files];
};

const headings: [RegExp, string][] = [
  [/^The following deferred tools are /, "deferred tools"],
  [/^Available agent types /, "agent list"],
  [/^The following skills are available /, "skill list"],
];

/** The message of role `system`: what the model is offered, cut at its headings and list entries. */
const offers = (text: string): Stretch[] => {
  const found: Stretch[] = [];
  let section = "reminder";
  for (const line of text.split("\n")) {
    const heading = headings.find(([start]) => start.test(line))?.[1];
    const entry = section.endsWith(" list") ? /^- (.+?): /.exec(line)?.[1] : undefined;
    section = heading ?? section;
    const last = found.at(-1);
    if (last && !heading && !entry) last.text += "\n" + line;
    else found.push({ place: entry && !heading ? `${section} ${entry}` : section, text: line });
  }
  return found;
};

/** Every key and string in a value, one a line: unlike JSON text they are not escaped. */
const leaves = (value: unknown): string => {
  if (typeof value !== "object" || value === null) return string(value);
  const parts = Array.isArray(value) ? value : Object.entries(value).flat();
  return parts.map(leaves).join("\n");
};

const string = (value: unknown): string => (value === undefined || value === null ? "" : String(value));
const list = (value: unknown): Data[] => (Array.isArray(value) ? value : []);
const blocks = (content: unknown): Data[] =>
  typeof content === "string" ? [{ type: "text", text: content }] : list(content);
