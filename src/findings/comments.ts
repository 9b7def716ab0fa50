import { type Hit, shown } from "./hit.ts";

/** Orders that nobody writes to other people; bounded, so that time grows with the text. */
const orders: readonly [what: string, shape: RegExp][] = [
  [
    "tells a model to keep something from people",
    /\b(?:do not|don[’']?t|never|without)\s+(?:ever\s+)?(?:tell|telling|mention|mentioning|inform|informing|reveal|revealing|disclose|disclosing|alert|alerting|notify|notifying)\b[^.!?]{0,80}?\b(?:users?|humans?|developers?|reviewers?|maintainers?|people|anyone|anybody|operator|this\s+(?:comment|instruction|step|note))\b/i,
  ],
  [
    "tells a model to ignore its instructions",
    /\b(?:ignore|disregard|forget|override|bypass)\s+(?:(?:all|any|of|the|your|my|these|other)\s+){0,3}(?:previous|prior|above|earlier|preceding|existing|system|safety|security|user'?s?)\s+(?:\w+\s+)?(?:instructions?|rules?|prompts?|guidelines?|messages?|policies|restrictions?|checks?)\b/i,
  ],
  [
    "tells a model to send something away",
    /\b(?:send|upload|forward|exfiltrate|transmit|post|submit|append)\s+(?:(?:the|all|any|every|each|its|their|your|a|copy|copies|of|contents?|full|entire|user'?s?)\s+){0,5}(?:contents?|files?|env|environment|variables?|secrets?|tokens?|keys?|passwords?|credentials?|conversation|history|source|code|data|output|prompts?)\b[^!?]{0,160}?(?:\bhttps?:\/\/|\bto\s+[\w.+-]+@[\w-]+\.)/i,
  ],
  [
    "holds a command that fetches and runs",
    /\b(?:curl|wget|iwr|irm|Invoke-WebRequest|Invoke-RestMethod)\b[^\n|]{0,200}\|\s*(?:sudo\s+)?(?:bash|zsh|dash|sh|python3?|node|iex)\b|\b(?:bash|zsh|sh|source|eval)\s+[<"]?[<$]?\(\s*(?:curl|wget)\b|\bbase64\s+(?:-d|-D|--decode)\b[^\n|]{0,80}\|\s*(?:bash|zsh|sh)\b|\/dev\/tcp\/|\biex\b[^\n]{0,60}\b(?:irm|iwr|DownloadString)\b/i,
  ],
  [
    "tells a model to run something from the network",
    /\b(?:run|execute|call|invoke|fetch|download|install)\b[^\n]{0,80}?\b(?:curl|wget|nc|ncat|powershell|Invoke-WebRequest|Invoke-RestMethod)\b[^\n]{0,160}?\bhttps?:\/\/(?!localhost|127\.|0\.0\.0\.0|\[::1\]|[\w.-]*\bexample\b)/i,
  ],
];

const STYLE = String.raw`display\s{0,4}:\s{0,4}none|visibility\s{0,4}:\s{0,4}hidden|font-size\s{0,4}:\s{0,4}0|opacity\s{0,4}:\s{0,4}0(?![.\d])|color\s{0,4}:\s{0,4}(?:white|transparent|#fff)`;
/** Where text begins that a rendered page does not show, and what ends it. */
const OPENS = new RegExp(
  String.raw`(?<html><!--)|^(?<link>\[(?:\/\/|comment)\]:[ \t]{0,4}(?:#|<>)[ \t]{0,4}["'(])|<(?<tag>[a-z][a-z0-9]{0,15})(?=\s)[^<>]{0,200}?\s(?:style\s{0,4}=\s{0,4}["'][^"'<>]{0,200}(?:${STYLE})|hidden(?=[\s=>]))[^<>]{0,200}>|^ {0,3}(?<fence>\x60{3,}|~{3,})`,
  "gim",
);
const ends: Readonly<Record<string, string>> = { html: "-->", link: "\n", tag: "</" };

/** Where a fence that opens at `from` ends: what stands in it is shown. */
const behindFence = (text: string, from: number, fence: string): number => {
  const close = new RegExp(
    `^ {0,3}${fence[0] === "~" ? "~" : "`"}{${Math.min(fence.length, 200)},}[ \\t]*\\r?$`,
    "gm",
  );
  close.lastIndex = from;
  return close.exec(text) ? close.lastIndex : text.length;
};

const judge = (text: string, start: number, end: number): Hit<"comment"> | undefined => {
  const inside = text.slice(start, end);
  for (const [what, shape] of orders) {
    const m = shape.exec(inside);
    if (!m) continue;
    return {
      rule: "comment",
      level: "warning",
      start: start + m.index,
      end: start + m.index + m[0].length,
      reason: `text that a rendered page does not show ${what}`,
      evidence: shown(m[0]),
      note: "delete it, or write it where people read it",
    };
  }
  return undefined;
};

/** Comments and hidden elements in prose that give a model orders; fenced code is shown, and so is none. */
export const comments = (text: string): Hit<"comment">[] => {
  const found: Hit<"comment">[] = [];
  const opens = new RegExp(OPENS);
  for (let m = opens.exec(text); m; m = opens.exec(text)) {
    const from = m.index + m[0].length;
    const { fence } = m.groups as Record<string, string>;
    if (fence !== undefined) {
      opens.lastIndex = behindFence(text, from, fence);
      continue;
    }
    const kind = Object.keys(ends).find((k) => m!.groups![k] !== undefined)!;
    const close = text.indexOf(ends[kind]!, from);
    const end = close < 0 ? text.length : close;
    const hit = judge(text, from, end);
    if (hit) found.push(hit);
    opens.lastIndex = Math.max(end, from);
  }
  return found;
};
