import { isPassword, keysIn, namedSecret, type Secret } from "./secrets.ts";

/** A name and its value, as YAML, JSON, TOML and shells write them. No name is looked for inside another: time grows with the text. */
const PAIR =
  /(?:(["'])(?<quoted>[\w.-]+)\1|(?<![\w.-])(?<bare>[\w.-]+))[ \t]*[:=][ \t]*(?<value>"[^"\n]*"|'[^'\n]*'|(?:(?:Bearer|Basic|token)[ \t]+)?[^"'\s,;&{}[\]]+)/dgi;
/** A flag and its value, as shells and lists of arguments write them. */
const FLAG =
  /(?<![\w-])(?<bare>--[A-Za-z][\w-]*)(?:["'][ \t]*,[ \t]*["']|[ \t]+["']?)(?<value>[^"'\s,;&{}[\]-][^"'\s,;&{}[\]]*)/dg;
const URL_PASSWORD =
  /(?<=[a-z0-9+.-]):\/\/[^\s/:@"'`]*:(?<value>[^\s/@"'`<>(),|\\]+)@(?<host>[^\s/:?#"'`]*)/dgi;
const CONNECTION =
  /(?<![\w-])(?<bare>AccountKey|SharedAccessKey|Password|Pwd|SharedAccessSignature)=(?<value>[^;"'\s&]{16,})/dgi;
/** A parameter of a URL. */
const QUERY = /[?&](?<bare>[\w.-]+)=(?<value>[^&#\s"'`<>]+)/dg;

const pairsIn = (text: string, shape: RegExp): Secret[] =>
  [...text.matchAll(shape)].flatMap((m) => {
    const { quoted, bare, value } = m.groups as Record<string, string>;
    const at = m.indices!.groups!["value"]!;
    const inside = /^["']/.test(value!) ? 1 : 0;
    const [start, end] = [at[0] + inside, at[1] - inside];
    const secret = namedSecret(quoted ?? bare!, text.slice(start, end).trimEnd());
    return secret ? [{ ...secret, start, end }] : [];
  });

const passwordsIn = (text: string): Secret[] =>
  [...text.matchAll(URL_PASSWORD)].flatMap((m) => {
    const { value, host } = m.groups as Record<string, string>;
    const [start, end] = m.indices!.groups!["value"]!;
    return isPassword(value!, host!) ? [{ kind: "password in a URL", start, end }] : [];
  });

/** Every credential in a text, in its order, apart from each other. */
export const secretsIn = (text: string): Secret[] => {
  const found = [
    ...keysIn(text),
    ...(text.includes("://") ? passwordsIn(text) : []),
    ...pairsIn(text, PAIR),
    ...(text.includes("--") ? pairsIn(text, FLAG) : []),
    ...(text.includes("?") ? pairsIn(text, QUERY) : []),
    ...pairsIn(text, CONNECTION),
  ].sort((a, b) => a.start - b.start || b.end - a.end);
  const apart: Secret[] = [];
  for (const s of found) {
    const last = apart.at(-1);
    if (!last || s.start >= last.end) apart.push(s);
    else last.end = Math.max(last.end, s.end);
  }
  return apart;
};

const maskedOnce = (text: string): string => {
  let [out, from] = ["", 0];
  for (const { start, end } of secretsIn(text)) {
    out += text.slice(from, start) + text.slice(start, end).replace(/[^\r\n]/g, "*");
    from = end;
  }
  return out + text.slice(from);
};

/** A name that ran into a credential stands by itself once that is stars, and its value is seen then; hostile text ends too. */
const MOST_PASSES = 8;
/** Text as it may be shown: every credential in it becomes as many stars. */
export const masked = (text: string): string => {
  let shown = text;
  for (let n = 0; n < MOST_PASSES; n++) {
    const next = maskedOnce(shown);
    if (next === shown) break;
    shown = next;
  }
  return shown;
};
