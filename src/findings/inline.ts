import type { CommandRule, Found, Line } from "./flow.ts";
import { encoded, inlineCode, isPrinter, isShell, type Program, shells } from "./programs.ts";
import type { Call } from "./shell.ts";
import { programName, shifted } from "./words.ts";

const FETCHES =
  /https?:\/\/|\bfetch\(|urlopen|requests\.|urllib|http\.get|LWP::|Net::HTTP|WebClient|DownloadString|\b(?:iwr|irm|Invoke-(?:WebRequest|RestMethod))\b/i;
const DECODES =
  /b64decode|base64|fromCharCode|\batob\(|unhexlify|fromhex|\[char\]|FromBase64String|unpack\(/i;
const EXECUTES =
  /\beval\b|\bexec\(|child_process|\bexecSync\b|\bspawn|os\.system|subprocess|new Function|__import__|\bFunction\(|\biex\b|Invoke-Expression|shell_exec/i;
const CONNECTS = /\bsocket\b|TCPSocket|fsockopen|net\.(?:connect|Socket|createConnection)|TCPClient/i;
const SPAWNS = /subprocess|\bpty\b|dup2|child_process|\/bin\/(?:ba|z)?sh|cmd\.exe|\bexec\b/i;
/** What code in a command does, as far as its words say. */
const codeRule = (code: string, shell: boolean): CommandRule => {
  if (CONNECTS.test(code) && SPAWNS.test(code)) return "reverse-shell";
  if (EXECUTES.test(code) && FETCHES.test(code)) return "fetch-and-run";
  if (EXECUTES.test(code) && DECODES.test(code)) return "decode-and-run";
  return shell ? "shell" : "inline-code";
};

/** The program of a call, or the shell that it starts with `-c`: `docker run image sh -c CODE`. */
const starter = (call: Call, own: Program): Program => {
  const from = call.words.indexOf(own.word);
  const at = call.words.findIndex(
    (w, i) => i > from && shells.has(programName(w.text)) && /^-[a-z]*c$/.test(call.words[i + 1]?.text ?? ""),
  );
  if (at < 0 || isShell(own)) return own;
  const word = call.words[at]!;
  return { name: programName(word.text), word, args: call.words.slice(at + 1) };
};

/** Code that a call is given as a word: `sh -c`, `node -e`, `powershell -enc`; `script` reads what a shell is given. */
export const inline = (line: Line, script: (text: string) => Found[]): Found[] =>
  line.calls.flatMap((call): Found[] => {
    const own = line.programs.get(call);
    if (!own || isPrinter(own)) return [];
    const p = starter(call, own);
    if (encoded(p)) return [{ rule: "decode-and-run", start: p.word.start, end: call.end }];
    const it = inlineCode(p.name, p.args);
    if (!it) return [];
    const { flag, code } = it;
    const rule = codeRule(code?.text ?? "", isShell(p));
    const nested = isShell(p) && code ? shifted(line.text, code, script(code.text)) : [];
    return [{ rule, start: p.word.start, end: (code ?? flag).end }, ...nested];
  });

/** PowerShell in one go: `iex ((New-Object Net.WebClient).DownloadString('...'))`. */
const POWERSHELL =
  /\b(?:iex|Invoke-Expression)\b[^\n]{0,200}\b(?:DownloadString|DownloadData|FromBase64String|iwr|irm|Invoke-WebRequest|Invoke-RestMethod)\b/i;
export const powershell = ({ text }: Line): Found[] => {
  const m = POWERSHELL.exec(text);
  return m ? [{ rule: "fetch-and-run", start: m.index, end: m.index + m[0].length }] : [];
};
