import { providerKey, secretIn } from "../core/secrets.ts";

const stars = (text: string): string => "*".repeat(text.length);

const withoutKeys = (text: string): string => {
  let [done, rest] = ["", text];
  for (let key = providerKey(rest); key; key = providerKey(rest)) {
    done += rest.slice(0, key.at) + stars(rest.slice(key.at, key.end));
    rest = rest.slice(key.end);
  }
  return done + rest;
};

/** A name and its value, as YAML, JSON, TOML and shells write them. No name is looked for inside another: time grows with the text. */
const PAIR =
  /((?:(["'])(?<quoted>[\w.-]+)\2|(?<![\w.-])(?<bare>[\w.-]+))[ \t]*[:=][ \t]*)(?<value>"[^"\n]*"|'[^'\n]*'|(?:(?:Bearer|Basic|token)[ \t]+)?[^"'\s,{}[\]]+)/gi;
const URL_PASSWORD = /(?<=[a-z0-9+.-])(:\/\/[^\s/:@]*:)([^\s/@]+)(?=@)/gi;

/** Text as it may be shown: every credential in it becomes as many stars. */
export const masked = (text: string): string =>
  withoutKeys(text)
    .replace(URL_PASSWORD, (whole, before: string, password: string) =>
      secretIn("url", `x${whole}@`) ? before + stars(password) : whole,
    )
    .replace(PAIR, (whole, before: string, ...more: unknown[]) => {
      const { quoted, bare: plain, value } = more.at(-1) as Record<string, string>;
      const bare = value!.replace(/^(["'])(.*)\1$/, "$2").trimEnd();
      return secretIn(quoted ?? plain!, bare) ? before + stars(value!) : whole;
    });
