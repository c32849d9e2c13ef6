// The rooms of the house: every folder, and the list of CONTRIBUTING.md that says what belongs in
// each.
import { readdirSync } from "node:fs";
import { join, posix } from "node:path";
import { REPOSITORY } from "./source-tree.ts";

/** What is not committed, at any depth. */
const NOT_OURS = new Set([".git", "node_modules", "dist", "coverage", ".terraform", ".contra"]);

/** Every folder that holds a file, with slashes and relative to the repository. */
export function folders(below = ""): string[] {
  const entries = readdirSync(join(REPOSITORY, below), { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !NOT_OURS.has(entry.name),
  );
  return entries.flatMap(({ name }) => {
    const path = posix.join(below, name);
    const inside = folders(path);
    const isEmpty = inside.length === 0 && readdirSync(join(REPOSITORY, path)).length === 0;
    return isEmpty ? [] : [path, ...inside];
  });
}

/**
 * The rooms that a page lists, each as `- \`path/\`: a sentence.`, by their paths without the last
 * slash.
 */
export const roomsIn = (page: string): Map<string, string> =>
  new Map(
    [...page.matchAll(/^- `([^`]+)\/(\*\*)?`: (\S.*\.)$/gm)].map(
      ([, path = "", below = "", sentence = ""]) => [below ? `${path}/**` : path, sentence],
    ),
  );

/**
 * `<…>` is one name of that kind, a verb and a noun for a function; `**` is the folder itself and
 * all below.
 */
function isListed(folder: string, room: string): boolean {
  if (room.endsWith("/**")) return `${folder}/`.startsWith(room.slice(0, -2));
  const pattern = room.replace(/[.]/g, "\\.").replace(/<[^>]+>/g, "[a-z]+(-[a-z]+)+");
  return new RegExp(`^${pattern}$`).test(folder);
}

/** Folders of which the page does not say what belongs there. */
export const unlisted = (all: readonly string[], page: string): string[] => {
  const rooms = [...roomsIn(page).keys()];
  return all.filter((folder) => !rooms.some((room) => isListed(folder, room)));
};

/** Rooms of the page that no folder is. */
export const withoutFolder = (all: readonly string[], page: string): string[] =>
  [...roomsIn(page).keys()].filter((room) => !all.some((folder) => isListed(folder, room)));
