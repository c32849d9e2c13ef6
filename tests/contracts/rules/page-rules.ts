// What a page may say about the repository: links that lead somewhere, files that exist, targets
// that make knows, proofs that run.
import { posix } from "node:path";

/** `path` is relative to the repository. */
export type Page = { path: string; text: string };
export type Repository = {
  exists: (path: string) => boolean;
  textOf: (path: string) => string;
  targets: ReadonlySet<string>;
  proofs: ReadonlySet<string>;
};

const FOLDERS = "functions|statemachines|schemas|terraform|scripts|tests|docs|\\.ci|\\.github";

/** The page without its fenced blocks: diagrams and commands link to nothing. */
const proseOf = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, "");

/** As GitHub makes a heading's anchor. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

/** The anchors of a page's headings, as GitHub makes them. */
export const anchorsOf = (text: string): string[] =>
  [...proseOf(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading.trim()));

const resolved = (from: string, target: string): string => posix.join(posix.dirname(from), target);

/** Links to a file or a heading that is not there. */
export function deadLinks({ path, text }: Page, { exists, textOf }: Repository): string[] {
  return [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = ""]) => link)
    .filter((link) => !/^https?:/.test(link))
    .filter((link) => {
      const [file = "", anchor] = link.split("#");
      const target = resolved(path, file);
      if (file !== "" && !exists(target)) return true;
      return anchor !== undefined && !anchorsOf(file === "" ? text : textOf(target)).includes(anchor);
    });
}

/**
 * Files and folders in code font that are not there. `*` and `<…>` stand for any name, `…` for the
 * rest.
 */
export function missingFiles({ text }: Page, { exists }: Repository): string[] {
  const named = new RegExp(`\`((?:${FOLDERS})/[^\`\\s]*)\``, "g");
  return [...proseOf(text).matchAll(named)]
    .map(([, name = ""]) => name)
    .filter(
      (name) => !exists(name.replace(/[*<…{].*$/, "").replace(/\/[^/]*$/, /[*<…{]/.test(name) ? "" : "$&")),
    );
}

/** `make x` for which there is no target. */
export const missingTargets = ({ text }: Page, { targets }: Repository): string[] =>
  [...text.matchAll(/(?:`|^)make (?:-s )?([a-z][a-z0-9-]*)/gm)]
    .map(([, target = ""]) => target)
    .filter((target) => !targets.has(target));

/** Proofs that are named and do not exist: proof `x`, proofs `x` and `y`. */
export const missingProofs = ({ text }: Page, { proofs }: Repository): string[] =>
  [...text.matchAll(/\bproofs? ((?:`[a-z-]+`(?:, | and )?)+)/g)]
    .flatMap(([, names = ""]) => [...names.matchAll(/`([a-z-]+)`/g)].map(([, name = ""]) => name))
    .filter((name) => !proofs.has(name));

const INDEXED = /^- _(stands|replaced|replaced in part)_ · (.+)(\n {2}- by \[[^\]]+\]\(#\S+\))?$/gm;

/**
 * What the index of a page of decisions lacks. Every entry has a line with its status, in the order
 * of the page, and one that was replaced says by what.
 */
export function indexComplaints({ text }: Page): string[] {
  const entries = [...text.matchAll(/^## (\d{4}-.+)$/gm)].map(([, title = ""]) => title);
  const lines = [...text.matchAll(INDEXED)].map(([, status = "", title = "", by]) => ({ status, title, by }));
  const titles = lines.map(({ title }) => title);
  return [
    ...entries.filter((title) => !titles.includes(title)).map((title) => `${title} is not in the index`),
    ...titles.filter((title) => !entries.includes(title)).map((title) => `${title} is no entry`),
    ...(titles.join("\n") === entries.join("\n") ? [] : ["the index has another order than the page"]),
    ...lines
      .filter(({ status, by }) => (status === "stands") !== (by === undefined))
      .map(({ title }) => `${title} stands or is replaced, and not both`),
  ];
}
