import { diagnostic } from "../core/diagnostic.ts";
import { exit, type Result, result } from "./context.ts";

/** A command as a shell completes it. */
export interface Word {
  name: string;
  about: string;
  flags: readonly { name: string; about: string }[];
}

const bash = (all: readonly Word[]): string => {
  const first = [...all.map((w) => w.name), "--help", "--version"].join(" ");
  const cases = all.map((w) => `    ${w.name}) words="${w.flags.map((f) => `--${f.name}`).join(" ")}" ;;`);
  return [
    "_portable() {",
    `  local words="" cur="\${COMP_WORDS[COMP_CWORD]}"`,
    '  case "${COMP_WORDS[1]}" in',
    ...cases,
    "  esac",
    `  [ "$COMP_CWORD" -eq 1 ] && words="${first}"`,
    '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
    "}",
    "complete -o default -F _portable portable",
  ].join("\n");
};

const zsh = (all: readonly Word[]): string =>
  ["autoload -U +X bashcompinit && bashcompinit", bash(all)].join("\n");

const quoted = (text: string): string => `'${text.replaceAll("'", "\\'")}'`;
const fish = (all: readonly Word[]): string =>
  all
    .flatMap((w) => [
      `complete -c portable -n __fish_use_subcommand -f -a ${w.name} -d ${quoted(w.about)}`,
      ...w.flags.map(
        (f) =>
          `complete -c portable -n '__fish_seen_subcommand_from ${w.name}' -l ${f.name} -d ${quoted(f.about)}`,
      ),
    ])
    .join("\n");

const shells: Record<string, (all: readonly Word[]) => string> = { bash, zsh, fish };

/** Prints the completion of a shell, made from the table of commands. */
export const completion = (names: readonly string[], all: readonly Word[]): Result => {
  const name = names[0] ?? "";
  const script = Object.hasOwn(shells, name) ? shells[name]!(all) : undefined;
  if (script !== undefined) return result(exit.clean, [script], [], { script });
  return result(
    exit.refused,
    [],
    [diagnostic("spec/unknown-shell", { name, known: Object.keys(shells) })],
    {},
  );
};
