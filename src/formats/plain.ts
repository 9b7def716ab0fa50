import { type Data, Mismatch } from "../core/data.ts";
import type { Format } from "../core/format.ts";
import { laid, layout } from "../core/text.ts";

/** Text without any syntax: data is `{ body }`. */
export const plain: Format = {
  id: "plain",
  parse: (text): Data => ({ body: layout(text).body }),
  edit: (text, edits) => {
    let body = text === undefined ? "" : layout(text).body;
    for (const { path, value } of edits) {
      if (path.length !== 1 || path[0] !== "body") throw new Mismatch("text without a head has no keys");
      body = typeof value === "string" ? value : "";
    }
    const out = laid(body, text);
    if (layout(out).body !== body) throw new Mismatch("a text begins and ends with a line that is not blank");
    return out;
  },
  locate: () => undefined,
};
