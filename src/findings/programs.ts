import type { Call, Word } from "./shell.ts";
import { programAt, programName } from "./words.ts";

/** A call's own program, behind `sudo`, `env A=b` and the like. */
export interface Program {
  name: string;
  word: Word;
  args: readonly Word[];
}

export const programOf = (call: Call): Program | undefined => {
  const at = programAt(call.words.map((w) => w.text));
  const word = call.words[at];
  return word && { name: programName(word.text), word, args: call.words.slice(at + 1) };
};

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));
export const shells = words("sh bash zsh dash ksh ash fish csh tcsh pwsh powershell cmd");
const windows = words("pwsh powershell cmd");
const interpreters = words(
  "python python2 python3 node nodejs deno bun perl ruby php osascript lua tclsh rscript",
);
const evaluators = words("eval iex invoke-expression");
const sources = words("source .");
/** Run later what they are given. */
const planners = words("crontab at batch parallel");
const fetchers = words(
  "curl wget http https xh aria2c axel lynx iwr irm invoke-webrequest invoke-restmethod start-bitstransfer bitsadmin nc ncat netcat socat",
);
const senders = words("scp sftp rsync ftp tftp telnet ssh rclone s3cmd");
const printers = words("echo printf grep egrep fgrep rg ag sed awk test [ [[ case cat jq git");

export const isFetcher = (p: Program): boolean => fetchers.has(p.name);
export const isNetwork = (p: Program): boolean => fetchers.has(p.name) || senders.has(p.name);
export const isShell = (p: Program): boolean => shells.has(p.name);
/** Its words are text to it, whatever they say. */
export const isPrinter = (p: Program): boolean => printers.has(p.name);
export const sshLike = words("ssh scp sftp rsync");

/** Flags that are followed by code. */
const inlineFlags: readonly (readonly [ReadonlySet<string>, RegExp])[] = [
  [words("powershell pwsh"), /^[-/](?:c|co|com|comm|comma|comman|command)$/i],
  [words("cmd"), /^\/[ck]$/i],
  [shells, /^-[a-z]*c[a-z]*$/],
  [words("python python2 python3"), /^-[a-zA-Z]*c$/],
  [words("node nodejs bun"), /^(?:-e|--eval|-p|-pe|--print)$/],
  [words("deno"), /^eval$/],
  [words("perl ruby lua osascript"), /^-[a-zA-Z]*[eE]$/],
  [words("php"), /^-r$/],
];

/** Flags of shells and interpreters that take a word which is no code. */
const takesWord = /^(?:[-+][a-z]*o|--rcfile|--init-file|-r|--require|--import|--loader|-W|-X|-I|-M)$/;
/** The code that a program is given as a word: `sh -c CODE`, `node -e CODE`. */
export const inlineCode = (
  name: string,
  args: readonly Word[],
): { flag: Word; code: Word | undefined } | undefined => {
  const flags = inlineFlags.filter(([names]) => names.has(name)).map(([, flag]) => flag);
  for (let i = 0; i < args.length; i++) {
    const { text } = args[i]!;
    if (flags.some((f) => f.test(text))) return { flag: args[i]!, code: args[i + 1] };
    if (!/^[-+/]/.test(text)) return undefined;
    if (takesWord.test(text)) i++;
  }
  return undefined;
};

/** `-EncodedCommand` of PowerShell, which takes every beginning of that word. */
export const encoded = (p: Program): Word | undefined =>
  windows.has(p.name)
    ? p.args.find((w) => /^[-/](?:e|ec|en|enc|enco\w*)$/i.test(w.text) && w.text.length < 18)
    : undefined;

const isDecoderFlag = (w: Word): boolean => /^(?:-d|-D|-di|--decode|-decode)$/.test(w.text);
/** A call that turns bytes that nobody can read into text. */
export const isDecoder = (p: Program): boolean => {
  if (/^g?base(?:64|32)$|^basenc$|^certutil$/.test(p.name)) return p.args.some(isDecoderFlag);
  if (p.name === "xxd") return p.args.some((w) => /^-[a-z]*r/.test(w.text));
  if (p.name === "openssl")
    return p.args.some((w) => /^(?:base64|enc)$/.test(w.text)) && p.args.some(isDecoderFlag);
  if (p.name === "printf" || p.name === "echo")
    return p.args.some((w) => /(?:\\?\\x[0-9a-f]{2}|\\?\\[0-7]{3}){4}/i.test(w.text));
  return p.name === "uudecode" || p.name === "rev" || p.name === "tr";
};

/** Whether a program runs what comes in: through a pipe, or as the given word of it. */
export const runsInput = (p: Program, by: NonNullable<Call["by"]>, input: Word | undefined): boolean => {
  if (evaluators.has(p.name)) return true;
  if (planners.has(p.name)) return by === "pipe";
  const first = p.args.find((w) => !w.text.startsWith("-") || w.text === "-");
  if (sources.has(p.name)) return by === "pipe" ? first?.text === "/dev/stdin" : first === input;
  if (!shells.has(p.name) && !interpreters.has(p.name)) return false;
  const inline = inlineCode(p.name, p.args);
  if (by !== "pipe") return inline ? inline.code === input : first === input;
  if (inline || p.args.some((w) => w.text === "-m")) return false;
  return !first || /^(?:-|\/dev\/stdin)$/.test(first.text) || p.args.some((w) => /^-[a-z]*s$/.test(w.text));
};
