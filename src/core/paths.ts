/** Names that this program itself uses at the root of a repository. */
export const JOURNAL = ".portable-journal";
export const LOCK = ".portable.pid";
/** A dead holder's lock on its way out. */
export const DEAD_LOCK = ".portable.pid.dead";
export const BACKUPS = ".portable-backup";

const OWN = new Set([JOURNAL, LOCK, DEAD_LOCK, BACKUPS]);

/** Device names of Windows, with any extension. https://learn.microsoft.com/windows/win32/fileio/naming-a-file (2026-11-22) */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?: *\..*)?$/i;
/** Code points that HFS+ leaves out when it compares names. https://github.com/git/git/blob/master/utf8.c `next_hfs_char` (2026-11-22) */
const IGNORED_BY_HFS = /[\u200C-\u200F\u202A-\u202E\u206A-\u206F\uFEFF]/g;
const GIT_FOLDER = /^(?:\.git|git~1)$/i;

const unsafeName = (name: string): string | undefined => {
  if (name === "") return "has an empty segment";
  if (name === "." || name === "..") return `has a \`${name}\` segment`;
  if (/[. ]$/.test(name)) return `\`${name}\` ends in a dot or space, which Windows drops`;
  if (DEVICE.test(name)) return `\`${name}\` is a device on Windows`;
  if (GIT_FOLDER.test(name.replace(IGNORED_BY_HFS, ""))) return "lies in Git's own folder";
  if (Buffer.byteLength(name) > 255) return `\`${name.slice(0, 40)}...\` is longer than 255 bytes`;
  return undefined;
};

/** Why a path may not be written below a root; undefined: it may. The same on every system. */
export const unsafePath = (path: string): string | undefined => {
  if (path === "") return "is empty";
  if (/[\0-\x1f\x7f-\x9f]/.test(path)) return "has a control character";
  if (/\p{Surrogate}/u.test(path)) return "is not well-formed Unicode";
  if (/^[a-z]:/i.test(path)) return "starts with a drive letter";
  if (/^[\\/]{2}/.test(path)) return "is a network path";
  if (path.startsWith("/")) return "is absolute";
  if (path.includes("\\")) return "has a backslash";
  if (path.includes(":")) return "has a colon, which names a stream on Windows";
  const names = path.split("/");
  if (OWN.has(names[0]!)) return "is a name that portable keeps for itself";
  for (const name of names) {
    const reason = unsafeName(name);
    if (reason !== undefined) return reason;
  }
  return undefined;
};

/** Unicode's simple case folding, one code point at a time, so that no context or locale counts. */
const foldCodePoint = (c: string): string => {
  if (c === "ı") return c;
  const upper = c.toUpperCase();
  const one = [...upper].length === 1 ? upper : c;
  const lower = one.toLowerCase();
  return [...lower].length === 1 ? lower : one;
};
/** A path by which those are one that are one file where the file system ignores case or normalises Unicode. */
export const folded = (path: string): string => {
  if (/^[\0-\x7f]*$/.test(path)) return path.toLowerCase();
  return [...path.normalize("NFC")].map(foldCodePoint).join("").normalize("NFC");
};
