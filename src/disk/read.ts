import { isUtf8 } from "node:buffer";
import { constants, type Stats } from "node:fs";
import type { Content } from "../core/change.ts";
import { disk } from "./fs.ts";

/** Bytes; a larger file is none that people configure a tool with. */
export const LARGEST_FILE = 4 * 1024 * 1024;

/** Neither flag exists on Windows. Without blocking: a FIFO put there since it was listed must not hang us. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

export type Loaded =
  /** `bytes` is a view that holds until the next file is loaded. */
  { bytes: Buffer; stat: Stats } | { fault: string };

let shared = Buffer.allocUnsafeSlow(256 * 1024);

/** Reads a regular file into a shared buffer, links not followed. Throws errors of the disk. */
export const load = (file: string, largest = LARGEST_FILE): Loaded => {
  const fd = disk.open(file, FLAGS);
  try {
    const stat = disk.fstat(fd);
    if (!stat.isFile()) return { fault: notAFile(stat) };
    if (stat.size > largest) return { fault: `is larger than ${largest / 1024 / 1024} MiB` };
    return { bytes: fill(fd, stat.size), stat };
  } finally {
    disk.close(fd);
  }
};

const fill = (fd: number, size: number): Buffer => {
  if (size > shared.length) shared = Buffer.allocUnsafeSlow(size);
  let length = 0;
  while (length < size) {
    const more = disk.read(fd, shared, length, size - length);
    if (more === 0) break;
    length += more;
  }
  return shared.subarray(0, length);
};

/** What stands there instead of a file, in words. */
export const notAFile = (stat: Stats): string => {
  if (stat.isDirectory()) return "is a folder, not a file";
  if (stat.isFIFO()) return "is a pipe (FIFO), not a file";
  if (stat.isSocket()) return "is a socket, not a file";
  return "is a device, not a file";
};

/** Text where the bytes are valid UTF-8 without NUL, its byte order mark kept; else a copy of the bytes. */
export const contentOf = (bytes: Buffer): Content =>
  isUtf8(bytes) && !bytes.includes(0) ? bytes.toString("utf8") : new Uint8Array(bytes);
