import fc from "fast-check";
import type { Node, Parent } from "mdast";
import remarkParse from "remark-parse";
import { unified } from "unified";
import { describe, expect, it } from "vitest";
import { split } from "../../src/formats/frontmatter.ts";
import { type Scan, scan } from "../../src/formats/markdown-scan.ts";
import { corpusFiles, NO_CORPUS, variants } from "./heads.ts";

const numRuns = 200;
const urls = (text: string): string[] => scan(text).links.map((link) => link.url);
const paths = (text: string): string[] => scan(text).imports.map((each) => each.path);
const sliced = (text: string, parts: readonly { at: number; end: number }[]): string[] =>
  parts.map(({ at, end }) => text.slice(at, end));
