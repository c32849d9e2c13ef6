// What every schema must say for people: a pattern explains itself to nobody.
type Schemas = ReadonlyMap<string, unknown>;

/** The rules with a pattern and no words of their own (`must_be`), as `file#/place`. */
export function wordless(schemas: Schemas): string[] {
  const walk = (value: unknown, place: string): string[] => {
    if (typeof value !== "object" || value === null) return [];
    const own = value as Record<string, unknown>;
    const isWordless = typeof own.pattern === "string" && typeof own.must_be !== "string";
    const below = Object.entries(own).flatMap(([name, inner]) => walk(inner, `${place}/${name}`));
    return [...(isWordless ? [place] : []), ...below];
  };
  return [...schemas].flatMap(([file, schema]) => walk(schema, `${file}#`));
}
