// How wide a line may be, and what no line may point to. Each rule returns complaints as
// `path:line: why`.
import type { Source } from "./source-tree.ts";

export const WIDEST_COMMENT = 100;
export const WIDEST_PAGE = 160;
/**
 * In characters that a reader sees: a link counts as its text, marks of emphasis and code as
 * nothing.
 */
export const WIDEST_CELL = 64;

type Line = { at: string; text: string };

const linesOf = ({ path, text }: Source): Line[] =>
  text.split("\n").map((line, index) => ({ at: `${path}:${index + 1}`, text: line }));

/** A line that is nothing but comment, in TypeScript, JavaScript, Terraform and shell. */
const COMMENT = /^\s*(\/\/|\/?\*|#)/;

/** Columns, not bytes: `→` is one. */
const widthOf = (text: string): number => [...text].length;

/** Comment lines that a reader has to scroll for. Code has the formatter's width. */
export const wideComments = (source: Source): string[] =>
  linesOf(source)
    .filter(({ text }) => COMMENT.test(text) && widthOf(text) > WIDEST_COMMENT)
    .map(({ at, text }) => `${at}: a comment of ${widthOf(text)} columns`);

/** Lines of a document that do not fit a terminal. */
export const widePageLines = (page: Source): string[] =>
  linesOf(page)
    .filter(({ text }) => widthOf(text) > WIDEST_PAGE)
    .map(({ at, text }) => `${at}: a line of ${widthOf(text)} columns`);

const seen = (cell: string): string =>
  cell
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[`*]/g, "")
    .trim();

/** Lines outside of fenced blocks. */
function prose(page: Source): Line[] {
  let fenced = false;
  return linesOf(page).filter(({ text }) => {
    const isFence = text.startsWith("```");
    if (isFence) fenced = !fenced;
    return !isFence && !fenced;
  });
}

/** Cells of a document's tables that should be a list. */
export const wideCells = (page: Source): string[] =>
  prose(page)
    .filter(({ text }) => text.startsWith("|") && !/^[|\s:-]+$/.test(text))
    .flatMap(({ at, text }) =>
      text
        .split(/(?<!\\)\|/)
        .filter((cell) => widthOf(seen(cell)) > WIDEST_CELL)
        .map((cell) => `${at}: a cell of ${widthOf(seen(cell))} characters`),
    );

/**
 * What no clone has: the plans that this house was built from, and whatever lies beside the
 * checkout.
 */
const ELSEWHERE = /\bDESIGN\s§|\.\.\/shared/;

export const danglingReferences = (source: Source): string[] =>
  linesOf(source)
    .filter(({ text }) => ELSEWHERE.test(text))
    .map(({ at }) => `${at}: points to what no clone has`);

/**
 * Headings of documents that a comment or a text names (`docs/<page>.md#<heading>`) and that are
 * not there.
 */
export const lostHeadings = (
  source: Source,
  hasHeading: (page: string, anchor: string) => boolean,
): string[] =>
  linesOf(source).flatMap(({ at, text }) =>
    [...text.matchAll(/\b(docs\/[a-z-]+\.md)#([\p{L}\p{N}_-]+)/gu)]
      .filter(([, page = "", anchor = ""]) => !hasHeading(page, anchor))
      .map(([named]) => `${at}: ${named} is no heading`),
  );
