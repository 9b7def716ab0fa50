import type { Content } from "./change.ts";
import { toLf } from "./text.ts";

/**
 * The id that Git gives a file with this content (`git hash-object`, SHA-1, 40 hex digits).
 * Text counts with LF line ends, as Git stores it; bytes count as they are.
 */
export const blobId = (content: Content): string => {
  const { createHash } = process.getBuiltinModule("node:crypto");
  const bytes = typeof content === "string" ? Buffer.from(toLf(content)) : content;
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
};
