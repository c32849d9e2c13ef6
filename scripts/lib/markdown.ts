// Pages that a person writes and whose tables a program writes: each table stands between `<!-- table: name -->` and `<!-- end -->`.

/** A table as Markdown, its columns as wide as they need to be, so that it can be read in a terminal too. */
export function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

const marked = (name: string): RegExp => new RegExp(`(<!-- table: ${name} -->\n)[\\s\\S]*?(<!-- end -->)`);

/** The page with its tables replaced. Throws when it has no place for one of them. */
export function withTables(page: string, tables: Record<string, string>): string {
  return Object.entries(tables).reduce((text, [name, content]) => {
    if (!marked(name).test(text)) throw new Error(`the page has no place for the table ${name}`);
    return text.replace(marked(name), (_, open, close) => `${open}\n${content}\n\n${close}`);
  }, page);
}
