import type { Registry } from "./packages.ts";

/** Published versions of a package that are known to be bad. */
export interface Advisory {
  registry: Registry;
  names: readonly string[];
  /** Exact versions, or ranges from the first bad one to the first good one; without either: every version. */
  versions?: readonly string[];
  ranges?: readonly (readonly [from: string, fixed: string])[];
  /** What it does, in a few words. */
  what: string;
  id: string;
  /** When it was published, as exactly as its source says. */
  on: string;
  url: string;
}

const ghsa = (id: string): string => `https://github.com/advisories/${id}`;

/**
 * Packages that agents and their servers are started from. Read 2026-11-26 at the linked pages or at what quotes them; each
 * range is confirmed by at least two independent sources. Short on purpose: it names what was used against users of coding
 * tools, and is no replacement for an audit of dependencies.
 */
export const advisories: readonly Advisory[] = [
  {
    registry: "npm",
    names: ["postmark-mcp"],
    versions: ["1.0.16", "1.0.17", "1.0.18"],
    what: "sends a copy of every mail to a stranger",
    id: "postmark-mcp",
    on: "2025-09-25",
    url: "https://snyk.io/blog/malicious-mcp-server-on-npm-postmark-mcp-harvests-emails/",
  },
  {
    registry: "pypi",
    names: ["litellm"],
    versions: ["1.82.7", "1.82.8"],
    what: "steals credentials whenever Python starts",
    id: "BerriAI/litellm#24512",
    on: "2026-03-24",
    url: "https://github.com/BerriAI/litellm/issues/24512",
  },
  {
    registry: "npm",
    names: ["nx"],
    versions: ["20.9.0", "20.10.0", "20.11.0", "20.12.0", "21.5.0", "21.6.0", "21.7.0", "21.8.0"],
    what: "steals credentials with the help of coding agents",
    id: "GHSA-cxm3-wv7p-598c",
    on: "2025-08-27",
    url: ghsa("GHSA-cxm3-wv7p-598c"),
  },
  {
    registry: "npm",
    names: ["@nx/devkit", "@nx/js", "@nx/node", "@nx/workspace"],
    versions: ["20.9.0", "21.5.0"],
    what: "steals credentials with the help of coding agents",
    id: "GHSA-cxm3-wv7p-598c",
    on: "2025-08-27",
    url: ghsa("GHSA-cxm3-wv7p-598c"),
  },
  {
    registry: "npm",
    names: ["@nx/eslint"],
    versions: ["21.5.0"],
    what: "steals credentials with the help of coding agents",
    id: "GHSA-cxm3-wv7p-598c",
    on: "2025-08-27",
    url: ghsa("GHSA-cxm3-wv7p-598c"),
  },
  {
    registry: "npm",
    names: ["@nx/key", "@nx/enterprise-cloud"],
    versions: ["3.2.0"],
    what: "steals credentials with the help of coding agents",
    id: "GHSA-cxm3-wv7p-598c",
    on: "2025-08-27",
    url: ghsa("GHSA-cxm3-wv7p-598c"),
  },
  {
    registry: "npm",
    names: ["@lanyer640/mcp-runcommand-server"],
    what: "opens a shell for a stranger",
    id: "JFrog 2025-10-19",
    on: "2025-10-19",
    url: "https://research.jfrog.com/post/3-malicious-mcps-pypi-reverse-shell/",
  },
  {
    registry: "pypi",
    names: ["mcp-runcmd-server", "mcp-runcommand-server", "mcp-runcommand-server2"],
    what: "opens a shell for a stranger",
    id: "JFrog 2025-10-19",
    on: "2025-10-19",
    url: "https://research.jfrog.com/post/3-malicious-mcps-pypi-reverse-shell/",
  },
  {
    registry: "npm",
    names: ["mcp-remote"],
    ranges: [["0.0.5", "0.1.16"]],
    what: "runs commands that a remote server sends",
    id: "CVE-2025-6514",
    on: "2025-07-09",
    url: ghsa("GHSA-6xpm-ggf7-wc3p"),
  },
  {
    registry: "npm",
    names: ["@modelcontextprotocol/inspector"],
    ranges: [["0", "0.14.1"]],
    what: "lets any web page run commands",
    id: "CVE-2025-49596",
    on: "2025-06",
    url: ghsa("GHSA-7f8r-222p-6f5g"),
  },
  {
    registry: "npm",
    names: ["@modelcontextprotocol/server-filesystem"],
    ranges: [
      ["0", "0.6.3"],
      ["2025.0.0", "2025.7.1"],
    ],
    what: "reads and writes outside the folders it is given",
    id: "CVE-2025-53109, CVE-2025-53110",
    on: "2025-07",
    url: ghsa("GHSA-q66q-fx2p-7w4m"),
  },
  {
    registry: "npm",
    names: ["@modelcontextprotocol/sdk"],
    ranges: [["0", "1.24.0"]],
    what: "lets a web page call a server on this machine (over HTTP)",
    id: "CVE-2025-66414",
    on: "2025-12-02",
    url: ghsa("GHSA-w48q-cv73-mx4w"),
  },
  {
    registry: "pypi",
    names: ["mcp"],
    ranges: [["0", "1.23.0"]],
    what: "lets a web page call a server on this machine (over HTTP)",
    id: "CVE-2025-66416",
    on: "2025-12-02",
    url: ghsa("GHSA-9h52-p55h-vw2f"),
  },
  {
    registry: "pypi",
    names: ["mcp-server-git"],
    ranges: [["0", "2026.1.14"]],
    what: "reads files outside its repository",
    id: "CVE-2026-27735, CVE-2025-68143, CVE-2025-68145",
    on: "2026",
    url: ghsa("GHSA-vjqx-cfc4-9h6v"),
  },
  {
    registry: "npm",
    names: ["figma-developer-mcp"],
    ranges: [["0", "0.6.3"]],
    what: "runs commands from what it is asked",
    id: "CVE-2025-53967",
    on: "2025-09",
    url: ghsa("GHSA-gxw4-4fc5-9gr5"),
  },
  {
    registry: "npm",
    names: ["mcp-server-kubernetes"],
    ranges: [["0", "2.5.0"]],
    what: "runs commands from what it is asked",
    id: "CVE-2025-53355",
    on: "2025-07",
    url: ghsa("GHSA-gjv4-ghm7-q58q"),
  },
  {
    registry: "npm",
    names: ["gemini-mcp-tool"],
    ranges: [["1.1.2", "1.1.6"]],
    what: "runs commands from what it is asked",
    id: "CVE-2026-0755",
    on: "2026-06-18",
    url: ghsa("GHSA-4h5r-5jm8-jxjm"),
  },
];

/** Numbers of a version; a version before a release sorts below it. */
const parts = (version: string): number[] => {
  const [, release = "", rest = ""] = /^[v=]?(\d+(?:\.\d+)*)(.*)$/.exec(version) ?? [];
  const numbers = release.split(".").map(Number);
  while (numbers.length < 4) numbers.push(0);
  return [...numbers.slice(0, 4), /^[-.]?(?:a|b|rc|alpha|beta|pre|dev|next|canary)/i.test(rest) ? -1 : 0];
};
const less = (a: string, b: string): boolean => {
  const [x, y] = [parts(a), parts(b)];
  const at = x.findIndex((n, i) => n !== y[i]);
  return at >= 0 && x[at]! < y[at]!;
};
const plain = (registry: Registry, name: string): string =>
  registry === "pypi" ? name.toLowerCase().replace(/[-_.]+/g, "-") : name.toLowerCase();

/** Whether an advisory is about this version; undefined: the version is not known, then only about all of them. */
const concerns = (a: Advisory, version: string | undefined): boolean => {
  if (!a.versions && !a.ranges) return true;
  if (version === undefined) return false;
  if (a.versions) return a.versions.includes(version.replace(/^[v=]/, ""));
  return a.ranges!.some(([from, fixed]) => !less(version, from) && less(version, fixed));
};

/** The advisory on one exact version of a package. */
export const advisoryOn = (
  registry: Registry,
  name: string,
  version: string | undefined,
): Advisory | undefined =>
  advisories.find(
    (a) => a.registry === registry && a.names.includes(plain(registry, name)) && concerns(a, version),
  );
