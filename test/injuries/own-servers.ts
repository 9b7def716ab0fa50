import { surfacesOf, type Target } from "../../src/core/target.ts";

/** A shared file that holds a server of the user's, with comments and a layout of their own. */
export interface OwnServers {
  path: string;
  text: string;
}

const inJson = (keys: readonly string[]): string => {
  const [first = "servers", ...rest] = keys;
  const inner = rest.reduceRight(
    (text, key) => `{ "${key}": ${text} }`,
    `{\n\t\t"mine": {"command":"mine-mcp",  "args":["-x"]}, // by hand\n\t}`,
  );
  return `// settings of the team\n{\n\t/* first */ "own.key": [1, 2.50],\n\t"${first}": ${inner},\n}\n`;
};
const inYaml = (keys: readonly string[]): string =>
  [
    "# settings of the team",
    "own_key:   [1, 2.50] # kept",
    ...keys.map((key, i) => `${"  ".repeat(i)}${key}:`),
    `${"  ".repeat(keys.length)}mine: {command: mine-mcp,  args: ['-x']} # by hand`,
    "",
  ].join("\n");
const inToml = (keys: readonly string[]): string =>
  `# settings of the team\nown_key = [ 1, 2.50 ]  # kept\n\n[${[...keys, "mine"].join(".")}]\ncommand = 'mine-mcp' # by hand\nargs = [\n  "-x",\n]\n`;

const textOf = (path: string, keys: readonly string[]): string =>
  /\.ya?ml$/.test(path) ? inYaml(keys) : /\.toml$/.test(path) ? inToml(keys) : inJson(keys);

/** Of each file in which a target keeps servers, told by its declaration. */
export const ownServers = (t: Target): OwnServers[] =>
  surfacesOf(t).flatMap(({ kind, place }) => {
    const [path, keys] = place.slot.split("#");
    return kind === "server" && path !== undefined && keys
      ? [{ path, text: textOf(path, keys.split("/")) }]
      : [];
  });
