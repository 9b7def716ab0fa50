import { type Data, Mismatch } from "../core/data.ts";
import type { Format } from "../core/format.ts";
import { lead } from "../core/lead.ts";
import type { Apply } from "../core/spec.ts";
import { laid, layout } from "../core/text.ts";

/** Text without a head, whose first line says when it applies: data is `{ apply, description?, body }`. */
export const prose: Format = {
  id: "prose",
  parse: (text): Data => ({ ...lead.read(layout(text).body) }),
  edit: (text, edits) => {
    const data: Data = {
      ...(text === undefined ? { apply: { on: "always" }, body: "" } : prose.parse(text)),
    };
    for (const { path, value } of edits) {
      if (path.length !== 1 || !["apply", "description", "body"].includes(String(path[0])))
        throw new Mismatch("text without a head has no keys");
      data[path[0]!] = value;
    }
    const apply = data["apply"] as Apply;
    const when = lead.write(apply, data["description"] as string | undefined);
    const body = `${when ?? ""}${data["body"]}`;
    if (when === undefined) throw new Mismatch("no words for when it applies");
    // a text that begins like our own line would be read as scoped
    if (lead.read(body).apply.on !== apply.on)
      throw new Mismatch("the text begins like a line that says when it applies");
    return laid(body, text);
  },
  locate: () => undefined,
};
