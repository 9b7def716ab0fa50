import { type Found, type Line, reaching, spanOf } from "./flow.ts";
import { isNetwork, type Program, sshLike } from "./programs.ts";
import type { Call, Word } from "./shell.ts";
import { SOCKET } from "./words.ts";

const HOME = String.raw`(?:~|\$\{?HOME\}?|%USERPROFILE%|\$env:USERPROFILE|/(?:home|Users)/[^/\s:]{1,60}|/root)[\\/]`;
const PLACES = new RegExp(
  String.raw`${HOME}(?:\.ssh(?:[\\/]|$)|\.aws(?:[\\/]|$)|\.gnupg(?:[\\/]|$)|\.config[\\/](?:gcloud|gh|github-copilot)(?:[\\/]|$)|\.(?:netrc|npmrc|pypirc|git-credentials)$|\.kube[\\/]config|\.docker[\\/]config\.json|\.claude[\\/]\.credentials|\.codex[\\/]auth\.json|\.gemini[\\/]oauth_creds|\.(?:bash|zsh)_history|Library[\\/]Keychains)|(?:^|[\\/@=])id_(?:rsa|ed25519|ecdsa)$|^/etc/shadow$`,
);
const secretWord = (p: Program | undefined, words: readonly Word[], i: number): boolean =>
  PLACES.test(words[i]!.text) && !(p && sshLike.has(p.name) && /^-[iFoe]$/.test(words[i - 1]?.text ?? ""));
const DOTENV = /(?:^|[\\/@])\.env(?:\.(?!example|sample|template)\w+)?$/;
const reads = (call: Call, p: Program): boolean =>
  call.words.some((_, i) => secretWord(p, call.words, i)) ||
  (p.name === "security" &&
    /^(?:find-(?:generic|internet)-password|dump-keychain)$/.test(p.args[0]?.text ?? ""));
const isFileOfVariables = (w: Word): boolean =>
  DOTENV.test(w.text) || /^\/proc\/(?:self|\d+)\/environ$/.test(w.text);
/** The whole environment as text. */
const dumps = (call: Call, p: Program | undefined): boolean => {
  if (!p) return call.words.length === 1 && call.words[0]!.text === "env";
  const [first] = p.args;
  if (p.name === "printenv" || p.name === "set") return !first;
  if (p.name === "export" || p.name === "declare") return /^-[px]$/.test(first?.text ?? "");
  return p.name === "cat" && p.args.some(isFileOfVariables);
};
/** Programs that hand on what they read, to be sent by a later command of the line. */
const handsOn =
  /^(?:cat|cp|mv|tar|zip|gzip|7z|base64|openssl|xxd|head|tail|grep|sed|awk|install|ln|security)$/;
/** `curl -F file=@.env`, `curl -T .env`. */
const uploads = (call: Call): boolean =>
  call.words.some(
    (w, i) => DOTENV.test(w.text) && (w.text.includes("@") || call.words[i - 1]?.text === "-T"),
  );

/** Credentials and a way out in one line; the environment or a file of variables that flows into one. */
export const steals = (line: Line): Found[] => {
  const ways = line.calls.filter((c) => {
    const p = line.programs.get(c);
    return (p && isNetwork(p)) || [...c.words.map((w) => w.text), ...c.to].some((t) => SOCKET.test(t));
  });
  if (!ways.length) return [];
  const out = new Set(ways);
  const sent = reaching(line, (to) => out.has(to));
  return line.calls.flatMap((call) => {
    const p = line.programs.get(call);
    if (out.has(call) && uploads(call)) return [spanOf("steals", call, call)];
    if (p && reads(call, p) && (out.has(call) || sent.has(call) || handsOn.test(p.name)))
      return [spanOf("steals", call, sent.get(call) ?? (out.has(call) ? call : ways[0]!))];
    const way = dumps(call, p) ? sent.get(call) : undefined;
    return way ? [spanOf("steals", call, way)] : [];
  });
};
