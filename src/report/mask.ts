import { providerKey, secretIn } from "../core/secrets.ts";

const stars = (text: string): string => "*".repeat(text.length);

const withoutKeys = (text: string): string => {
  const key = providerKey(text);
  if (!key) return text;
  return text.slice(0, key.at) + stars(text.slice(key.at, key.end)) + withoutKeys(text.slice(key.end));
};

/** A name and its value, as YAML, JSON, TOML and shells write them. */
const PAIR =
  /((["']?)([\w.-]+)\2[ \t]*[:=][ \t]*)("[^"\n]*"|'[^'\n]*'|(?:(?:Bearer|Basic|token)[ \t]+)?[^"'\s,{}[\]]+)/gi;
const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)([^\s/@]+)(?=@)/gi;

/** Text as it may be shown: every credential in it becomes as many stars. */
export const masked = (text: string): string =>
  withoutKeys(text)
    .replace(URL_PASSWORD, (whole, before: string, password: string) =>
      secretIn("url", `${whole}@`) ? before + stars(password) : whole,
    )
    .replace(PAIR, (whole, before: string, _quote, name: string, value: string) => {
      const bare = value.replace(/^(["'])(.*)\1$/, "$2").trimEnd();
      return secretIn(name, bare) ? before + stars(value) : whole;
    });
