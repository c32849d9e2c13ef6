// Pages whose text a person writes and whose tables and lists a program writes. Each of those
// stands between `<!-- table: name -->` and `<!-- end -->`.

/** A table as Markdown. Its columns are padded, so that a terminal shows it too. */
export function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/** The most columns of a list's line. */
const LIST_COLUMNS = 120;

/**
 * A point of a list, broken between words. Text in code font is not broken. `depth` 1 is
 * a point below.
 */
export function point(text: string, depth = 0): string {
  const indent = "  ".repeat(depth);
  const lines: string[] = [];
  for (const word of text.match(/(?:`[^`]*`|[^\s`])+/g) ?? []) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= LIST_COLUMNS)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(last === undefined ? `${indent}- ${word}` : `${indent}  ${word}`);
  }
  return lines.join("\n");
}

const marked = (name: string): RegExp => new RegExp(`(<!-- table: ${name} -->\n)[\\s\\S]*?(<!-- end -->)`);

/** The page with its tables replaced. Throws when it has no place for one of them. */
export function withTables(page: string, tables: Record<string, string>): string {
  return Object.entries(tables).reduce((text, [name, content]) => {
    if (!marked(name).test(text)) throw new Error(`the page has no place for the table ${name}`);
    return text.replace(marked(name), (_, open, close) => `${open}\n${content}\n\n${close}`);
  }, page);
}
