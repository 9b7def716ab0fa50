import { diagnostic } from "../core/diagnostic.ts";
import { exit, type Result, result } from "./context.ts";
import { about, commands, common } from "./table.ts";

const words = (name: string): string[] => [...commands[name]!.flags, ...common].map((f) => `--${f}`);

const bash = (): string => {
  const cases = Object.keys(commands).map((c) => `    ${c}) words="${words(c).join(" ")}" ;;`);
  return [
    "_portable() {",
    '  local words cur="${COMP_WORDS[COMP_CWORD]}"',
    '  case "${COMP_WORDS[1]}" in',
    ...cases,
    `    *) words="${Object.keys(commands).join(" ")} --help --version" ;;`,
    "  esac",
    '  [ "$COMP_CWORD" -eq 1 ] && words="' + `${Object.keys(commands).join(" ")} --help --version"`,
    '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
    "}",
    "complete -o default -F _portable portable",
  ].join("\n");
};

const zsh = (): string => ["autoload -U +X bashcompinit && bashcompinit", bash()].join("\n");

const quoted = (text: string): string => `'${text.replaceAll("'", "\\'")}'`;
const fish = (): string =>
  Object.entries(commands)
    .flatMap(([name, c]) => [
      `complete -c portable -n __fish_use_subcommand -f -a ${name} -d ${quoted(c.about)}`,
      ...[...c.flags, ...common].map(
        (f) => `complete -c portable -n '__fish_seen_subcommand_from ${name}' -l ${f} -d ${quoted(about[f])}`,
      ),
    ])
    .join("\n");

const shells: Record<string, () => string> = { bash, zsh, fish };

/** Prints the completion of a shell, made from the table of commands. */
export const completion = (names: readonly string[]): Result => {
  const name = names[0] ?? "";
  const script = Object.hasOwn(shells, name) ? shells[name] : undefined;
  if (script) return result(exit.clean, [script()], [], { script: script() });
  return result(exit.refused, [], [diagnostic("spec/unknown-shell", { name, known: Object.keys(shells) })], {});
};
